"""pgvector's index of a large collection's vectors: made beside the questions, kept up to date by PostgreSQL.

HNSW, a graph of near vectors: Malkov and Yashunin 2018, "Efficient and robust approximate nearest neighbor search using
Hierarchical Navigable Small World graphs". One index a collection, of its rows only: collections have vectors of
different dimensions, and a question is about one of them.
"""

import time

import structlog
from sqlalchemy import Connection, Engine, select, text
from sqlalchemy.exc import DBAPIError

from core.errors import FootnotedError
from index import changes, collections, schema
from index.collections import Collection
from index.postgres.pool import lock_key
from index.postgres.quoting import quoted
from index.postgres.statements import each_statement

_NEIGHBOURS = 16  # of a vector in the graph (m)
_BUILT_AMONG = 100  # candidates for them (ef_construction)
_BYTES_MORE = 500  # of a vector in the graph, beside its numbers, as it is built
_MEMORY_LEAST, _MEMORY_MOST = 64 * 1024**2, 2 * 1024**3  # what does not fit is built many times slower
_AGAIN_S = 60.0
_SETTLED_S = 60.0
_PREFIX = "ix_passages_hnsw_"

log = structlog.get_logger("footnoted")


class HnswIndexes:
    """Safe from several threads, and beside other processes: of one collection, one builds at a time."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._failed_at: dict[int, float] = {}
        self._seen: set[int] = set()
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

    def has_had(self, connection: Connection, collection_id: int) -> bool:
        """Whether there is one, or was at an earlier question: a search that finds it gone compares all."""
        if collection_id not in self._seen and self.has(connection, collection_id):
            self._seen.add(collection_id)
        return collection_id in self._seen

    def has(self, connection: Connection, collection_id: int) -> bool:
        """Whether there is one that can be searched."""
        query = text("SELECT 1 FROM pg_catalog.pg_index WHERE indexrelid = to_regclass(:name) AND indisvalid")
        return connection.execute(query, {"name": _name(collection_id)}).first() is not None

    def build(self, collection_id: int) -> bool:
        """Whether there is a new one. Without one all vectors are compared, which is slower.

        Not where another is building it, nor where it failed a moment ago.
        """
        if time.monotonic() < self._failed_at.get(collection_id, -_AGAIN_S) + _AGAIN_S:
            return False
        try:
            with schema.read(self._engine) as connection:
                present = collections.by_id(connection, collection_id)
                passages = changes.count_after(connection, collection_id, 0)
                if present is None or self.has(connection, collection_id):
                    return False
            with each_statement(self._engine) as connection:  # the end of which lets the lock go
                key = lock_key(f"hnsw {collection_id}")
                if not connection.execute(text("SELECT pg_try_advisory_lock(:key)"), {"key": key}).scalar_one():
                    return False
                self._build(connection, collection_id, present.spec.dimension, passages)
        except FootnotedError as error:  # a full disk: nothing that is not derived
            self._failed_at[collection_id] = time.monotonic()
            log.warning("hnsw_index_not_built", collection_id=collection_id, message=error.message)
            return False
        log.info("hnsw_index_built", collection_id=collection_id, vectors=passages)
        return True

    def drop_leftovers(self) -> None:
        """Those of collections that are gone."""
        c = schema.collections.c
        with schema.read(self._engine) as connection:
            own = set(connection.execute(select(c.id)).scalars())
            query = text("SELECT indexname FROM pg_catalog.pg_indexes WHERE schemaname = current_schema()")
            names = [name for name in connection.execute(query).scalars() if name.startswith(_PREFIX)]
        for name in names:
            number = int(name.removeprefix(_PREFIX))
            if number not in own:
                self.drop(number)

    def drop(self, collection_id: int) -> None:
        """It is made anew when it is needed. Raises NotReady."""
        with each_statement(self._engine) as connection:
            connection.exec_driver_sql(f"DROP INDEX CONCURRENTLY IF EXISTS {quoted(_name(collection_id))}")

    def _build(self, connection: Connection, collection_id: int, dimension: int, passages: int) -> None:
        name = quoted(_name(collection_id))
        # One that was being built when its process was killed is there, and of no use.
        forget = f"DROP INDEX CONCURRENTLY IF EXISTS {name}"
        make = (
            f"CREATE INDEX CONCURRENTLY {name} ON passages USING hnsw "
            f"((vector::halfvec({dimension})) halfvec_ip_ops) "
            f"WITH (m = {_NEIGHBOURS}, ef_construction = {_BUILT_AMONG}) WHERE collection_id = {collection_id}"
        )
        memory = int(1.2 * passages * (2 * dimension + _BYTES_MORE))
        memory = min(max(memory, _MEMORY_LEAST), _MEMORY_MOST)
        connection.exec_driver_sql(f"SET maintenance_work_mem = {memory // 1024}")
        connection.exec_driver_sql("SET statement_timeout = 0")
        connection.exec_driver_sql(forget)
        try:
            connection.exec_driver_sql(make)
        except DBAPIError as error:
            # A container's /dev/shm has 64 MB, unless it is told otherwise: several processes build in it, one not.
            if "shared memory segment" not in str(error.orig):
                raise
            log.info("hnsw_index_by_one_process", message="The server's /dev/shm is too small for several.")
            connection.exec_driver_sql("SET max_parallel_maintenance_workers = 0")
            connection.exec_driver_sql(forget)
            connection.exec_driver_sql(make)


def _name(collection_id: int) -> str:
    return f"{_PREFIX}{collection_id}"
