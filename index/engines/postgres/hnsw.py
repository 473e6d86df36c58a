"""pgvector's index of a large collection's vectors: made beside the questions, kept up to date by PostgreSQL.

HNSW, a graph of near vectors: Malkov and Yashunin 2018, "Efficient and robust approximate nearest neighbor search using
Hierarchical Navigable Small World graphs". One index a collection, of its rows only: collections have vectors of
different dimensions, and a question is about one of them.
"""

import re
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass

import structlog
from sqlalchemy import Connection, Engine, select, text
from sqlalchemy.exc import DBAPIError

from core.errors import FootnotedError
from index import changes, collections, schema
from index.collections import Collection
from index.engines.postgres.ef_search import least_ef_search
from index.postgres.memory import run_with_memory
from index.postgres.pool import lock_key
from index.postgres.quoting import quoted
from index.postgres.statements import each_statement

_NEIGHBOURS = 16  # of a vector in the graph (m)
_BUILT_AMONG = 100  # candidates for them (ef_construction)
_BYTES_MORE = 500  # of a vector in the graph, beside its numbers, as it is built
_AGAIN_S = 60.0
_BUSY_S = 5.0
_SETTLED_S = 60.0
_LOOK_AGAIN_S = 60.0
_OUTGROWN = 2.0  # times as many passages: what a search needs is measured anew
_PREFIX = "ix_passages_hnsw_"
_OURS = re.compile(_PREFIX + r"(\d+)")  # not those that REINDEX makes beside them for a while: …_ccnew
_UNMEASURED = 100  # candidates of a search, by an index whose need nobody measured yet
_COMMENT = re.compile(r"ef_search (\d+) for recall ([\d.]+), measured at (\d+) passages")

log = structlog.get_logger("footnoted")


@dataclass(frozen=True, slots=True)
class _Need:
    """How many candidates searches by an index keep for a recall, as was measured when there were so many passages."""

    ef_search: int
    recall: float
    passages: int


