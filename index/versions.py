"""Hidden collections: one is being built beside the one that answers, or answered before it.

Each is a collection of its own, with passages and indexes of its own, so that to swap two is to swap their names.
What is taken out of the one that answers is taken out of those beside it in the same transaction: no text of a deleted
document is kept for a rollback that will not come. Functions take part in the caller's transaction.
"""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from sqlalchemy import Connection, delete, insert, select, update

from index import collections, documents, schema
from index.collections import Collection, IndexSpec

_v = schema.collection_versions.c
_c = schema.collections.c
_BUILT_WITHIN = timedelta(days=1)  # what was begun before, and not ended, is not gone on with


class Role(StrEnum):
    """What a hidden collection is to the one that answers."""

    BUILDING = "building"
    COPY = "copy"
    FORMER = "former"


@dataclass(frozen=True, slots=True)
class Version:
    """``generation`` is that of the one that answers, when it took the place of the former."""

    collection: Collection
    generation: int


def hide(connection: Connection, spec: IndexSpec, *, own_sizes: bool) -> Collection:
    """A new and empty collection that nobody can ask for yet."""
    return collections.create(connection, _hidden_name(), spec, own_sizes=own_sizes)


def begin(connection: Connection, of: Collection, spec: IndexSpec, *, own_sizes: bool) -> Collection:
    """A hidden collection in which ``of`` is built anew: the one that was begun with this spec, or a new one."""
    begun = find(connection, of, Role.BUILDING)
    if begun is not None:
        if begun.collection.spec == spec and begun.collection.has_own_sizes == own_sizes:
            return begun.collection
        connection.execute(delete(schema.collection_versions).where(_v.collection_id == begun.collection.id))
    made = hide(connection, spec, own_sizes=own_sizes)
    _note(connection, made, of, Role.BUILDING, 0)
    return made


def begin_copy(connection: Connection, of: Collection) -> Collection:
    """A hidden collection for a copy of ``of``, which is not gone on with when it is killed."""
    made = hide(connection, of.spec, own_sizes=of.has_own_sizes)
    _note(connection, made, of, Role.COPY, 0)
    return made


def find(connection: Connection, of: Collection, role: Role) -> Version | None:
    """None where there is none."""
    query = select(_v.collection_id, _v.generation).where(_v.of_id == of.id, _v.role == role.value)
    row = connection.execute(query).first()
    found = collections.by_id(connection, row.collection_id) if row is not None else None
    return Version(found, row.generation) if row is not None and found is not None else None


def show(connection: Connection, hidden: Collection, name: str) -> None:
    """A hidden collection gets a name of its own, which must be free."""
    connection.execute(delete(schema.collection_versions).where(_v.collection_id == hidden.id))
    values = {"name": name, "created_at": collections.now()}
    connection.execute(update(schema.collections).where(_c.id == hidden.id).values(values))


def swap(connection: Connection, serving: Collection, other: Collection) -> None:
    """``other`` answers from now on, and the one that did so is the former. Generations of the name only grow."""
    generation = max(serving.generation, other.generation) + 1
    connection.execute(delete(schema.collection_versions).where(_v.of_id == serving.id))
    connection.execute(update(schema.collections).where(_c.id == serving.id).values(name=_hidden_name()))
    values = {"name": serving.name, "created_at": serving.created_at, "generation": generation}
    connection.execute(update(schema.collections).where(_c.id == other.id).values(values))
    _note(connection, serving, other, Role.FORMER, generation)


def forget_documents(connection: Connection, of: Collection, document_ids: Sequence[str]) -> None:
    """They were taken out of the collection: they go from what is hidden beside it too."""
    if not document_ids:
        return
    for (hidden_id,) in connection.execute(select(_v.collection_id).where(_v.of_id == of.id)).all():
        for document_id in document_ids:
            if documents.remove(connection, hidden_id, schema.documents.c.id == document_id, hidden=True):
                collections.bump(connection, hidden_id)


def beside(connection: Connection, of: Collection) -> list[Collection]:
    """All that is hidden beside a collection."""
    ids = connection.execute(select(_v.collection_id).where(_v.of_id == of.id)).scalars().all()
    return [found for hidden_id in ids if (found := collections.by_id(connection, hidden_id)) is not None]


def leftovers(connection: Connection) -> list[Collection]:
    """Hidden collections of no more use, if nothing is being built: of builds that were killed, and former ones
    that cannot be put back, since the collection was written to.
    """
    serving = schema.collections.alias()
    oldest = (datetime.now(UTC) - _BUILT_WITHIN).isoformat(timespec="seconds")
    of_use = (
        select(_v.collection_id)
        .join(serving, serving.c.id == _v.of_id)
        .join(schema.collections, _c.id == _v.collection_id)
        .where(
            ((_v.role == Role.FORMER.value) & (_v.generation == serving.c.generation))
            | ((_v.role == Role.BUILDING.value) & (_c.created_at > oldest))
        )
    )
    query = select(_c.id).where(_c.name.startswith(collections.HIDDEN), _c.id.not_in(of_use))
    ids = connection.execute(query).scalars().all()
    return [found for hidden_id in ids if (found := collections.by_id(connection, hidden_id)) is not None]


def _note(connection: Connection, hidden: Collection, of: Collection, role: Role, generation: int) -> None:
    values = {"collection_id": hidden.id, "of_id": of.id, "role": role.value, "generation": generation}
    connection.execute(insert(schema.collection_versions).values(values))


def _hidden_name() -> str:
    return f"{collections.HIDDEN}{uuid.uuid4().hex}"
