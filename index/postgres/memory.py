"""Statements that build an index, with the memory that it takes."""

import structlog
from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

_LEAST, _MOST = 64 * 1024**2, 2 * 1024**3  # bytes; an index of vectors that does not fit is built many times slower
_SERVERS_OWN = "SELECT reset_val::bigint * 1024 FROM pg_catalog.pg_settings WHERE name = 'maintenance_work_mem'"

log = structlog.get_logger("footnoted")


def run_with_memory(connection: Connection, needed: int, *statements: str) -> None:
    """One after another, with ``needed`` bytes for what they build: at most 2 GiB, or as many as the server's own
    setting of maintenance_work_mem, where that is more. See each_statement.

    A container's /dev/shm has 64 MB, unless it is told otherwise: several processes build in it, one does not. Where it
    is too small, all of the statements are run again by one.
    """
    most = max(_MOST, connection.exec_driver_sql(_SERVERS_OWN).scalar_one())
    connection.exec_driver_sql(f"SET maintenance_work_mem = {min(max(needed, _LEAST), most) // 1024}")
    connection.exec_driver_sql("SET statement_timeout = 0")
    try:
        _run(connection, statements)
    except DBAPIError as error:
        if "shared memory segment" not in str(error.orig):
            raise
        log.info("index_by_one_process", message="The server's /dev/shm is too small for several.")
        connection.exec_driver_sql("SET max_parallel_maintenance_workers = 0")
        _run(connection, statements)


def _run(connection: Connection, statements: tuple[str, ...]) -> None:
    for statement in statements:
        connection.exec_driver_sql(statement)
