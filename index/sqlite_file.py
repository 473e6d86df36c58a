"""Make or open one database as a SQLite file of the data folder."""

import sqlite3
import time
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, MetaData, create_engine, event, text

from core.errors import IndexBroken
from index.sealed import through
from index.transactions import write

_BUSY_MS = 30_000
_AGAIN_S = 0.05


def open_file(path: Path, tables: MetaData, format_version: int, pragmas: Sequence[str]) -> Engine:
    """As index.schema.open_database says."""
    path.parent.mkdir(parents=True, exist_ok=True)
    engine = _connect(path, pragmas)
    with write(through(engine)) as connection:
        present = connection.execute(text("PRAGMA user_version")).scalar_one()
        if present > format_version:
            raise IndexBroken(
                f"{path} was written by a newer Footnoted (format {present}; this one knows {format_version}).",
                "Update Footnoted, or use another data folder.",
            )
        upgrading = 0 < present < format_version and "versions" in tables.info
        if not upgrading:
            tables.create_all(connection)
            for index in (index for table in tables.tables.values() for index in table.indexes):
                index.create(connection, checkfirst=True)  # one that an older version did not make
            connection.execute(text(f"PRAGMA user_version = {format_version}"))
    if upgrading:
        engine.dispose()
        _upgrade(path, tables.info["versions"], format_version)
    event.listen(engine, "begin", partial(_check_format, path, format_version))
    return engine


def _connect(path: Path, pragmas: Sequence[str]) -> Engine:
    engine = create_engine(f"sqlite:///{path}", pool_size=16, max_overflow=32)
    event.listen(engine, "connect", lambda connection, _: _configure(connection, pragmas))
    event.listen(engine, "begin", _begin)
    return engine


def _upgrade(path: Path, versions: Path, format_version: int) -> None:
    from index.migrations.upgrade import upgrade  # imports Alembic, which the start of every command would wait for

    engine = _connect(path, ["foreign_keys = OFF"])
    try:
        with write(through(engine)) as connection:
            upgrade(connection, path, versions, format_version)
    finally:
        engine.dispose()


def _check_format(path: Path, format_version: int, connection: Connection) -> None:
    """A server goes on running while a newer version upgrades its database. Raises IndexBroken."""
    if connection.exec_driver_sql("PRAGMA user_version").scalar_one() > format_version:
        raise IndexBroken(f"{path} was upgraded by a newer Footnoted while this one was running.", "Start it again.")


def _configure(connection: Any, more: Sequence[str]) -> None:
    connection.isolation_level = None  # transactions are ours to begin, see _begin
    cursor = connection.cursor()
    cursor.execute(f"PRAGMA busy_timeout = {_BUSY_MS}")
    _write_ahead(cursor)
    for pragma in (
        "synchronous = FULL",  # a commit survives a power cut
        "foreign_keys = ON",
        "temp_store = MEMORY",
        *more,
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _write_ahead(cursor: Any) -> None:
    """Readers go on while one process writes. Of several that make a file at once SQLite tells one at once that it is
    locked, whatever the timeout: two would wait for each other.
    """
    until = time.monotonic() + _BUSY_MS / 1_000
    while True:
        try:
            cursor.execute("PRAGMA journal_mode = WAL")
            return
        except sqlite3.OperationalError as error:
            if "locked" not in str(error) or time.monotonic() >= until:
                raise
        time.sleep(_AGAIN_S)


def _begin(connection: Connection) -> None:
    # A write that begins as a read can fail when it turns into a write; IMMEDIATE waits its turn instead.
    mode = "IMMEDIATE" if connection.get_execution_options().get("writes") else ""
    connection.exec_driver_sql(f"BEGIN {mode}")
