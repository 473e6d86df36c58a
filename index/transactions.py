"""How databases are read and written, whether SQLite files or schemas of a PostgreSQL server."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, Engine, Table
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import DatabaseError, DataError, DBAPIError, IntegrityError, OperationalError, ProgrammingError
from sqlalchemy.exc import TimeoutError as NoneFree

from core.errors import FootnotedError, IndexBroken, NotReady
from index.sealed import check_open


def on_server(bind: Engine | Connection) -> bool:
    """Whether it is a PostgreSQL server's, and not a SQLite file."""
    return bind.dialect.name == "postgresql"


@contextmanager
def read(engine: Engine) -> Iterator[Connection]:
    """One consistent view of the database. Raises IndexBroken (also a full disk), NotReady (locked, not reached)."""
    with told(engine), engine.connect() as connection, connection.begin():
        yield connection


@contextmanager
def write(engine: Engine, *, alone: bool = True) -> Iterator[Connection]:
    """One transaction: all of it is kept, or none. Raises IndexBroken (also a full disk), NotReady (locked, not
    reached, or moved elsewhere).

    No other writes meanwhile, unless ``alone`` is false: then a server lets others write to other rows.
    """
    with (
        told(engine),
        engine.connect().execution_options(writes=True, alone=alone) as connection,
        connection.begin(),
    ):
        check_open(connection)
        yield connection


def insert(bind: Engine | Connection, table: Table) -> sqlite.Insert | postgresql.Insert:
    """With ``on_conflict_do_update`` and ``on_conflict_do_nothing``, in the database's own dialect."""
    return postgresql.insert(table) if on_server(bind) else sqlite.insert(table)


@contextmanager
def told(engine: Engine) -> Iterator[None]:
    """What the disk, the file or the server is to blame for, in words; a broken constraint or statement is ours."""
    try:
        yield
    except NoneFree as error:
        raise NotReady("Every connection to the database is in use.", "Try again in a moment.") from error
    except DBAPIError as error:
        problem = _problem(engine, error)
        if problem is None:
            raise
        raise problem from error


def _problem(engine: Engine, error: DBAPIError) -> FootnotedError | None:
    if on_server(engine):
        from index.postgres.problems import problem

        return problem(engine.url, error)
    if isinstance(error, IntegrityError | ProgrammingError | DataError) or not isinstance(error, DatabaseError):
        return None
    path, reason = engine.url.database, str(error.orig)
    if isinstance(error, OperationalError) and "locked" in reason:
        return NotReady(f"{path} is locked by another process.", "Try again.")
    return IndexBroken(
        f"{path} cannot be read or written: {reason}.",
        "Check the folder's permissions and free space; if the file is damaged, restore a copy of the data folder.",
    )
