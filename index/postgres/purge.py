"""What was deleted leaves the tables of a schema, and their indexes, too."""

from sqlalchemy import Engine, text

from index.postgres.quoting import quoted
from index.postgres.statements import each_statement

_LOCK_TIMEOUT_MS = 60_000

_TABLES = text(
    "SELECT relname FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace "
    "WHERE n.nspname = current_schema() AND relkind = 'r' ORDER BY relname"
)


def purge_schema(engine: Engine) -> None:
    """Write its tables anew without what was deleted, one after another. Readers and writers of a table wait for it.

    The server's log and its backups keep what they have until they are recycled. Raises NotReady, IndexBroken.
    """
    with each_statement(engine) as connection:
        connection.exec_driver_sql(f"SET lock_timeout = {_LOCK_TIMEOUT_MS}")
        for table in connection.execute(_TABLES).scalars().all():
            connection.exec_driver_sql(f"VACUUM (FULL, ANALYZE) {quoted(table)}")
