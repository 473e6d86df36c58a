"""Which collections of a place were moved there, and from where: so that a move that was killed is gone on with, one
that is run again takes up only what changed, and no other collection of the name is written over.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Column, Connection, ForeignKey, MetaData, String, Table, delete, insert, select

from core.errors import Conflict, IndexMismatch
from index import collections, schema, versions
from index.collections import Collection
from index.columns import Key
from index.sealed import moved_to
from index.versions import Role

_metadata = MetaData()
# No part of the catalog's format: it is there only where something was moved to.
_moves = Table(
    "footnoted_moves",
    _metadata,
    Column("collection_id", ForeignKey(schema.collections.c.id, ondelete="CASCADE"), primary_key=True),
    Column("name", String, nullable=False),
    Column("source", String, nullable=False),
)
# What a run left there: while nobody wrote to it since, the next one writes over it.
_left = Table(
    "footnoted_moved_generations",
    _metadata,
    Column("collection_id", ForeignKey(schema.collections.c.id, ondelete="CASCADE"), primary_key=True),
    Column("generation", Key, nullable=False),
)
# From where the service's state came, if it did.
_states = Table("footnoted_state_moves", _metadata, Column("source", String, primary_key=True))
_c = schema.collections.c


@dataclass(frozen=True, slots=True)
class Origin:
    """A collection where it comes from. ``made_at`` tells it from one of the name that was deleted before."""

    place: str
    name: str
    made_at: str

    @classmethod
    def of(cls, place: str, collection: Collection) -> "Origin":
        return cls(place, collection.name, collection.created_at)

    def __str__(self) -> str:
        return f"{self.made_at} {self.place}"


def begin(connection: Connection, origin: Origin, source: Collection) -> Collection:
    """The collection that is to become what ``source`` is: that of a former run, or a new one, hidden until it is
    whole. One of the name in a place that was itself moved to where ``source`` is, is its former self.

    Raises Conflict where there is another collection of the name, or where that of a former run was written to since,
    IndexMismatch where it was built anew since.
    """
    _make_tables(connection)
    query = select(_moves.c.collection_id).where(_moves.c.name == origin.name, _moves.c.source == str(origin))
    begun = connection.execute(query).scalars().first()
    found = collections.by_id(connection, begun) if begun is not None else None
    there = collections.find(connection, origin.name)
    if there is not None and found is None and moved_to(connection) == origin.place:
        connection.execute(insert(_moves).values(collection_id=there.id, name=origin.name, source=str(origin)))
        found = there
    if there is not None and (found is None or found.id != there.id):
        raise Conflict(
            f"There is another collection {origin.name!r} where it is to be moved to.",
            "Rename or delete it there, or rename this one.",
        )
    if found is None:
        return _hidden(connection, origin, source)
    _check_untouched(connection, found)
    connection.execute(delete(_left).where(_left.c.collection_id == found.id))  # this run writes to it
    if found.spec == source.spec and found.has_own_sizes == source.has_own_sizes:
        return found
    if found.is_hidden:
        connection.execute(delete(schema.collections).where(_c.id == found.id))
        return _hidden(connection, origin, source)
    raise IndexMismatch(
        f"The collection {origin.name!r} was built anew since it was moved.",
        "Delete it where it was moved to, and move it again.",
    )


def show(connection: Connection, collection: Collection, name: str) -> None:
    """It is whole: it answers under its name."""
    if collection.is_hidden:
        versions.show(connection, collection, name)
    present = collections.by_id(connection, collection.id)
    assert present is not None  # the transaction is a writer's
    connection.execute(delete(_left).where(_left.c.collection_id == present.id))
    connection.execute(insert(_left).values(collection_id=present.id, generation=present.generation))


def check_same_place(connection: Connection, place: str, origins: Sequence[Origin]) -> None:
    """Raises Conflict where collections came from a place of that name and this one has none of them: it is another
    folder at the same path, or an empty one, and what is not in it is not to be taken out there.
    """
    _make_tables(connection)
    rows = connection.execute(select(_moves.c.name, _moves.c.source)).all()
    came = {row.source: row.name for row in rows if row.source.partition(" ")[2] == place}
    if came and came.keys().isdisjoint(map(str, origins)):  # by when they were made: one may have another name since
        raise Conflict(
            f"From {place} came {', '.join(sorted(came.values()))}, and nothing of that is here.",
            "Is this the folder that was moved, and is its volume there? To move another one there beside it, name "
            "its collections by --collection, or delete those there.",
        )


def stale(connection: Connection, place: str, origins: Sequence[Origin]) -> list[Collection]:
    """Collections that came from there and are not there any more: deleted, renamed, or made anew.

    Raises Conflict where one of them was written to since.
    """
    _make_tables(connection)
    names = {(origin.name, str(origin)) for origin in origins}
    rows = connection.execute(select(_moves)).all()
    from_there = [row for row in rows if row.source.partition(" ")[2] == place]
    gone = [row.collection_id for row in from_there if (row.name, row.source) not in names]
    found = [collections.by_id(connection, collection_id) for collection_id in gone]
    for one in found:
        if one is not None:
            _check_untouched(connection, one)
    if moved_to(connection) == place:  # all that was here was moved there
        found += [one for one in collections.listed(connection) if one.name not in {origin.name for origin in origins}]
    return list({one.id: one for one in found if one is not None}.values())


def is_under_way(connection: Connection, place: str) -> bool:
    """Whether a move from there was begun and not ended by a switch."""
    _make_tables(connection)
    sources = connection.execute(select(_moves.c.source)).scalars()
    is_begun = any(source.partition(" ")[2] == place for source in sources)
    return is_begun or connection.execute(select(_states).where(_states.c.source == place)).first() is not None


def end(connection: Connection, place: str | None = None) -> None:
    """What came from there, or from wherever, is written to here from now on: no move writes over it again."""
    _make_tables(connection)
    came = connection.execute(select(_moves.c.collection_id, _moves.c.source)).all()
    ended = [row.collection_id for row in came if place is None or row.source.partition(" ")[2] == place]
    for table in (_moves, _left):
        connection.execute(delete(table).where(table.c.collection_id.in_(ended)))
    connection.execute(delete(_states) if place is None else delete(_states).where(_states.c.source == place))


def note_state(connection: Connection, place: str) -> None:
    """The service's state came from there."""
    _make_tables(connection)
    connection.execute(delete(_states))
    connection.execute(insert(_states).values(source=place))


