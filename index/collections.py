"""A collection in the catalog: what it was built with, and its row. Functions take part in the caller's transaction."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import NoReturn

from sqlalchemy import (
    ColumnElement,
    Connection,
    Label,
    RowMapping,
    Select,
    delete,
    exists,
    func,
    insert,
    select,
    update,
)

from core.errors import Conflict, IndexMismatch, InvalidRequest, NotFound
from index import schema

HIDDEN = "."
"""Begins the name of a collection that nobody can ask for; see versions.py."""
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")


@dataclass(frozen=True, slots=True)
class IndexSpec:
    """What a collection was built with: two collections of one spec hold comparable vectors."""

    encoder: str
    dimension: int
    split_target: int
    split_maximum: int


@dataclass(frozen=True, slots=True)
class Collection:
    """``generation`` grows with every change of the collection.

    With ``has_own_sizes`` it keeps the sizes of its passages whatever the settings say.
    """

    id: int
    name: str
    generation: int
    spec: IndexSpec
    created_at: str
    documents: int = 0
    passages: int = 0
    has_own_sizes: bool = False

    @property
    def is_hidden(self) -> bool:
        return self.name.startswith(HIDDEN)

    @property
    def sizes(self) -> tuple[int, int]:
        """The target and maximum tokens of its passages."""
        return self.spec.split_target, self.spec.split_maximum


def listed(connection: Connection) -> list[Collection]:
    """All but the hidden ones, with their counts, by name."""
    rows = connection.execute(_counted()).mappings()
    return [_to_collection(row, row["documents"], row["passages"] or 0) for row in rows]


def find(connection: Connection, name: str) -> Collection | None:
    """Without the counts; None where there is no such collection, and for a hidden one."""
    return None if name.startswith(HIDDEN) else _find(connection, schema.collections.c.name == name)


def get(connection: Connection, name: str) -> Collection:
    """Without the counts. Raises NotFound."""
    return find(connection, name) or no_collection(name)


def by_id(connection: Connection, collection_id: int) -> Collection | None:
    """A hidden one too, without the counts."""
    return _find(connection, schema.collections.c.id == collection_id)


def create(connection: Connection, name: str, spec: IndexSpec, *, own_sizes: bool = False) -> Collection:
    """A new and empty one; its name must be free."""
    values = {"name": name, "generation": 0, "created_at": now(), **spec_columns(spec)}
    key = connection.execute(insert(schema.collections).values(values)).inserted_primary_key
    assert key is not None
    if own_sizes:
        connection.execute(insert(schema.collection_sizes).values(collection_id=key[0]))
    made = by_id(connection, key[0])
    assert made is not None
    return made


def bump(connection: Connection, collection_id: int) -> None:
    """The collection changed."""
    c = schema.collections.c
    connection.execute(update(schema.collections).where(c.id == collection_id).values(generation=c.generation + 1))


def check_name(name: str) -> None:
    """Raises InvalidRequest for a name that no collection can have."""
    if not _NAME.fullmatch(name):
        raise InvalidRequest(
            f"{name!r} cannot name a collection.",
            "Use letters, digits, dots, dashes and underscores, 64 at most, a letter or digit first.",
        )


def check_spec(collection: Collection, spec: IndexSpec) -> None:
    """Raises IndexMismatch unless the collection was built with these settings."""
    if collection.spec != spec:
        differing = ", ".join(
            f"{name} {getattr(collection.spec, name)!r}, now {getattr(spec, name)!r}"
            for name in IndexSpec.__dataclass_fields__
            if getattr(collection.spec, name) != getattr(spec, name)
        )
        raise IndexMismatch(
            f"The collection {collection.name!r} was built with other settings ({differing}).",
            f"Set them back, or build it anew with `footnoted reindex --collection {collection.name}`.",
        )


def check_free(connection: Connection, name: str) -> None:
    """Raises Conflict where a collection has the name."""
    if find(connection, name) is not None:
        raise Conflict(f"There is a collection {name!r} already.", "Take another name, or delete it first.")


def rename(connection: Connection, name: str, new_name: str) -> None:
    """Raises NotFound, Conflict, InvalidRequest."""
    check_name(new_name)
    collection = get(connection, name)
    check_free(connection, new_name)
    c = schema.collections.c
    connection.execute(update(schema.collections).where(c.id == collection.id).values(name=new_name))


def delete_rows(connection: Connection, collection: Collection) -> list[str]:
    """Forget a collection and all that is in it; gives the hashes of its originals."""
    d, c = schema.documents.c, schema.collections.c
    digests = list(connection.execute(select(d.sha256).where(d.collection_id == collection.id)).scalars())
    connection.execute(delete(schema.collections).where(c.id == collection.id))
    return digests


def no_collection(name: str) -> NoReturn:
    """Raises NotFound."""
    raise NotFound(f"There is no collection {name!r}.", "Ingest documents into it, or list the collections.")


def spec_columns(spec: IndexSpec) -> dict[str, object]:
    """As the columns of a collection's row."""
    return {field: getattr(spec, field) for field in IndexSpec.__dataclass_fields__}


def now() -> str:
    """The time of a row: UTC, ISO 8601, whole seconds."""
    return datetime.now(UTC).isoformat(timespec="seconds")


def _counted() -> Select[tuple[object, ...]]:
    d = schema.documents.c
    return (
        select(
            schema.collections,
            func.count(d.collection_id).label("documents"),
            func.sum(d.passages).label("passages"),
            _own_sizes(),
        )
        .outerjoin(schema.documents, d.collection_id == schema.collections.c.id)
        .where(schema.collections.c.name.not_like(f"{HIDDEN}%"))
        .group_by(schema.collections.c.id)
        .order_by(schema.collections.c.name)
    )


def _find(connection: Connection, condition: ColumnElement[bool]) -> Collection | None:
    row = connection.execute(select(schema.collections, _own_sizes()).where(condition)).mappings().first()
    return _to_collection(row) if row is not None else None


def _own_sizes() -> Label[bool]:
    own = schema.collection_sizes.c.collection_id == schema.collections.c.id
    return exists().where(own).label("own_sizes")


def _to_collection(row: RowMapping, documents: int = 0, passages: int = 0) -> Collection:
    spec = IndexSpec(**{field: row[field] for field in IndexSpec.__dataclass_fields__})
    return Collection(
        row["id"],
        row["name"],
        row["generation"],
        spec,
        row["created_at"],
        documents,
        passages,
        bool(row["own_sizes"]),
    )
