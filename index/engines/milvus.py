"""Milvus beside PostgreSQL: for collections that one machine's index does not hold.

Milvus holds of a passage its vector, a sparse vector of its terms, and the numbers of the passage and of its
collection, which is the partition key: what it searches by, and no text. All collections of one dimension share a
Milvus collection, as those are few and dear. Everything else is asked of the catalog.
"""

import threading
from collections.abc import Sequence
from functools import partial

import numpy as np
import structlog
from numpy.typing import NDArray
from sqlalchemy import Connection, Engine

from core.errors import FootnotedError, NotReady
from index import changes, collections, passages, schema
from index.collections import Collection
from index.dense.keys import Keys
from index.engines.milvus_client import Milvus
from index.engines.milvus_connection import CollectionMissing
from index.engines.milvus_counts import MilvusCounts, State
from index.engines.milvus_filling import LINGER_S, Filling, Step
from index.engines.milvus_probe import differences
from index.engines.milvus_search import MilvusDense, MilvusWords, words_of
from index.engines.milvus_terms import Sparse
from index.engines.milvus_url import MilvusAddress
from index.place import Place
from index.sealed import through

_AT_ONCE = 5_000  # passages of one step, for which others wait
_IN_A_QUESTION = 1_000  # it does not wait for more
# After so long, Milvus has seen every write without being told to wait for it: its bound is 5 s.
_SETTLED_S = 60.0

log = structlog.get_logger("footnoted")


