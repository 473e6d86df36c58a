"""What was deleted leaves the files too: pages of the database that are free, its log, words of the keyword index."""

import sqlite3
from contextlib import closing
from pathlib import Path

import structlog

from core.errors import IndexBroken
from index.catalog import Catalog
from index.postgres.purge import purge_schema
from index.transactions import on_server

log = structlog.get_logger("footnoted")


def purge(catalog: Catalog) -> None:
    """Write the catalog's file anew without free pages, and empty its log. Writers wait; it takes its size on disk.

    Of a server, its tables. Raises IndexBroken, for want of room for instance: then everything is as it was.
    """
    if on_server(catalog.engine):
        purge_schema(catalog.engine)
        return
    path = catalog.engine.url.database
    assert path is not None
    try:
        with closing(sqlite3.connect(path, isolation_level=None, timeout=30)) as connection:
            connection.execute("VACUUM")
    except sqlite3.Error as error:
        raise IndexBroken(
            f"{path} cannot be written anew: {error}.", "It is as it was. Make room, or stop what else writes to it."
        ) from error
    empty_log(catalog)


def empty_log(catalog: Catalog) -> bool:
    """Bring what SQLite's log holds into the database, and cut it to nothing: it keeps what was overwritten.

    False where a reader or writer is in the way; the next time does it. A server sees to its own.
    """
    if on_server(catalog.engine):
        return True
    path = catalog.engine.url.database
    assert path is not None
    try:
        return checkpoint(path, 0.1)
    except sqlite3.OperationalError as error:
        log.warning("log_not_emptied", database=path, reason=str(error))
        return False


def checkpoint(path: str | Path, wait_s: float) -> bool:
    """Bring what a database's write-ahead log holds into it, and cut the log to nothing.

    False where a reader or writer is in the way for longer than ``wait_s``. Raises sqlite3.Error.
    """
    with closing(sqlite3.connect(path, isolation_level=None, timeout=wait_s)) as connection:
        connection.execute("PRAGMA journal_size_limit = 0")
        (busy, _, _) = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    return not busy
