"""The rows of one database made the same in another, whichever engine each of them is."""

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    Column,
    Connection,
    Integer,
    MetaData,
    Table,
    and_,
    delete,
    func,
    insert,
    or_,
    select,
    text,
    update,
)

from index.pieces import batched
from service.moving.nul import without_nul

_AT_ONCE = 500

Row = Mapping[str, Any]
Key = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Synced:
    """How many rows the database has now, and how many of them were written or taken out for that."""

    rows: int
    changed: int


def make_same(source: Connection, target: Connection, tables: MetaData, *, delete_last: bool = False) -> Synced:
    """All tables of ``target`` as they are in ``source``; both connections are in a transaction.

    ``delete_last`` is for tables that guard their rows by what is written first. A text's U+0000, which PostgreSQL
    cannot hold, becomes U+FFFD there.
    """
    plain = target.dialect.name == "sqlite"
    ordered = tables.sorted_tables  # those that others lead to come first
    mine = {table.name: _digests(source, table, plain) for table in ordered}
    theirs = {table.name: _digests(target, table, plain) for table in ordered}
    changed = 0

    def take_out() -> None:
        for table in reversed(ordered):
            gone = [key for key in theirs[table.name] if key not in mine[table.name]]
            for keys in batched(gone, _AT_ONCE):
                target.execute(delete(table).where(_any_of(table, keys)))

    if not delete_last:
        take_out()
    for table in ordered:
        before, after = theirs[table.name], mine[table.name]
        changed += sum(before.get(key) != digest for key, digest in after.items())
        changed += sum(key not in after for key in before)
        _write(source, target, table, before, plain)
        _after_the_highest(target, table)
    if delete_last:
        take_out()
    return Synced(sum(map(len, mine.values())), changed)


def unlike(source: Connection, target: Connection, table: Table) -> list[Key]:
    """The keys of the target's rows that ``source`` does not have, or has otherwise."""
    plain = target.dialect.name == "sqlite"
    mine = _digests(source, table, plain)
    return [key for key, digest in _digests(target, table, plain).items() if mine.get(key) != digest]


def has_rows(connection: Connection, tables: MetaData) -> bool:
    """Whether anything is kept in any of the tables."""
    return any(connection.execute(select(table).limit(1)).first() is not None for table in tables.sorted_tables)


def _write(source: Connection, target: Connection, table: Table, before: Mapping[Key, bytes], plain: bool) -> None:
    """What is lacking is inserted; what differs is updated, so that the rows that lead to it stay."""
    keys = list(table.primary_key.columns)
    fresh: list[Row] = []
    for row in _rows(source, table, plain):
        key = _key(table, row)
        if key not in before:
            fresh.append(row)
        elif before[key] != _digest(row):
            own = and_(*(column == row[column.name] for column in keys))
            target.execute(update(table).where(own).values(dict(row)))
        if len(fresh) == _AT_ONCE:
            target.execute(insert(table), fresh)
            fresh = []
    if fresh:
        target.execute(insert(table), fresh)


def _digests(connection: Connection, table: Table, plain: bool) -> dict[Key, bytes]:
    return {_key(table, row): _digest(row) for row in _rows(connection, table, plain)}


def _rows(connection: Connection, table: Table, plain: bool) -> Iterator[Row]:
    result = connection.execute(select(table), execution_options={"yield_per": _AT_ONCE})
    for row in result.mappings():
        values = dict(row)
        yield values if plain else {name: without_nul(value) for name, value in values.items()}


def _key(table: Table, row: Row) -> Key:
    return tuple(row[column.name] for column in table.primary_key.columns)


def _digest(row: Row) -> bytes:
    told = json.dumps(dict(row), sort_keys=True, default=lambda value: bytes(value).hex())
    return hashlib.blake2b(told.encode(), digest_size=16).digest()


def _any_of(table: Table, keys: Sequence[Key]) -> Any:
    columns: list[Column[Any]] = list(table.primary_key.columns)
    if len(columns) == 1:
        return columns[0].in_([key[0] for key in keys])
    return or_(*(and_(*(c == value for c, value in zip(columns, key, strict=True))) for key in keys))


def _after_the_highest(connection: Connection, table: Table) -> None:
    """PostgreSQL's counters do not notice numbers that are given: the next one has to be a new one.

    SQLite's do. The counter of rows that are gone again is not known; where it matters, their ids are not numbers.
    """
    numbered = [c for c in table.primary_key.columns if isinstance(c.type, Integer) and not c.foreign_keys]
    if connection.dialect.name == "sqlite" or len(numbered) != 1:
        return
    (column,) = numbered
    highest = connection.execute(select(func.max(column))).scalar()
    sequence = connection.execute(
        text("SELECT pg_get_serial_sequence(:table, :column)"), {"table": table.name, "column": column.name}
    ).scalar()
    if highest is not None and sequence is not None:
        connection.execute(text("SELECT setval(:sequence, :highest)"), {"sequence": sequence, "highest": highest})
