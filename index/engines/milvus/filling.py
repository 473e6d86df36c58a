"""Milvus kept in step with the catalog: what came and went since the state that PostgreSQL remembers.

A process may die between any two steps. So a write to Milvus is announced before it and counted after it: what was
announced and not counted is deleted and written again. What was removed is counted out at once, and deleted later: a
question that began before still finds it, as it does not see what took its place. To others it does no harm, as finds
are looked up in the catalog.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import structlog
from sqlalchemy import Engine

from core.errors import NotReady
from index import changes, collections, passages, schema
from index.collections import Collection
from index.dense.keys import NO_KEYS, Keys
from index.encode import Vectors
from index.engines.milvus.ahead import Ahead
from index.engines.milvus.alone import Alone
from index.engines.milvus.client import Milvus, Row
from index.engines.milvus.counts import MilvusCounts
from index.engines.milvus.probe import is_off
from index.engines.milvus.rewording import Rewording
from index.engines.milvus.state import State
from index.engines.milvus.terms import NO_TERMS, Worded, vector_of
from index.place import Place

LINGER_S = 30.0
"""How long what was removed stays in Milvus at least: longer than a question takes."""
_AT_ONCE = 1_000  # passages of one write

log = structlog.get_logger("footnoted")


@dataclass(frozen=True, slots=True)
class Step:
    """How far a collection is in Milvus, and whether there is more to take up. ``state`` is None where the catalog has
    no such collection any more. ``removed`` tells whether notes of what was removed served their purpose, ``added``
    how many passages were written.
    """

    state: State | None
    more: bool = False
    removed: bool = False
    added: int = 0


@dataclass(frozen=True, slots=True)
class _Change:
    """What a step takes up, of one state of the catalog. ``removed`` is to be counted out; ``due``, which was so
    before, is to be deleted.
    """

    generation: int
    removed: Keys
    due: Keys
    added: Sequence[passages.Searched]
    vectors: Vectors

    @property
    def is_nothing(self) -> bool:
        return not len(self.removed) and not len(self.due) and not self.added


class Filling:
    """Of a collection one step at a time, in all processes."""

    def __init__(self, place: Place, catalog: Engine, counts: MilvusCounts, milvus: Milvus) -> None:
        self._catalog = catalog
        self._counts = counts
        self._milvus = milvus
        self._alone = Alone(place)
        self._ahead = Ahead(counts, milvus, self._alone)
        self._rewording = Rewording(catalog, counts, milvus)

    def step(self, collection: Collection, most: int, *, wait: bool, new: bool = False) -> Step | None:
        """Take up at most so many passages. None where somebody else is at it, unless that is waited for.

        With ``new``, this process has not looked before whether Milvus has what it should have. Raises NotReady.
        """
        self._ahead.clear(collection.spec.dimension)
        with self._alone.holding(collection.id, wait=wait) as alone:
            if not alone:
                return None
            state = self._ready(collection, new=new)
            change = self._change(collection.id, state, most)
            if change is None:
                return Step(None)
            if change.is_nothing and state.generation == change.generation:
                return self._reworded(collection, state, most) if state.is_reworded else Step(state)
            without = self._without(collection, state, change)
            if without is None:
                return Step(self._begin_anew(collection, state), more=True)
            more = len(change.added) == most
            state = self._with(collection, *without, change, state.generation if more else change.generation)
            more = more or state.is_reworded
            return Step(replace(state, age_s=0.0), more, len(change.due) > 0, len(change.added))

    def _reworded(self, collection: Collection, state: State, most: int) -> Step:
        done = self._rewording.step(collection.id, state, most)
        if done is None:
            log.warning("milvus_filled_anew", collection=collection.name, passages=state.passages)
            return Step(self._begin_anew(collection, state), more=True)
        state, count = done
        return Step(state, more=state.is_reworded, added=count)

    def begin_anew(self, collection: Collection) -> None:
        """Nothing of it is in Milvus from now on. Raises NotReady."""
        with self._alone.holding(collection.id, wait=True) as alone:
            if not alone:
                raise _is_written(f"collection {collection.name!r}")
            state = self._counts.state(collection.id)
            if state is not None:
                self._begin_anew(collection, state)

    def drop(self, collection_id: int) -> None:
        """Forget a collection. Raises NotReady: then it is known as one that is to be dropped."""
        with self._alone.holding(collection_id, wait=True) as alone:
            if not alone:
                raise _is_written(f"the deleted collection of number {collection_id}")
            state = self._counts.state(collection_id)
            if state is not None:
                self._milvus.delete_collection(self._counts.home(state.dimension), collection_id)
                self._counts.drop(collection_id)

    def _ready(self, collection: Collection, *, new: bool) -> State:
        """The state, after what does not fit, or is not there any more, was thrown away."""
        state = self._counts.state(collection.id)
        if state is None:
            return self._begin_anew(collection, None)
        if not state.fits(collection.spec):
            return self._begin_anew(collection, state)
        if state.is_older:  # the vectors stay, and so do the words until they are made anew
            state = state.outdated()
            self._counts.keep(collection.id, state)
        if new:
            home = self._counts.home(state.dimension)
            was_there = self._milvus.open(home, state.dimension)
            if not was_there or is_off(self._catalog, self._milvus, home, collection, state):
                log.warning("milvus_filled_anew", collection=collection.name, passages=state.passages)
                return self._begin_anew(collection, state)
            self._milvus.delete_range(home, collection.id, state.last_key)  # not counted: see Ahead, or a killed write
        return self._rewording.finish(collection.id, state) if state.is_reworded else state

    def _begin_anew(self, collection: Collection, state: State | None) -> State:
        dimension = collection.spec.dimension
        # Where nothing is known of it, too: its number may have been another's before PostgreSQL was restored.
        for one in {dimension, state.dimension if state is not None else dimension}:
            self._milvus.delete_collection(self._counts.home(one), collection.id)
        self._milvus.open(self._counts.home(dimension), dimension)
        state = State.empty(collection.spec)
        self._counts.begin_anew(collection.id, state)
        return state

    def _change(self, collection_id: int, state: State, most: int) -> _Change | None:
        with schema.read(self._catalog) as connection:
            present = collections.by_id(connection, collection_id)
            if present is None:
                return None
            removed = changes.removed_since(connection, collection_id, state.removals)
            removed = removed[removed <= state.last_key]
            due = NO_KEYS
            if state.is_due(LINGER_S):
                later = changes.removed_since(connection, collection_id, state.due)
                due = np.setdiff1d(changes.removed_since(connection, collection_id, state.deleted), later)
            if present.generation == state.generation:
                return _Change(present.generation, removed, due, [], np.empty((0, state.dimension), np.float32))
            added = passages.after(connection, collection_id, state.last_key, most)
            keys = np.fromiter((row.key for row in added), dtype=np.int64, count=len(added))
            _, vectors = changes.vectors_of(connection, keys, state.dimension)
            return _Change(present.generation, removed, due, added, vectors)

    def _without(self, collection: Collection, state: State, change: _Change) -> tuple[State, Counter[int]] | None:
        """Without what was removed, and by how much the counts of terms are less. None where Milvus has lost some."""
        home = self._counts.home(state.dimension)
        less: Counter[int] = Counter()
        if len(change.removed):
            held = self._milvus.held(home, collection.id, change.removed)
            if len(held) < len(change.removed):
                log.warning("milvus_filled_anew", collection=collection.name, passages=state.passages)
                return None
            for one in held:
                less.subtract(dimension for dimension in one.dimensions if dimension != NO_TERMS)
            body, context = sum(one.body_length for one in held), sum(one.context_length for one in held)
            state = state.counted(-len(held), -body, -context)
        if state.is_due(LINGER_S):
            self._milvus.delete(home, collection.id, change.due)
            state = replace(state, deleted=state.due)
        if state.due > state.deleted:  # something waits to be deleted, and what was removed since waits for that
            return replace(state, removals=change.generation), less
        waiting = len(change.removed) > 0 or state.removals > state.deleted
        state = replace(state, removals=change.generation, due=change.generation, due_age_s=0.0)
        return (state if waiting else replace(state, deleted=change.generation)), less

    def _with(
        self, collection: Collection, state: State, less: Mapping[int, int], change: _Change, generation: int
    ) -> State:
        """With what was added, after which the state is that of ``generation``. What changed before is kept first."""
        if less:
            self._counts.keep(collection.id, state, less)
        home = self._counts.home(state.dimension)
        if change.added:
            state = state.mixed()
        if state.writing > state.last_key:
            self._milvus.delete_range(home, collection.id, state.last_key, state.writing)
        for start in range(0, len(change.added), _AT_ONCE):
            some = [Worded.of(row) for row in change.added[start : start + _AT_ONCE]]
            last = some[-1].key
            self._counts.keep(collection.id, replace(state, writing=last))
            body, context = sum(len(one.body) for one in some), sum(len(one.context) for one in some)
            state = state.counted(len(some), body, context)
            means = state.counts()
            rows = [
                Row(one.key, vector, vector_of(one, means), len(one.body), len(one.context))
                for one, vector in zip(some, change.vectors[start : start + _AT_ONCE], strict=True)
            ]
            self._milvus.insert(home, collection.id, rows)
            more = Counter(dimension for row in rows for dimension in row.words if dimension != NO_TERMS)
            is_last = last == change.added[-1].key
            state = replace(state, last_key=last, writing=last, generation=generation if is_last else state.generation)
            self._counts.keep(collection.id, state, more)
        if not change.added:
            state = replace(state, generation=generation)
            self._counts.keep(collection.id, state)
        return state


def _is_written(what: str) -> NotReady:
    return NotReady(f"Another process writes to {what} in Milvus.", "Try again in a minute.")
