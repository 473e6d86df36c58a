"""What PostgreSQL keeps for Milvus: how far each collection is in it, and in how many passages each term occurs.

In a schema of its own, ``footnoted_milvus``, so that its commits do not wait for the catalog's writers.
"""

import secrets
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict

from sqlalchemy import Column, Connection, Engine, Float, MetaData, String, Table, delete, func, select, text

from index import schema
from index.engines.milvus.state import State
from index.place import Place

_FORMAT = 1
_SCHEMA = "footnoted_milvus"  # said everywhere, so that a question may read it in its transaction of the catalog

metadata = MetaData(schema=_SCHEMA)

# Names the collections of one catalog in a Milvus that others may use, too.
_installation = Table(
    "installation", metadata, Column("id", schema.Key, primary_key=True), Column("name", String, nullable=False)
)

_states = Table(
    "states",
    metadata,
    Column("collection_id", schema.Key, primary_key=True, autoincrement=False),
    Column("encoder", String, nullable=False),
    Column("dimension", schema.Key, nullable=False),
    Column("analysis", String, nullable=False),
    Column("generation", schema.Key, nullable=False),
    Column("removals", schema.Key, nullable=False),
    Column("deleted", schema.Key, nullable=False),
    Column("due", schema.Key, nullable=False),
    Column("due_at", Float, nullable=False),  # times are by the clock of PostgreSQL
    Column("last_key", schema.Key, nullable=False),
    Column("writing", schema.Key, nullable=False),
    Column("passages", schema.Key, nullable=False),
    Column("body_length", schema.Key, nullable=False),
    Column("context_length", schema.Key, nullable=False),
    Column("rewording", schema.Key, nullable=False),
    Column("worded", schema.Key, nullable=False),
    Column("written_at", Float, nullable=False),
)

# One row a term of a collection; counts change in place, where a page has room for it.
_terms = Table(
    "terms",
    metadata,
    Column("collection_id", schema.Key, primary_key=True, autoincrement=False),
    Column("dimension", schema.Key, primary_key=True, autoincrement=False),
    Column("passages", schema.Key, nullable=False),
    postgresql_with={"fillfactor": 70},
)

_COUNT = text(
    f"INSERT INTO {_SCHEMA}.terms AS t (collection_id, dimension, passages) "
    "SELECT :collection_id, one.dimension, one.passages "
    "FROM unnest(CAST(:dimensions AS bigint[]), CAST(:passages AS bigint[])) AS one(dimension, passages) "
    "ON CONFLICT (collection_id, dimension) DO UPDATE SET passages = t.passages + excluded.passages"
)
_FORGET = text(
    f"DELETE FROM {_SCHEMA}.terms WHERE collection_id = :collection_id AND passages <= 0 "
    "AND dimension = ANY(CAST(:dimensions AS bigint[]))"
)
_NOW = func.extract("epoch", func.clock_timestamp())
_AGES = {"age_s": "written_at", "due_age_s": "due_at"}  # of the state, by the columns that they are kept in


class MilvusCounts:
    """Safe from several threads and processes; of one collection, one at a time is to write.

    All methods raise NotReady where the server cannot be reached.
    """

    def __init__(self, place: Place) -> None:
        """Opened, or made. Raises NotReady, IndexBroken."""
        self.engine: Engine = schema.open_database(place.database("milvus.db"), metadata, _FORMAT)
        try:
            self._installation = _named(self.engine)
        except BaseException:
            self.engine.dispose()
            raise

    def close(self) -> None:
        self.engine.dispose()

    def home(self, dimension: int) -> str:
        """The collection in Milvus that has all vectors of this catalog of a dimension."""
        return f"footnoted_{self._installation}_{dimension}"

    def state(self, collection_id: int, connection: Connection | None = None) -> State | None:
        """As of now, or as the transaction of a connection sees it."""
        c = _states.c
        columns = [c[name] for name in State.__dataclass_fields__ if name not in _AGES]
        ages = [(_NOW - c[column]).label(name) for name, column in _AGES.items()]
        query = select(*columns, *ages).where(c.collection_id == collection_id)
        with self._reading(connection) as reading:
            row = reading.execute(query).mappings().first()
        return State(**row) if row is not None else None

    def collection_ids(self) -> list[int]:
        """Of which something may be in Milvus."""
        with schema.read(self.engine) as connection:
            return list(connection.execute(select(_states.c.collection_id)).scalars())

    def last_key(self) -> int:
        """The greatest key that is in Milvus and counted, of all collections."""
        with schema.read(self.engine) as connection:
            return connection.execute(select(func.max(_states.c.last_key))).scalar_one() or 0

    def frequencies(
        self, collection_id: int, dimensions: Sequence[int], connection: Connection | None = None
    ) -> dict[int, int]:
        """In how many passages the terms of these dimensions occur; of those that occur. See state."""
        c = _terms.c
        query = select(c.dimension, c.passages).where(c.collection_id == collection_id, c.dimension.in_(dimensions))
        with self._reading(connection) as reading:
            return {row.dimension: row.passages for row in reading.execute(query)}

    def keep(self, collection_id: int, state: State, more: Mapping[int, int] | None = None) -> None:
        """The state, and by how much the passages of each dimension's term changed: all of it, or nothing."""
        with schema.write(self.engine, alone=False) as connection:
            _keep(connection, collection_id, state)
            if more:
                _count(connection, collection_id, more)

    def begin_anew(self, collection_id: int, state: State) -> None:
        """Nothing of the collection is counted any more."""
        with schema.write(self.engine, alone=False) as connection:
            connection.execute(delete(_terms).where(_terms.c.collection_id == collection_id))
            _keep(connection, collection_id, state)

    @contextmanager
    def _reading(self, connection: Connection | None) -> Iterator[Connection]:
        if connection is not None:  # a second one for each question could use up the pool
            yield connection
            return
        with schema.read(self.engine) as own:
            yield own

    def drop(self, collection_id: int) -> None:
        """Forget a collection."""
        with schema.write(self.engine, alone=False) as connection:
            for table in (_terms, _states):
                connection.execute(delete(table).where(table.c.collection_id == collection_id))


def _named(engine: Engine) -> str:
    """A name that was made by chance, once."""
    with schema.write(engine) as connection:
        found = connection.execute(select(_installation.c.name)).scalar_one_or_none()
        if found is None:
            found = secrets.token_hex(4)
            connection.execute(schema.insert(connection, _installation).values(id=1, name=found))
        return str(found)


def _keep(connection: Connection, collection_id: int, state: State) -> None:
    values = {name: value for name, value in asdict(state).items() if name not in _AGES}
    values |= {"written_at": _NOW, "due_at": _NOW - state.due_age_s}
    statement = schema.insert(connection, _states).values(collection_id=collection_id, **values)
    connection.execute(statement.on_conflict_do_update(index_elements=["collection_id"], set_=values))


def _count(connection: Connection, collection_id: int, more: Mapping[int, int]) -> None:
    ordered: Iterable[tuple[int, int]] = sorted(more.items())
    dimensions, passages = (list(column) for column in zip(*ordered, strict=True))
    connection.execute(_COUNT, {"collection_id": collection_id, "dimensions": dimensions, "passages": passages})
    if less := [dimension for dimension, change in more.items() if change < 0]:
        connection.execute(_FORGET, {"collection_id": collection_id, "dimensions": less})