class MilvusEngine:
    """See SearchEngine."""

    def __init__(self, place: Place, catalog: Engine, url: str) -> None:
        """Asks Milvus nothing yet. Raises SettingsError, NotReady, IndexBroken."""
        self.background = False
        self._catalog = catalog
        self._milvus = Milvus(MilvusAddress.of(url))
        self._counts = MilvusCounts(place)
        self._filling = Filling(place, catalog, self._counts, self._milvus)
        self._is_swept = False
        self._looked_at: set[int] = set()
        self._being_filled: set[int] = set()
        self._guard = threading.Lock()

    def dense(self, connection: Connection, collection: Collection) -> MilvusDense:
        state, _ = self._present(connection, collection)
        if state.generation < 0:
            missing = changes.count_after(connection, collection.id, state.last_key)
            raise NotReady(
                f"Milvus is being filled with {collection.name!r}: {missing:,} passages are missing.",
                "Nothing is lost. Ask again in a minute.",
            )
        return MilvusDense(connection, state, partial(self._near, collection, state))

    def words(self, collection: Collection, connection: Connection | None = None) -> MilvusWords:
        if connection is None:
            with schema.read(self._catalog) as own:
                state, _ = self._present(own, collection)
            return self._words(collection, state, None, None)
        state, is_seen = self._present(connection, collection)
        return self._words(collection, state, connection, connection if is_seen else None)

    def refresh_words(self, collection: Collection) -> None:
        self.refresh(collection)

    def refresh(self, collection: Collection) -> None:
        """What cannot be written is told in the log: the catalog has it."""
        try:
            self._fill(collection)
            self._sweep()
        except FootnotedError as error:
            log.warning("milvus_not_filled", collection=collection.name, message=str(error))

    def save(self, collection: Collection) -> None:
        """Milvus keeps what it has."""

    def rebuild(self, collection: Collection) -> None:
        """Milvus keeps what was deleted until it compacts its files, which it is told to do now."""
        state = self._fill(collection)
        if state is None:
            return
        missing, strays = self._differences(collection, state)
        if len(missing):
            self._filling.begin_anew(collection)
            self._fill(collection)
        home = self._counts.home(state.dimension)
        self._milvus.delete(home, strays)
        self._milvus.compact(home)

    def differences(self, collection: Collection) -> tuple[Keys, Keys]:
        """Keys that Milvus should have and has not, and those that it has too much. Reads all. Raises NotReady."""
        state = self._counts.state(collection.id) or State.empty(collection.spec)
        missing, strays = self._differences(collection, state)
        with schema.read(self._catalog) as connection:
            waiting = changes.removed_since(connection, collection.id, state.deleted)
        return missing, np.setdiff1d(strays, waiting)

    def _differences(self, collection: Collection, state: State) -> tuple[Keys, Keys]:
        home = self._counts.home(state.dimension)
        self._milvus.open(home, state.dimension)
        return differences(self._catalog, self._milvus, home, collection.id, state)

    def drop(self, collection: Collection) -> None:
        try:
            self._filling.drop(collection.id)
        except FootnotedError as error:  # swept away later
            self._is_swept = False
            log.warning("milvus_not_dropped", collection=collection.name, message=str(error))

    def close(self) -> None:
        self._milvus.close()
        self._counts.close()

    def _present(self, connection: Connection, collection: Collection) -> tuple[State, bool]:
        """The state, up to date if little is to be done and nobody else is at it; and whether the connection's
        transaction sees it.
        """
        is_new = collection.id not in self._looked_at
        state = self._counts.state(collection.id, connection)
        if state is not None and not is_new and _is_whole(state, collection):
            if self.background and state.is_due(LINGER_S):
                self._fill_beside(collection)
            return state, True
        latest = self._counts.state(collection.id) or State.empty(collection.spec)
        if not is_new and _is_whole(latest, collection):
            return latest, False
        missing = changes.count_after(connection, collection.id, latest.last_key)
        is_first = latest.generation < 0 and missing <= _IN_A_QUESTION
        step = self._step(collection, _IN_A_QUESTION, wait=is_first)
        if step is None:  # somebody else is at it
            return self._counts.state(collection.id) or latest, False
        if step.more and self.background:
            self._fill_beside(collection)
        elif step.more and (step.state is None or step.state.generation < 0):
            return self._fill(collection) or latest, False
        return step.state or latest, False

    def _step(self, collection: Collection, most: int, *, wait: bool) -> Step | None:
        """See Filling.step. What Milvus has lost is looked for, and written anew."""
        is_new = collection.id not in self._looked_at
        try:
            step = self._filling.step(collection, most, wait=wait, new=is_new)
        except CollectionMissing:
            is_new = True
            try:
                step = self._filling.step(collection, most, wait=wait, new=True)
            except CollectionMissing as error:
                raise _lost(collection, error) from error
        if step is not None and is_new:
            self._looked_at.add(collection.id)
        if step is not None and step.removed and step.state is not None:
            with schema.write(through(self._catalog), alone=False) as connection:
                changes.forget_removals(connection, collection.id, step.state.deleted)
        return step

    def _fill(self, collection: Collection) -> State | None:
        """Take up all there is. Raises NotReady, also where somebody else is at it for long."""
        while True:
            step = self._step(collection, _AT_ONCE, wait=True)
            if step is None:
                raise NotReady(f"Another process is filling Milvus with {collection.name!r}.", "Try again in a minute.")
            if not step.more:
                return step.state

    def _fill_beside(self, collection: Collection) -> None:
        """In a thread of its own, one for each collection."""
        with self._guard:
            if collection.id in self._being_filled:
                return
            self._being_filled.add(collection.id)

        def fill() -> None:
            try:
                self.refresh(collection)
            finally:
                with self._guard:
                    self._being_filled.discard(collection.id)

        threading.Thread(target=fill, name=f"milvus-{collection.id}", daemon=True).start()

    def _sweep(self) -> None:
        """Drop what is left of collections that were deleted while Milvus could not be reached, once."""
        if self._is_swept:
            return
        for collection_id in self._counts.collection_ids():
            with schema.read(self._catalog) as connection:
                is_there = collections.by_id(connection, collection_id) is not None
            if not is_there:
                self._filling.drop(collection_id)
        self._is_swept = True

    def _words(
        self, collection: Collection, state: State, connection: Connection | None, counting: Connection | None
    ) -> MilvusWords:
        """``counting`` is a connection whose transaction sees the state."""

        def read(keys: Sequence[int]) -> list[passages.Searched]:
            if connection is not None:
                return words_of(connection, keys)
            with schema.read(self._catalog) as own:
                return words_of(own, keys)

        def frequencies(some: Sequence[int]) -> dict[int, int]:
            return self._counts.frequencies(collection.id, some, counting)

        return MilvusWords(read, state, frequencies, partial(self._near, collection, state))

    def _near(
        self,
        collection: Collection,
        state: State,
        field: str,
        vectors: Sequence[NDArray[np.float32] | Sparse],
        limit: int,
        allowed: Keys | None,
    ) -> list[list[int]]:
        home, at_once = self._counts.home(state.dimension), state.age_s < _SETTLED_S
        try:
            return self._milvus.nearest(home, field, vectors, limit, collection.id, allowed, at_once=at_once)
        except CollectionMissing:  # it was started anew, with its data or without
            self._looked_at.discard(collection.id)
        step = self._step(collection, _IN_A_QUESTION, wait=True)
        if step is None or step.state is None or step.state.generation < 0:
            raise _lost(collection, "it was emptied")
        try:
            return self._milvus.nearest(home, field, vectors, limit, collection.id, allowed, at_once=at_once)
        except CollectionMissing as error:
            raise _lost(collection, error) from error


def _is_whole(state: State, collection: Collection) -> bool:
    return state.generation >= collection.generation and state.fits(collection.spec)


def _lost(collection: Collection, reason: object) -> NotReady:
    return NotReady(
        f"Milvus does not have {collection.name!r} any more ({reason}); it is being filled anew.",
        "Nothing is lost. Ask again in a minute.",
    )
