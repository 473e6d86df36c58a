"""Databases that were moved elsewhere: they go on to be read, and nothing is written to them any more.

Otherwise what a server that still runs on the old place takes in would be lost when its settings are changed.
"""

from sqlalchemy import Connection, Engine, text

from core.errors import NotReady

THROUGH = "through_seal"
"""Of an engine's execution options: what moves a database writes to it all the same."""

# No part of any format: the table is there only where a database was moved from.
_SQLITE = text("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'footnoted_moved'")
_POSTGRES = text("SELECT 1 WHERE to_regclass('footnoted_moved') IS NOT NULL")


def through(engine: Engine) -> Engine:
    """The engine, for what opens or moves a database: it may write to one that was moved elsewhere."""
    return engine.execution_options(**{THROUGH: True})


def seal(connection: Connection, place: str) -> None:
    """From the end of this transaction on, writes are refused, with ``place`` as where to go."""
    unseal(connection)
    connection.execute(text("CREATE TABLE footnoted_moved (moved_to VARCHAR NOT NULL)"))
    connection.execute(text("INSERT INTO footnoted_moved VALUES (:place)"), {"place": place})


def unseal(connection: Connection) -> None:
    """Writes are taken again."""
    connection.execute(text("DROP TABLE IF EXISTS footnoted_moved"))


def moved_to(connection: Connection) -> str | None:
    """Where the database was moved to; None where it was not."""
    there = _SQLITE if connection.dialect.name == "sqlite" else _POSTGRES
    if connection.execute(there).first() is None:
        return None
    place: str | None = connection.execute(text("SELECT moved_to FROM footnoted_moved")).scalars().first()
    return place


def check_open(connection: Connection) -> None:
    """To be called at the beginning of every writing transaction. Raises NotReady where the database was moved."""
    if connection.get_execution_options().get(THROUGH):
        return
    if (place := moved_to(connection)) is not None:
        raise NotReady(
            f"Nothing is written here any more: it was moved to {place}.",
            "Start again with the settings of the new place, or take this one back by `footnoted migrate --reopen`.",
        )
