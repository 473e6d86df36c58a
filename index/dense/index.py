"""Dense search over one collection: base, delta and what was removed, as one."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from index.dense.base import Base, Scores
from index.dense.choice import Choice
from index.dense.delta import Delta
from index.dense.keys import Keys, places_of
from index.dense.unit import unit_of
from index.encode import Vectors

# So few allowed passages are scored by their stored vectors, without the index.
_FEW = 500
# An inexact base is asked for more than k, and the stored vectors decide: its scores are off by about 0.001.
_MORE = 20
_MORE_SHARE = 0.25

Fetch = Callable[[Keys], tuple[Keys, Vectors]]
"""Given keys, those of them that the catalog still has, ascending, and their stored vectors."""


@dataclass(frozen=True, slots=True)
class Parts:
    """What holds a collection's vectors; immutable. ``live`` are the passages of the base that are not removed."""

    base: Base | None
    live: Choice
    delta: Delta

    def __len__(self) -> int:
        return self.live.count + len(self.delta)

    @property
    def changes(self) -> int:
        """How much a search does besides the base: vectors of the delta, and removed ones that are passed over."""
        return len(self.delta.keys) + self.live.total - self.live.count

    def changed(self, keys: Keys, vectors: Vectors, removed: Keys) -> "Parts":
        """With added and without removed passages, at a cost of the change. Added keys are sorted and new."""
        live = self.live
        if self.base is not None:
            live = live.without(places_of(removed, self.base.keys))
        return Parts(self.base, live, self.delta.changed(keys, vectors, removed))


class DenseIndex:
    """Scores are inner products of unit vectors: cosines by the stored vectors, higher is better."""

    def __init__(self, parts: Parts, fetch: Fetch) -> None:
        """``fetch`` reads the catalog, in the transaction of the search."""
        self._parts = parts
        self._fetch = fetch

    def __len__(self) -> int:
        return len(self._parts)

    def search(self, vector: NDArray[np.float32], k: int, allowed: Keys | None = None) -> list[tuple[int, float]]:
        """The ``k`` best (key, cosine), best first; of equal ones the lower key.

        ``vector`` has shape (dimension,), of any length but 0. ``allowed`` are sorted keys: of these the best.
        """
        unit = unit_of(vector)
        if k <= 0:
            return []
        if allowed is not None and len(allowed) <= _FEW:
            return _best(k, [self._stored(unit, allowed)])
        found = [self._parts.delta.search(unit, k, allowed)]
        base = self._parts.base
        if base is not None:
            choice = self._parts.live
            if allowed is not None:
                choice = choice.both(base.choices.of(allowed))
            if base.exact:
                found.append(base.search(unit, k, choice))
            else:
                keys, _ = base.search(unit, k + max(_MORE, int(k * _MORE_SHARE)), choice)
                found.append(self._stored(unit, keys))
        return _best(k, found)

    def scores(self, vector: NDArray[np.float32], keys: Sequence[int]) -> list[float]:
        """Cosines of the given keys; a key that is not there scores 0."""
        present, scores = self._stored(unit_of(vector), np.array(keys, dtype=np.int64))
        found: dict[int, float] = dict(zip(present.tolist(), scores.tolist(), strict=True))
        return [found.get(key, 0.0) for key in keys]

    def _stored(self, unit: NDArray[np.float32], keys: Keys) -> tuple[Keys, Scores]:
        present, vectors = self._fetch(keys)
        return present, vectors @ unit


def _best(k: int, found: Sequence[tuple[Keys, Scores]]) -> list[tuple[int, float]]:
    keys = np.concatenate([keys for keys, _ in found])
    scores = np.concatenate([scores for _, scores in found])
    order = np.lexsort((keys, -scores))[:k]
    return list(zip(keys[order].tolist(), scores[order].tolist(), strict=True))
