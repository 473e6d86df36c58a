"""Milvus kept in step with the catalog: what came and went since the state that PostgreSQL remembers.

A process may die between any two steps. So a write to Milvus is announced before it and counted after it: what was
announced and not counted is deleted and written again. And what was removed is counted out first and deleted then: it
is deleted again until that is noted. What Milvus has too much does no harm, as finds are looked up in the catalog.
"""

import threading
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace

import numpy as np
import structlog
from sqlalchemy import Engine

from index import changes, collections, passages, schema
from index.collections import Collection
from index.dense.keys import Keys
from index.encode import Vectors
from index.engines.milvus_client import Milvus, Row
from index.engines.milvus_counts import MilvusCounts, State
from index.engines.milvus_probe import is_off
from index.engines.milvus_terms import NO_TERMS, Worded, vector_of
from index.place import Place
from index.place_lock import only_holder_at

_AT_ONCE = 1_000  # passages of one write
_WAIT_S = 60.0  # for another process, which takes up what this one wrote, too
_POLL_S = 0.02

log = structlog.get_logger("footnoted")


@dataclass(frozen=True, slots=True)
class Step:
    """How far a collection is in Milvus, and whether there is more to take up. ``state`` is None where the catalog has
    no such collection any more. ``removed`` tells whether notes of what was removed served their purpose.
    """

    state: State | None
    more: bool = False
    removed: bool = False


@dataclass(frozen=True, slots=True)
class _Change:
    """What a step takes up, of one state of the catalog. ``gone`` is to be deleted, ``fresh`` of it counted out."""

    generation: int
    gone: Keys
    fresh: Keys
    added: Sequence[passages.Searched]
    vectors: Vectors

    @property
    def is_nothing(self) -> bool:
        return not len(self.gone) and not self.added


class Filling:
    """Of a collection one step at a time, in all processes."""

    def __init__(self, place: Place, catalog: Engine, counts: MilvusCounts, milvus: Milvus) -> None:
        self._place = place
        self._catalog = catalog
        self._counts = counts
        self._milvus = milvus
        self._guard = threading.Lock()
        self._locks: dict[int, threading.Lock] = {}

    def step(self, collection: Collection, most: int, *, wait: bool, new: bool = False) -> Step | None:
        """Take up at most so many passages. None where somebody else is at it, unless that is waited for.

        With ``new``, this process has not looked before whether Milvus has what it should have. Raises NotReady.
        """
        with self._alone(collection.id, wait=wait) as alone:
            if not alone:
                return None
            state = self._ready(collection, new=new)
            change = self._change(collection.id, state, most)
            if change is None:
                return Step(None)
            if change.is_nothing and state.generation == change.generation:
                return Step(state)
            without = self._without(collection, state, change)
            if without is None:
                return Step(self._begin_anew(collection, state), more=True)
            more = len(change.added) == most
            state = self._with(collection, without, change, state.generation if more else change.generation)
            return Step(replace(state, age_s=0.0), more, removed=len(change.gone) > 0)

    def begin_anew(self, collection: Collection) -> None:
        """Nothing of it is in Milvus from now on. Raises NotReady."""
        with self._alone(collection.id, wait=True):
            state = self._counts.state(collection.id)
            if state is not None:
                self._begin_anew(collection, state)

    def drop(self, collection_id: int) -> None:
        """Forget a collection. Raises NotReady: then it is known as one that is to be dropped."""
        with self._alone(collection_id, wait=True):
            state = self._counts.state(collection_id)
            if state is not None:
                self._milvus.delete_collection(self._counts.home(state.dimension), collection_id)
                self._counts.drop(collection_id)

    @contextmanager
    def _alone(self, collection_id: int, *, wait: bool) -> Iterator[bool]:
        """Whether no other thread or process writes to it."""
        with self._guard:
            lock = self._locks.setdefault(collection_id, threading.Lock())
        if not lock.acquire(blocking=wait, timeout=_WAIT_S if wait else -1):
            yield False
            return
        try:
            until = time.monotonic() + _WAIT_S
            while True:
                with only_holder_at(self._place, f"milvus-{collection_id}.lock") as alone:
                    if alone or not wait or time.monotonic() > until:
                        yield alone
                        return
                time.sleep(_POLL_S)
        finally:
            lock.release()

    def _ready(self, collection: Collection, *, new: bool) -> State:
        """The state, after what does not fit, or is not there any more, was thrown away."""
        state = self._counts.state(collection.id)
        if state is None:
            return self._begin_anew(collection, None)
        if not state.fits(collection.spec):
            return self._begin_anew(collection, state)
        if new:
            home = self._counts.home(state.dimension)
            was_there = self._milvus.open(home, state.dimension)
            if not was_there or is_off(self._catalog, self._milvus, home, collection, state):
                log.warning("milvus_filled_anew", collection=collection.name, passages=state.passages)
                return self._begin_anew(collection, state)
        return state

    def _begin_anew(self, collection: Collection, state: State | None) -> State:
        if state is not None:
            self._milvus.delete_collection(self._counts.home(state.dimension), collection.id)
        dimension = collection.spec.dimension
        self._milvus.open(self._counts.home(dimension), dimension)
        state = State.empty(collection.spec)
        self._counts.begin_anew(collection.id, state)
        return state

    def _change(self, collection_id: int, state: State, most: int) -> _Change | None:
        with schema.read(self._catalog) as connection:
            present = collections.by_id(connection, collection_id)
            if present is None:
                return None
            gone = changes.removed_since(connection, collection_id, state.deleted)
            fresh = gone
            if state.removals != state.deleted:
                fresh = changes.removed_since(connection, collection_id, state.removals)
            gone, fresh = (keys[keys <= state.last_key] for keys in (gone, fresh))
            if present.generation == state.generation:
                return _Change(present.generation, gone, fresh, [], np.empty((0, state.dimension), np.float32))
            added = passages.after(connection, collection_id, state.last_key, most)
            keys = np.fromiter((row.key for row in added), dtype=np.int64, count=len(added))
            _, vectors = changes.vectors_of(connection, keys, state.dimension)
            return _Change(present.generation, gone, fresh, added, vectors)

    def _without(self, collection: Collection, state: State, change: _Change) -> State | None:
        """Without what was removed, which is counted out first. None where Milvus has lost something."""
        home = self._counts.home(state.dimension)
        less: Counter[int] = Counter()
        if len(change.fresh):
            held = self._milvus.held(home, collection.id, change.fresh)
            if len(held) < len(change.fresh):
                log.warning("milvus_filled_anew", collection=collection.name, passages=state.passages)
                return None
            for one in held:
                less.subtract(dimension for dimension in one.dimensions if dimension != NO_TERMS)
            body, context = sum(one.body_length for one in held), sum(one.context_length for one in held)
            state = state.counted(-len(held), -body, -context)
        state = replace(state, removals=change.generation)
        if len(change.gone):
            self._counts.keep(collection.id, state, less)
            self._milvus.delete(home, change.gone)
        return replace(state, deleted=change.generation)

    def _with(self, collection: Collection, state: State, change: _Change, generation: int) -> State:
        """With what was added, after which the state is that of ``generation``. What changed before is kept with it."""
        home = self._counts.home(state.dimension)
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
