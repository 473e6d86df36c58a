"""Words of passages that were made in another way are made anew, a few at a time, while questions are answered.

A process may die between any two steps. So the counts of terms come first, and ``worded`` tells of which passages
Milvus may still have the former words.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from sqlalchemy import Engine

from index import changes, passages, schema
from index.encode import Vectors
from index.engines.milvus.client import Held, Milvus, Row
from index.engines.milvus.counts import MilvusCounts
from index.engines.milvus.state import State
from index.engines.milvus.terms import NO_TERMS, Worded, vector_of


class Rewording:
    """For who is alone with a collection, and makes terms as its state says."""

    def __init__(self, catalog: Engine, counts: MilvusCounts, milvus: Milvus) -> None:
        self._catalog = catalog
        self._counts = counts
        self._milvus = milvus

    def finish(self, collection_id: int, state: State) -> State:
        """What was counted anew and perhaps not written, so that Milvus has the words that are counted."""
        if state.worded <= state.rewording:
            return state
        rows, vectors = self._read(collection_id, state, state.rewording, state.worded, None)
        home = self._counts.home(state.dimension)
        self._milvus.upsert(home, collection_id, _as_rows(rows, vectors, state))
        state = replace(state, rewording=state.worded)
        self._counts.keep(collection_id, state)
        return state

    def step(self, collection_id: int, state: State, most: int) -> tuple[State, int] | None:
        """At most so many passages: the state after it, and how many they were. None where Milvus has lost some."""
        rows, vectors = self._read(collection_id, state, state.rewording, state.last_key, most)
        if not rows:
            state = replace(state, rewording=-1, worded=-1)
            self._counts.keep(collection_id, state)
            return state, 0
        home = self._counts.home(state.dimension)
        keys = np.fromiter((row.key for row in rows), dtype=np.int64, count=len(rows))
        held = self._milvus.held(home, collection_id, keys)
        if len(held) < len(rows):
            return None
        made = _as_rows(rows, vectors, state)
        state = state.counted(
            0,
            sum(row.body_length for row in made) - sum(one.body_length for one in held),
            sum(row.context_length for row in made) - sum(one.context_length for one in held),
        )
        state = replace(state, worded=rows[-1].key)
        self._counts.keep(collection_id, state, _change(held, made))
        self._milvus.upsert(home, collection_id, made)
        state = replace(state, rewording=state.worded)
        self._counts.keep(collection_id, state)
        return state, len(rows)

    def _read(
        self, collection_id: int, state: State, after: int, until: int, most: int | None
    ) -> tuple[list[Worded], Vectors]:
        with schema.read(self._catalog) as connection:
            found = passages.after(connection, collection_id, after, most or until - after)
            found = [row for row in found if row.key <= until]
            keys = np.fromiter((row.key for row in found), dtype=np.int64, count=len(found))
            _, vectors = changes.vectors_of(connection, keys, state.dimension)
        return [Worded.of(row) for row in found], vectors


def _as_rows(some: Sequence[Worded], vectors: Vectors, state: State) -> list[Row]:
    means = state.counts()
    return [
        Row(one.key, vector, vector_of(one, means), len(one.body), len(one.context))
        for one, vector in zip(some, vectors, strict=True)
    ]


def _change(held: Sequence[Held], made: Sequence[Row]) -> dict[int, int]:
    """By how many more, or fewer, passages each term is in."""
    counted = Counter(dimension for row in made for dimension in row.words)
    counted.subtract(dimension for one in held for dimension in one.dimensions)
    return {dimension: change for dimension, change in counted.items() if change and dimension != NO_TERMS}
