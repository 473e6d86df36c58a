"""The tables of a schema: which are there, and made where they are not."""

from collections.abc import Callable, Iterator
from functools import partial

from sqlalchemy import Connection, Engine, Index, MetaData, Table, text

from index import any_case
from index.sealed import through
from index.transactions import read, write

ONLY_ON_SQLITE = "only_on_sqlite"
"""In the ``info`` of an index, beside its ``ddl_if``."""

# Not SQLAlchemy's own look: that takes a table of any schema of the path for ours.
_PRESENT = text(
    "SELECT relname FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace "
    "WHERE n.nspname = current_schema()"
)


def make_tables(engine: Engine, tables: MetaData) -> None:
    """Of a schema that is there; takes the writers' lock only where something is missing. Raises as write."""
    with read(engine) as connection:
        if is_whole(connection, tables):
            return
    with write(through(engine)) as connection:
        create_missing(connection, tables)


def is_whole(connection: Connection, tables: MetaData) -> bool:
    """Whether the schema of the connection has all the tables and indexes."""
    return not any(_missing(connection, tables))


def create_missing(connection: Connection, tables: MetaData) -> None:
    """Make the tables and indexes that the schema of the connection does not have yet."""
    for make in _missing(connection, tables):
        make()


def _missing(connection: Connection, tables: MetaData) -> Iterator[Callable[[], None]]:
    present = set(connection.execute(_PRESENT).scalars())
    for table in tables.sorted_tables:
        if table.name not in present:
            yield partial(Table.create, table, connection, checkfirst=False)
        else:
            for index in table.indexes:
                if index.name not in present and not index.info.get(ONLY_ON_SQLITE):
                    yield partial(Index.create, index, connection, checkfirst=False)
        for name, statement in any_case.indexes_of(table).items():
            if name not in present:
                yield partial(_execute, connection, statement)


def _execute(connection: Connection, statement: str) -> None:
    connection.exec_driver_sql(statement)
