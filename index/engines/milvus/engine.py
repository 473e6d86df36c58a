"""Milvus beside PostgreSQL: for collections that one machine's index does not hold.

Milvus holds of a passage its vector, a sparse vector of its terms, and the numbers of the passage and of its
collection, which is the partition key: what it searches by, and no text. All collections of one dimension share a
Milvus collection, as those are few and dear. Everything else is asked of the catalog.
"""

from collections.abc import Sequence
from functools import partial

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection, Engine

from core.errors import NotReady
from index import changes, passages, schema
from index.collections import Collection
from index.dense.building import DenseSettings
from index.dense.keys import Keys
from index.engines.milvus.client import Milvus
from index.engines.milvus.connection import CollectionMissing
from index.engines.milvus.counts import MilvusCounts
from index.engines.milvus.filling import Filling
from index.engines.milvus.probe import differences
from index.engines.milvus.search import MilvusDense, MilvusWords, words_of
from index.engines.milvus.state import State
from index.engines.milvus.terms import Sparse
from index.engines.milvus.upkeep import Upkeep, lost
from index.engines.milvus.url import MilvusAddress
from index.engines.postgres.engine import PostgresEngine
from index.place import Place

# After so long, Milvus has seen every write without being told to wait for it: its bound is 5 s.
_SETTLED_S = 60.0


class MilvusEngine:
    """See SearchEngine."""

    def __init__(self, place: Place, catalog: Engine, url: str, settings: DenseSettings | None = None) -> None:
        """Asks Milvus nothing yet. Raises SettingsError, NotReady, IndexBroken. ``settings`` are of PostgreSQL's own
        indexes, which a collection may have from before.
        """
        self._catalog = catalog
        self._former = PostgresEngine(catalog, settings or DenseSettings())
        self._milvus = Milvus(MilvusAddress.of(url))
        self._counts = MilvusCounts(place)
        self._filling = Filling(place, catalog, self._counts, self._milvus)
        self._upkeep = Upkeep(catalog, self._counts, self._milvus, self._filling)

    @property
    def background(self) -> bool:
        return self._upkeep.background

    @background.setter
    def background(self, value: bool) -> None:
        self._upkeep.background = value

    def dense(self, connection: Connection, collection: Collection) -> MilvusDense:
        state, _ = self._upkeep.present(connection, collection)
        if state.generation < 0:
            missing = changes.count_after(connection, collection.id, state.last_key)
            raise NotReady(
                f"Milvus is being filled with {collection.name!r}: {missing:,} passages are missing.",
                "Nothing is lost. Ask again in a minute.",
            )
        return MilvusDense(connection, collection.id, state, partial(self._near, collection, state))

    def words(self, collection: Collection, connection: Connection | None = None) -> MilvusWords:
        if connection is None:
            with schema.read(self._catalog) as own:
                state, _ = self._upkeep.present(own, collection)
            return self._words(collection, state, None, None)
        state, is_seen = self._upkeep.present(connection, collection)
        return self._words(collection, state, connection, connection if is_seen else None)

    def is_past(self, collection: Collection) -> bool:
        """What was replaced stays until later, and of what is found the transaction's passages are taken."""
        return False

    def refresh_words(self, collection: Collection) -> None:
        self._upkeep.refresh(collection)

    def refresh(self, collection: Collection) -> None:
        self._upkeep.refresh(collection)

    def save(self, collection: Collection) -> None:
        self._upkeep.save(collection)

    def rebuild(self, collection: Collection) -> None:
        """Milvus keeps what was deleted until it compacts its files, which it is told to do now. What PostgreSQL
        searched with before goes.
        """
        state = self._upkeep.fill(collection)
        if state is None:
            return
        # What was removed since is counted out by the words that Milvus has of it, so it stays until then.
        missing, strays = self._differences(collection, state, state.removals)
        if len(missing):
            self._filling.begin_anew(collection)
            self._upkeep.fill(collection)
        home = self._counts.home(state.dimension)
        self._milvus.delete(home, collection.id, strays)
        self._milvus.compact(home)
        self._former.forget(collection)

    def differences(self, collection: Collection) -> tuple[Keys, Keys]:
        """Keys that Milvus should have and has not, and those that it has too much. Reads all. Raises NotReady."""
        state = self._counts.state(collection.id) or State.empty(collection.spec)
        return self._differences(collection, state, state.deleted)

    def _differences(self, collection: Collection, state: State, waiting_since: int) -> tuple[Keys, Keys]:
        home = self._counts.home(state.dimension)
        self._milvus.open(home, state.dimension)
        missing, strays = differences(self._catalog, self._milvus, home, collection.id, state, waiting_since)
        later = self._counts.state(collection.id)  # another process may be filling it anew
        return missing[missing <= (later.last_key if later is not None else 0)], strays

    def drop(self, collection: Collection) -> None:
        self._upkeep.drop(collection)
        self._former.drop(collection)

    def close(self) -> None:
        self._milvus.close()
        self._counts.close()

    def _words(
        self, collection: Collection, state: State, connection: Connection | None, counting: Connection | None
    ) -> MilvusWords:
        """``counting`` is a connection whose transaction sees the state."""

        def read(keys: Sequence[int]) -> list[passages.Searched]:
            if connection is not None:
                return words_of(connection, collection.id, keys)
            with schema.read(self._catalog) as own:
                return words_of(own, collection.id, keys)

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
        except CollectionMissing:
            self._upkeep.look_again(collection)
        try:
            return self._milvus.nearest(home, field, vectors, limit, collection.id, allowed, at_once=at_once)
        except CollectionMissing as error:
            raise lost(collection, error) from error