class HnswIndexes:
    """Safe from several threads, and beside other processes: one builds at a time.

    How many candidates a search keeps to find the share ``recall`` of the best ten is measured when an index is there,
    and again when the collection has twice as many passages; it stands in the index's comment.
    """

    def __init__(self, engine: Engine, recall: float) -> None:
        self._engine = engine
        self._recall = recall
        self._not_before: dict[int, float] = {}
        self._known: dict[int, tuple[int, float]] = {}
        self._unchanged: dict[int, tuple[int, float]] = {}

    def is_settled(self, collection: Collection) -> bool:
        """Whether it was as it is for a while: to add to an index takes longer than to make it when all is there, and
        what ends an ingest makes it.
        """
        now = time.monotonic()
        generation, since = self._unchanged.setdefault(collection.id, (collection.generation, now))
        if generation != collection.generation:
            self._unchanged[collection.id] = collection.generation, now
            return False
        return now >= since + _SETTLED_S

    def ef_search(self, connection: Connection, collection_id: int) -> int | None:
        """How many candidates a search has to keep; None where there is no index. A minute old at most: a search that
        finds the index gone compares all.
        """
        now = time.monotonic()
        known, until = self._known.get(collection_id, (0, now))
        if now < until:
            return known
        need = self._need(connection, collection_id)
        if need is None:
            return None
        self._known[collection_id] = need.ef_search, now + _LOOK_AGAIN_S
        return need.ef_search

    def is_due(self, connection: Connection, collection_id: int, passages: int) -> bool:
        """Whether there is none that can be searched, or it was measured for another recall, or long ago."""
        need = self._need(connection, collection_id)
        return need is None or need.recall != self._recall or passages >= _OUTGROWN * need.passages

    def _need(self, connection: Connection, collection_id: int) -> _Need | None:
        """None where there is no index that can be searched."""
        query = text(
            "SELECT obj_description(indexrelid, 'pg_class') FROM pg_catalog.pg_index "
            "WHERE indexrelid = to_regclass(:name) AND indisvalid"
        )
        found = connection.execute(query, {"name": _name(collection_id)}).first()
        if found is None:
            return None
        said = _COMMENT.fullmatch(found[0] or "")
        return _Need(int(said[1]), float(said[2]), int(said[3])) if said else _Need(_UNMEASURED, 0.0, 0)

    def build(self, collection_id: int) -> bool:
        """Whether there is a new one, or what searches by it need was measured anew. Without one all vectors are
        compared, which is slower.

        Not where another is building it, nor where it failed a moment ago.
        """
        if time.monotonic() < self._not_before.get(collection_id, 0.0):
            return False
        try:
            with schema.read(self._engine) as connection:
                present = collections.by_id(connection, collection_id)
                passages = changes.count_after(connection, collection_id, 0)
                need = self._need(connection, collection_id)
                if present is None or not self.is_due(connection, collection_id, passages):
                    return False
            with self._alone() as connection:
                if connection is None:
                    self._not_before[collection_id] = time.monotonic() + _BUSY_S
                    log.info("hnsw_index_later", collection_id=collection_id, message="Another one is being built.")
                    return False
                if need is None:
                    self._build(connection, collection_id, present.spec.dimension, passages)
                self._measure(connection, present, passages)
        except FootnotedError as error:  # a full disk: nothing that is not derived
            self._not_before[collection_id] = time.monotonic() + _AGAIN_S
            log.warning("hnsw_index_not_ready", collection_id=collection_id, message=error.message)
            return False
        return True

    def drop_leftovers(self) -> None:
        """Those of collections that are gone."""
        c = schema.collections.c
        with schema.read(self._engine) as connection:
            own = set(connection.execute(select(c.id)).scalars())
            query = text("SELECT indexname FROM pg_catalog.pg_indexes WHERE schemaname = current_schema()")
            names = list(connection.execute(query).scalars())
        for said in filter(None, map(_OURS.fullmatch, names)):
            if (number := int(said[1])) not in own:
                self.drop(number)

    def drop(self, collection_id: int) -> None:
        """It is made anew when it is needed. While another is built it stays, for the next time. Raises NotReady."""
        with self._alone() as connection:
            if connection is not None:
                connection.exec_driver_sql(_forgetting(collection_id))

    @contextmanager
    def _alone(self) -> Iterator[Connection | None]:
        """Until the end nobody else builds or drops one, of any collection: each waits for all statements that others
        have begun on the table, so that two would wait for each other. None where somebody does already; to wait in a
        statement would be waited for, too.
        """
        key = {"key": lock_key("hnsw")}
        with each_statement(self._engine) as connection:
            if not connection.execute(text("SELECT pg_try_advisory_lock(:key)"), key).scalar_one():
                yield None
                return
            try:
                yield connection
            finally:
                with suppress(DBAPIError):  # at once; where the connection was cut, the lock is gone with it
                    connection.execute(text("SELECT pg_advisory_unlock(:key)"), key)

    def _build(self, connection: Connection, collection_id: int, dimension: int, passages: int) -> None:
        name = quoted(_name(collection_id))
        make = (
            f"CREATE INDEX CONCURRENTLY {name} ON passages USING hnsw "
            f"((vector::halfvec({dimension})) halfvec_ip_ops) "
            f"WITH (m = {_NEIGHBOURS}, ef_construction = {_BUILT_AMONG}) WHERE collection_id = {collection_id}"
        )
        # One that was being built when its process was killed is there, and of no use.
        needed = int(1.2 * passages * (2 * dimension + _BYTES_MORE))
        run_with_memory(connection, needed, _forgetting(collection_id), make)
        log.info("hnsw_index_built", collection_id=collection_id, vectors=passages)

    def _measure(self, connection: Connection, collection: Collection, passages: int) -> None:
        ef_search = least_ef_search(self._engine, collection, passages, self._recall)
        said = f"ef_search {ef_search} for recall {self._recall}, measured at {passages} passages"
        connection.exec_driver_sql(f"COMMENT ON INDEX {quoted(_name(collection.id))} IS '{said}'")
        self._known.pop(collection.id, None)
        log.info("hnsw_search_measured", collection=collection.name, ef_search=ef_search, passages=passages)


def _forgetting(collection_id: int) -> str:
    return f"DROP INDEX CONCURRENTLY IF EXISTS {quoted(_name(collection_id))}"


def _name(collection_id: int) -> str:
    return f"{_PREFIX}{collection_id}"
