"""PostgreSQL searches: pgvector for vectors, and an inverted index in tables of the catalog's schema for words."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial

import numpy as np
import structlog
from sqlalchemy import Connection, Engine

from core.errors import FootnotedError
from index import changes, collections, schema
from index.beside import Beside
from index.collections import Collection
from index.dense.building import DenseSettings
from index.dense.keys import NO_KEYS, Keys
from index.engines.engine import KeywordSearch
from index.engines.postgres import tables, writing
from index.engines.postgres.behind import Lacking, state_of
from index.engines.postgres.dense import PostgresDense, Vectors
from index.engines.postgres.differences import differences
from index.engines.postgres.hnsw import HnswIndexes
from index.engines.postgres.words import PostgresWords, WordsAtAnyTime

log = structlog.get_logger("footnoted")


class PostgresEngine:
    """See SearchEngine. Vectors are searched where the catalog has them; words are written down after each change."""

    def __init__(self, engine: Engine, settings: DenseSettings) -> None:
        """Its tables are made where there are none. Raises NotReady."""
        self.background = False
        self._engine = engine
        self._exact_up_to = settings.exact_up_to
        self._hnsw = HnswIndexes(engine, settings.recall)
        self._lacking = Lacking()
        self._beside = Beside()
        schema.make_tables(engine, tables.metadata)

    def dense(self, connection: Connection, collection: Collection) -> PostgresDense:
        passages = self._passages(connection, collection)
        is_large = passages > self._exact_up_to
        ef_search = self._hnsw.ef_search(connection, collection.id) if is_large else None
        if is_large and ef_search is None and self.background and self._hnsw.is_settled(collection):
            self._beside.run(f"hnsw-{collection.id}", partial(self._hnsw.build, collection.id))
        return PostgresDense(connection, Vectors(collection.id, collection.spec.dimension, passages, ef_search))

    def words(self, collection: Collection, connection: Connection | None = None) -> KeywordSearch:
        """What was written or removed since the words were, a question looks up in the catalog."""
        if connection is None:
            return WordsAtAnyTime(lambda: self._words_now(collection))
        behind = self._lacking.get(connection, collection)
        if behind.is_behind:
            if self.background:
                self._beside.run(f"words-{collection.id}", partial(self._write_words, collection.id))
            else:
                self._write_words(collection.id)
        return PostgresWords(connection, collection.id, behind)

    def is_past(self, collection: Collection) -> bool:
        """All of it is in tables that the transaction sees."""
        return False

    def refresh_words(self, collection: Collection) -> None:
        self._write_words(collection.id)

    def refresh(self, collection: Collection) -> None:
        self._write_words(collection.id)
        self._drop_leftovers()
        with schema.read(self._engine) as connection:
            present = collections.by_id(connection, collection.id)
            passages = self._passages(connection, present) if present is not None else 0
            is_due = passages > self._exact_up_to and self._hnsw.is_due(connection, collection.id, passages)
        if is_due and self.background:
            self._beside.run(f"hnsw-{collection.id}", partial(self._hnsw.build, collection.id))
        elif is_due:
            self._hnsw.build(collection.id)

    def save(self, collection: Collection) -> None:
        """It is saved, as far as it is."""

    def rebuild(self, collection: Collection) -> None:
        """What was removed is in no row then; it leaves the files' pages when the catalog's tables are purged."""
        writing.make_anew(self._engine, collection.id)
        self._drop_leftovers()

    def drop(self, collection: Collection) -> None:
        self._drop_leftovers()

    def forget(self, collection: Collection) -> None:
        """Another engine searches it. Raises NotReady."""
        writing.forget(self._engine, collection.id)
        self._hnsw.drop(collection.id)

    def differences(self, collection: Collection) -> tuple[Keys, Keys]:
        """See ``differences``: of the words. Of the vectors there are none, since they are the catalog's own."""
        with schema.read(self._engine) as connection:
            present = collections.by_id(connection, collection.id)
            return differences(connection, present) if present is not None else (NO_KEYS, NO_KEYS)

    def close(self) -> None:
        """Connections are the catalog's, which closes them."""

    @contextmanager
    def _words_now(self, collection: Collection) -> Iterator[KeywordSearch]:
        with schema.read(self._engine) as connection:
            present = collections.by_id(connection, collection.id) or collection
            yield self.words(present, connection)

    def _passages(self, connection: Connection, collection: Collection) -> int:
        """Counting them takes long where there are many, so the words' count is taken, with what came and went since.

        Where many are changed while it is taken, it is off by some of these.
        """
        state = state_of(connection, collection.id)
        if state is not None and state.generation == collection.generation:
            return state.statistics.passages
        if state is not None and state.generation < collection.generation:
            removed = changes.removed_since(connection, collection.id, state.generation)
            known = state.statistics.passages - int(np.count_nonzero(removed <= state.last_key))
            passages = known + changes.count_after(connection, collection.id, state.last_key)
            if passages > self._exact_up_to:
                return passages
        return changes.count_after(connection, collection.id, 0)  # few, or not written down yet

    def _write_words(self, collection_id: int) -> None:
        """All that is missing. What cannot be written is told in the log: the catalog has it."""
        try:
            while writing.catch_up(self._engine, collection_id):
                pass
        except FootnotedError as error:
            log.warning("words_not_written", collection_id=collection_id, message=error.message)

    def _drop_leftovers(self) -> None:
        """What is of no collection any more. What cannot be done now, the next refresh does: nobody can find it."""
        try:
            writing.drop_leftovers(self._engine)
            self._hnsw.drop_leftovers()
        except FootnotedError as error:
            log.warning("leftovers_not_dropped", message=error.message)
