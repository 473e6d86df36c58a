"""Bring a database of an earlier format to the present one: all of it in one transaction, or nothing."""

import sqlite3
from contextlib import closing
from pathlib import Path

import structlog
from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text

from core.errors import IndexBroken
from index.replacing import replacing

_HERE = Path(__file__).parent

log = structlog.get_logger("footnoted")


def upgrade(connection: Connection, path: Path, versions: Path, to_format: int) -> None:
    """Run what leads from the database's format to ``to_format``, in the write transaction of ``connection``.

    Foreign keys must be off on it: a table that is made anew would else take the rows with it that point to it.
    A kill leaves the former format. Raises IndexBroken; the transaction is then to be rolled back.
    """
    from_format = connection.exec_driver_sql("PRAGMA user_version").scalar_one()
    if from_format >= to_format:  # another process was quicker
        return
    config = _config(connection, versions)
    pending = ScriptDirectory.from_config(config).iterate_revisions(f"{to_format:04}", _done(from_format))
    if any(getattr(revision.module, "changes_data", True) for revision in pending):
        keep_copy(path, copy_of(path, from_format))
    log.info("database_upgrade", path=str(path), from_format=from_format, to_format=to_format)
    run_revisions(connection, versions, from_format, to_format)
    if faults := connection.exec_driver_sql("PRAGMA foreign_key_check").fetchmany(3):
        raise IndexBroken(
            f"{path} could not be brought to format {to_format}: {faults} lead nowhere.",
            "It is as it was. Go back to the former version of Footnoted, and report this.",
        )
    connection.exec_driver_sql(f"PRAGMA user_version = {int(to_format)}")


def run_revisions(connection: Connection, versions: Path, from_format: int, to_format: int) -> None:
    """In the transaction of the connection; the database's own number of its format stays as it is."""
    _stamp(connection, _done(from_format))
    command.upgrade(_config(connection, versions), f"{to_format:04}")


def _config(connection: Connection, versions: Path) -> Config:
    config = Config(attributes={"connection": connection})
    for option, value in (("script_location", _HERE), ("version_locations", versions)):
        config.set_main_option(option, str(value).replace("%", "%%"))
    config.set_main_option("path_separator", "newline")  # no folder's name has one
    return config


def _done(from_format: int) -> str:
    """What was left of format 1 varies: its revision makes what is missing, and is run again."""
    return f"{from_format:04}" if from_format > 1 else "base"


def _stamp(connection: Connection, revision: str) -> None:
    """Tell Alembic where to begin: a database that was made new has the format's number only."""
    create = "CREATE TABLE IF NOT EXISTS alembic_version (version_num VARCHAR(32) NOT NULL PRIMARY KEY)"
    connection.exec_driver_sql(create)
    connection.exec_driver_sql("DELETE FROM alembic_version")
    if revision != "base":
        connection.execute(text("INSERT INTO alembic_version VALUES (:revision)"), {"revision": revision})


def copy_of(path: Path, format_version: int) -> Path:
    """Where the database is kept as it was before it left a format."""
    return path.with_name(f"{path.stem}.format-{format_version}{path.suffix}")


def keep_copy(path: Path, target: Path) -> None:
    """A compact copy of what is committed, whole or not there. Raises IndexBroken, for want of room for instance."""
    if target.exists():  # of an upgrade that was killed after it
        return
    try:
        with replacing(target) as beside, closing(sqlite3.connect(path)) as source:
            source.execute("VACUUM INTO ?", (str(beside),))
    except (sqlite3.Error, OSError) as error:
        raise IndexBroken(
            f"No copy of {path} could be kept before it is brought to a newer format: {error}.",
            "It is as it was. Make room beside it, and start again.",
        ) from error
