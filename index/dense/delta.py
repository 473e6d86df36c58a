"""The delta: vectors that came after the base, in memory, compared one by one."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from index.dense.keys import NO_KEYS, Keys, places_of
from index.encode import Vectors


class _Room:
    """Arrays longer than what is in them. Rows that are in use are never written again."""

    __slots__ = ("keys", "used", "vectors")

    def __init__(self, size: int, dimension: int) -> None:
        self.keys: Keys = np.empty(size, dtype=np.int64)
        self.vectors: Vectors = np.empty((size, dimension), dtype=np.float32)
        self.used = 0


@dataclass(frozen=True, slots=True)
class Delta:
    """Immutable, though a longer one shares its memory. ``keys`` are sorted; of ``gone`` nothing is found."""

    keys: Keys
    vectors: Vectors
    gone: Keys
    _room: _Room

    @classmethod
    def empty(cls, dimension: int) -> "Delta":
        room = _Room(0, dimension)
        return cls(room.keys, room.vectors, NO_KEYS, room)

    def __len__(self) -> int:
        return len(self.keys) - len(self.gone)

    def changed(self, keys: Keys, vectors: Vectors, removed: Keys) -> "Delta":
        """With more vectors, whose keys are sorted and above all here, and without those that were removed.

        To be called by one thread at a time.
        """
        room, start, end = self._room, len(self.keys), len(self.keys) + len(keys)
        if room.used != start or end > len(room.keys):
            room = _Room(max(end, 2 * start), self.vectors.shape[1])
            room.keys[:start], room.vectors[:start] = self.keys, self.vectors
        room.keys[start:end], room.vectors[start:end] = keys, vectors
        room.used = end
        here = room.keys[:end]
        gone = np.union1d(self.gone, here[places_of(removed, here)])
        return Delta(here, room.vectors[:end], gone, room)

    def search(self, unit: NDArray[np.float32], k: int, allowed: Keys | None) -> tuple[Keys, NDArray[np.float32]]:
        """The ``k`` best (of the allowed) with their cosines, in no order."""
        scores = self.vectors @ unit
        scores[places_of(self.gone, self.keys)] = -np.inf
        if allowed is not None:
            places = places_of(allowed, self.keys)
            keys, scores = self.keys[places], scores[places]
        else:
            keys = self.keys
        if len(keys) > k:
            best = np.argpartition(-scores, k - 1)[:k]
            keys, scores = keys[best], scores[best]
        found = scores > -np.inf
        return keys[found], scores[found]
