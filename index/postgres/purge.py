"""What was deleted leaves the tables of a schema, and their indexes, too."""

from sqlalchemy import Engine, text

from index.postgres.memory import run_with_memory
from index.postgres.quoting import quoted
from index.postgres.statements import each_statement

_LOCK_TIMEOUT_MS = 60_000
_AS_BUILT = 1.5  # times the size of an index of vectors in its file, which it takes in memory

_TABLES = text(
    "SELECT relname FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace "
    "WHERE n.nspname = current_schema() AND relkind = 'r' ORDER BY relname"
)
# Others are built by sorting, which takes any memory.
_LARGEST_INDEX = text(
    "SELECT coalesce(max(pg_relation_size(i.indexrelid)), 0) FROM pg_catalog.pg_index i "
    "JOIN pg_catalog.pg_class c ON c.oid = i.indexrelid JOIN pg_catalog.pg_am a ON a.oid = c.relam "
    "WHERE a.amname = 'hnsw' AND i.indrelid = to_regclass(quote_ident(:name))"
)


def purge_schema(engine: Engine) -> None:
    """Write its tables anew without what was deleted, one after another. Readers and writers of a table wait for it.

    The server's log and its backups keep what they have until they are recycled. Raises NotReady, IndexBroken.
    """
    with each_statement(engine) as connection:
        connection.exec_driver_sql(f"SET lock_timeout = {_LOCK_TIMEOUT_MS}")
        for table in connection.execute(_TABLES).scalars().all():
            needed = connection.execute(_LARGEST_INDEX, {"name": table}).scalar_one()
            run_with_memory(connection, int(_AS_BUILT * needed), f"VACUUM (FULL, ANALYZE) {quoted(table)}")
