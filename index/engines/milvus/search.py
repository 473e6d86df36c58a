"""Searches in Milvus: it says which passages are near, and their scores are computed from what the catalog has."""

from collections.abc import Callable, Iterable, Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection, select

from index import changes, passages, schema
from index.dense.keys import Keys
from index.dense.unit import unit_of
from index.engines.milvus.client import MOST_FOUND
from index.engines.milvus.state import State
from index.engines.milvus.terms import (
    Counts,
    Sparse,
    Worded,
    body_dimension,
    context_dimension,
    dimensions,
    dimensions_of,
    questions_of,
    score,
)
from index.inverted import Wanted

# So few allowed passages are scored by their stored vectors, without Milvus.
_FEW = 500
# So many allowed keys are told to Milvus; of more, what it found is looked through.
_LISTED = 5_000
# Milvus is asked for more than k, and the stored vectors decide: its index is not exact.
_MORE, _MORE_SHARE = 20, 0.25
# And for more again by words: the mean lengths of when a passage was written weigh in, and all forms of a term.
_MORE_WORDS, _MORE_WORDS_SHARE = 50, 0.5
# For more still where words have to stand together: Milvus knows only that they are in the passage.
_PHRASES = 4
_WIDER = 4

Pairs = list[tuple[int, float]]


class Near(Protocol):
    """Keys of a collection's passages by inner product with any of the vectors, those of each best first."""

    def __call__(
        self, field: str, vectors: Sequence[NDArray[np.float32] | Sparse], limit: int, allowed: Keys | None
    ) -> list[list[int]]: ...


class MilvusDense:
    """See DenseSearch. Passages that the catalog does not have any more are left out."""

    def __init__(self, connection: Connection, collection_id: int, state: State, near: Near) -> None:
        self._connection = connection
        self._collection_id = collection_id
        self._state = state
        self._near = near

    def __len__(self) -> int:
        return self._state.passages

    def search(self, vector: NDArray[np.float32], k: int, allowed: Keys | None = None) -> Pairs:
        unit = unit_of(vector)
        if k <= 0 or not len(self):
            return []
        if allowed is not None and len(allowed) <= _FEW:
            return _best(self._scored(unit, allowed.tolist()), k)
        return _best(
            _widened(
                lambda limit, listed: self._near("vector", [unit], limit, listed),
                lambda keys: self._scored(unit, keys),
                k,
                k + max(_MORE, int(k * _MORE_SHARE)),
                allowed,
                len(self),
            ),
            k,
        )

    def scores(self, vector: NDArray[np.float32], keys: Sequence[int]) -> list[float]:
        found = dict(self._scored(unit_of(vector), keys))
        return [found.get(key, 0.0) for key in keys]

    def _scored(self, unit: NDArray[np.float32], keys: Iterable[int]) -> Pairs:
        asked = np.unique(np.fromiter(keys, dtype=np.int64))
        if not len(asked):
            return []
        present, vectors = changes.vectors_of(
            self._connection, asked, self._state.dimension, collection_id=self._collection_id
        )
        return list(zip(present.tolist(), (vectors @ unit).tolist(), strict=True))


class MilvusWords:
    """See KeywordSearch. Passages that the catalog does not have any more are left out."""

    def __init__(
        self,
        read: Callable[[Sequence[int]], list[passages.Searched]],
        state: State,
        frequencies: Callable[[Sequence[int]], dict[int, int]],
        near: Near,
    ) -> None:
        """``read`` gives the words of passages, ``frequencies`` how many have the term of each dimension."""
        self._read = read
        self._state = state
        self._frequencies = frequencies
        self._near = near

    def search(self, wanted: Wanted, k: int, allowed: Keys | None = None) -> Pairs:
        if not (wanted.terms or wanted.forms) or k < 1 or (allowed is not None and not len(allowed)):
            return []
        counts = self._counts(dimensions_of(wanted))
        asked = questions_of(wanted, counts)
        if not asked:
            return []
        limit = k + max(_MORE_WORDS, int(k * _MORE_WORDS_SHARE))
        return _best(
            _widened(
                lambda limit, listed: self._near("words", asked, limit, listed),
                lambda keys: self._scored(wanted, counts, keys),
                k,
                limit * _PHRASES if wanted.phrases else limit,
                allowed,
                self._state.passages,
            ),
            k,
        )

    def document_frequencies(self, terms: Sequence[str]) -> dict[str, int]:
        found = self._counts(dimensions(terms)).frequencies
        most = {term: max(found.get(body_dimension(term), 0), found.get(context_dimension(term), 0)) for term in terms}
        return {term: count for term, count in most.items() if count}

    def _counts(self, some: Sequence[int]) -> Counts:
        return self._state.counts(self._frequencies(some) if some else {})

    def _scored(self, wanted: Wanted, counts: Counts, keys: Sequence[int]) -> Pairs:
        scored = ((row.key, score(Worded.of(row), wanted, counts)) for row in self._read(keys))
        return [(key, value) for key, value in scored if value > 0]


def words_of(connection: Connection, collection_id: int, keys: Sequence[int]) -> list[passages.Searched]:
    """Those of the passages that a collection has, as keyword search sees them."""
    if not keys:
        return []
    p, d = schema.passages.c, schema.documents.c
    columns = [p.key, d.title, p.section, p.text, d.language, passages.own_language()]
    query = select(*columns).join_from(schema.passages, schema.documents)
    query = query.where(p.collection_id == collection_id, p.key.in_(keys))
    return [
        passages.Searched(key, passages.context_of(title, section), passages.searched(text), *languages)
        for key, title, section, text, *languages in connection.execute(query)
    ]


def _widened(
    near: Callable[[int, Keys | None], list[list[int]]],
    scored: Callable[[list[int]], Pairs],
    k: int,
    limit: int,
    allowed: Keys | None,
    passages_in_all: int,
) -> Pairs:
    """At least the k best that are there and allowed, as far as there are so many.

    Milvus may have what the catalog does not have any more, and gets to know the allowed keys only where they are few:
    so it is asked for more until there are enough.
    """
    listed = allowed if allowed is not None and len(allowed) <= _LISTED else None
    if allowed is not None and listed is None:
        limit = int(limit * max(1.0, 1.2 * passages_in_all / len(allowed)))
    known: dict[int, float] = {}
    asked: set[int] = set()
    while True:
        limit = min(limit, MOST_FOUND)
        found = near(limit, listed)
        new = list(dict.fromkeys(key for keys in found for key in keys if key not in asked))
        asked.update(new)
        if allowed is not None and listed is None:
            keys = np.array(new, dtype=np.int64)
            new = keys[np.isin(keys, allowed)].tolist()
        known.update(scored(new))
        if len(known) >= k or max(map(len, found)) < limit:
            return list(known.items())
        if limit == MOST_FOUND:
            if allowed is None or listed is not None:
                return list(known.items())
            listed = allowed  # it takes long to read so many, and no other way finds them
        limit *= _WIDER


def _best(pairs: Pairs, k: int) -> Pairs:
    return sorted(pairs, key=lambda pair: (-pair[1], pair[0]))[:k]