def is_state_of(connection: Connection, place: str) -> bool:
    """Whether it came from there, in a former run, or was moved there: then it may be written over."""
    _make_tables(connection)
    return place in (connection.execute(select(_states.c.source)).scalars().first(), moved_to(connection))


def _check_untouched(connection: Connection, there: Collection) -> None:
    left = connection.execute(select(_left.c.generation).where(_left.c.collection_id == there.id)).scalars().first()
    if left is not None and left != there.generation:
        raise Conflict(
            f"The collection {there.name!r} was written to where it was moved to since: another run would undo that.",
            "Is the new place in use already? Then move no more. To move it again all the same, delete it there first.",
        )


def _hidden(connection: Connection, origin: Origin, source: Collection) -> Collection:
    made = versions.hide(connection, source.spec, own_sizes=source.has_own_sizes)
    connection.execute(insert(_moves).values(collection_id=made.id, name=origin.name, source=str(origin)))
    # As one that is built beside itself: what tidies up leaves it for a day, should this process be killed.
    building = {"collection_id": made.id, "of_id": made.id, "role": Role.BUILDING.value, "generation": 0}
    connection.execute(insert(schema.collection_versions).values(building))
    return made


def _make_tables(connection: Connection) -> None:
    if schema.on_server(connection):
        schema.create_missing(connection, _metadata)
    else:
        _metadata.create_all(connection)
