"""Dense search in PostgreSQL by pgvector: the vectors are the catalog's own, so that it is always at its state."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection, text

from index import changes
from index.columns import PackedHalves
from index.dense.keys import Keys, places_of
from index.dense.unit import unit_of

# pgvector compares with the question in half precision, whose cosines are off by 0.00005, and its index finds nearly
# the best: more than k are asked for, and the stored vectors decide.
_MORE, _MORE_SHARE = 20, 0.25
_FEW = 500  # so few allowed passages are compared one by one
_AS_DEAR = 10  # so many compared one by one take as long as one more that the index finds
_WALKED_MOST = 20_000  # passages that are gone through, nearest first, until enough of them are allowed
_MOST_CANDIDATES = 1_000  # that pgvector keeps in a search (hnsw.ef_search)


@dataclass(frozen=True, slots=True)
class Vectors:
    """A collection's: of so many passages, of one dimension. ``ef_search`` is how many candidates a search by their
    index keeps at least; None where there is no index.
    """

    collection_id: int
    dimension: int
    passages: int
    ef_search: int | None


class PostgresDense:
    """See DenseSearch. For one question, in the transaction of the connection."""

    def __init__(self, connection: Connection, vectors: Vectors) -> None:
        self._connection = connection
        self._vectors = vectors

    def __len__(self) -> int:
        return self._vectors.passages

    def search(self, vector: NDArray[np.float32], k: int, allowed: Keys | None = None) -> list[tuple[int, float]]:
        unit = unit_of(vector)
        if k <= 0 or not self._vectors.passages or (allowed is not None and not len(allowed)):
            return []
        keys, scores = self._scored(unit, self._candidates(unit, k + max(_MORE, int(k * _MORE_SHARE)), allowed))
        order = np.lexsort((keys, -scores))[:k]
        return list(zip(keys[order].tolist(), scores[order].tolist(), strict=True))

    def scores(self, vector: NDArray[np.float32], keys: Sequence[int]) -> list[float]:
        present, scores = self._scored(unit_of(vector), np.array(keys, dtype=np.int64))
        found: dict[int, float] = dict(zip(present.tolist(), scores.tolist(), strict=True))
        return [found.get(key, 0.0) for key in keys]

    def _scored(self, unit: NDArray[np.float32], keys: Keys) -> tuple[Keys, NDArray[np.float32]]:
        if not len(keys):
            return keys, np.empty(0, dtype=np.float32)
        present, vectors = changes.vectors_of(self._connection, keys, self._vectors.dimension)
        return present, vectors @ unit

    def _candidates(self, unit: NDArray[np.float32], count: int, allowed: Keys | None) -> Keys:
        least = self._vectors.ef_search
        if least is None:
            return self._exactly(unit, count, allowed)
        if allowed is None:
            return self._nearest(unit, count, least)
        # As many as hold enough of the allowed, if these lie anywhere.
        walked = math.ceil(1.5 * count * self._vectors.passages / len(allowed))
        while walked <= _WALKED_MOST and len(allowed) > max(_FEW, _AS_DEAR * walked):
            found = np.sort(self._nearest(unit, walked, least))
            found = found[places_of(allowed, found)]
            if len(found) >= count:
                return found
            walked *= 4
        return self._exactly(unit, count, allowed)

    def _nearest(self, unit: NDArray[np.float32], count: int, least: int) -> Keys:
        """By the index, which finds nearly the best."""
        # Until the end of the transaction, whose other statements read a few rows by their keys. The planner would take
        # the index for few rows only, though comparing all is dearer at any number that is asked for here.
        settings = {
            "hnsw.ef_search": min(max(int(1.5 * count), least), _MOST_CANDIDATES),
            "hnsw.iterative_scan": "relaxed_order",
            "hnsw.max_scan_tuples": 2 * _WALKED_MOST,
            "hnsw.scan_mem_multiplier": 8,
            "enable_seqscan": "off",
            "enable_sort": "off",
        }
        applied = ", ".join(f"set_config('{name}', '{value}', true)" for name, value in settings.items())
        self._connection.execute(text(f"SELECT {applied}"))
        # As numbers, not as parameters: the index is of this collection only, which has to be seen in the statement.
        kind = f"halfvec({self._vectors.dimension})"
        rows = self._connection.execute(
            text(
                f"SELECT key FROM passages WHERE collection_id = {self._vectors.collection_id} "
                f"ORDER BY (vector::{kind}) <#> CAST(:unit AS {kind}) LIMIT {count}"
            ),
            {"unit": _packed(unit)},
        )
        return np.array(rows.scalars().all(), dtype=np.int64)

    def _exactly(self, unit: NDArray[np.float32], count: int, allowed: Keys | None) -> Keys:
        """By comparing all of them."""
        among, given = "", {"unit": _packed(unit)}
        if allowed is not None:
            among, given["keys"] = "AND key = ANY(CAST(:keys AS bigint[])) ", allowed.tolist()
        rows = self._connection.execute(
            text(
                f"SELECT key FROM passages WHERE collection_id = {self._vectors.collection_id} {among}"
                f"ORDER BY vector <#> CAST(:unit AS halfvec), key LIMIT {count}"
            ),
            given,
        )
        return np.array(rows.scalars().all(), dtype=np.int64)


def _packed(unit: NDArray[np.float32]) -> PackedHalves:
    return PackedHalves(unit.astype("<f2").tobytes())
