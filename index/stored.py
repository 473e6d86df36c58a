"""Documents as the catalog has them, whole and some at a time: for what copies, rebuilds or exports a collection.

Functions take part in the caller's transaction.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from sqlalchemy import ColumnElement, Connection, Select, Table, Tuple, delete, insert, literal, select, tuple_, update

from core.types import Block, BlockKind, Document, DocumentRef, Passage
from index import passages, schema
from index.collections import Collection
from index.passages import Embedded

_d, _p = schema.documents.c, schema.passages.c
_OWN = ("key", "collection_id", "passages")
_COLUMNS = [column for column in schema.documents.c if column.name not in _OWN]
_CHARS = 2_000_000  # of the documents that are in memory at once, or one document
_ROWS = 256
_PASSAGES = 4_096  # whose vectors are in memory at once, or those of one document

Place = tuple[str, int]
"""Where a reading stopped: the time and key of the last document."""
START: Place = ("", 0)


@dataclass(frozen=True, slots=True)
class Stored:
    """A document's row, without its key and collection: what is written into another collection."""

    key: int
    values: Mapping[str, Any]

    @property
    def place(self) -> Place:
        return self.values["ingested_at"], self.key

    @property
    def ref(self) -> DocumentRef:
        v = self.values
        return DocumentRef(v["id"], v["uri"], v["title"], v["media_type"])

    @property
    def document(self) -> Document:
        v = self.values
        blocks = tuple(Block(BlockKind(kind), *rest) for kind, *rest in v["blocks"])
        return Document(v["id"], v["uri"], v["title"], v["media_type"], v["language"], v["text"], blocks, v["metadata"])


def read_some(connection: Connection, source: Collection, after: Place, without: Collection | None = None) -> list[Any]:
    """The next documents in the order of their coming, as many as fit in memory; none at the end.

    With ``without``, only those that the other collection does not have in the same version.
    """
    wanted = [_d.collection_id == source.id, tuple_(_d.ingested_at, _d.key) > _place(after)]
    ahead = select(_d.key, _d.characters, _d.passages).order_by(_d.ingested_at, _d.key).limit(_ROWS)
    if without is not None:
        ahead = _lacking(ahead, without)
    keys: list[int] = []
    chars = rows = 0
    for key, characters, count in connection.execute(ahead.where(*wanted)):
        chars, rows = chars + characters, rows + count
        if keys and (chars > _CHARS or rows > _PASSAGES):
            break
        keys.append(key)
    query = select(_d.key, *_COLUMNS).where(_d.key.in_(keys)).order_by(_d.ingested_at, _d.key)
    return [Stored(row["key"], {c.name: row[c.name] for c in _COLUMNS}) for row in connection.execute(query).mappings()]


def _place(place: Place) -> Tuple:
    time, key = place
    return tuple_(literal(time), literal(key, schema.Key))


def all_of(connection: Connection, source: Collection) -> Iterator[list[Stored]]:
    """The whole collection, some documents at a time."""
    after = START
    while some := read_some(connection, source, after):
        yield some
        after = some[-1].place


def _lacking(query: Select[Any], other: Collection) -> Select[Any]:
    """A version is told by id and time: what is written again in the same second is for the caller to look out for."""
    o = schema.documents.alias()
    same = (o.c.collection_id == other.id) & (o.c.id == _d.id) & (o.c.ingested_at == _d.ingested_at)
    return query.select_from(schema.documents.outerjoin(o, same)).where(o.c.key.is_(None))


def still_there(connection: Connection, source: Collection, some: Sequence[Stored]) -> set[Place]:
    """The places of those that the collection has in the same version."""
    query = select(_d.ingested_at, _d.key).where(_d.collection_id == source.id, _d.key.in_([one.key for one in some]))
    return {(time, key) for time, key in connection.execute(query)}


def embedded(connection: Connection, stored: Stored, dimension: int) -> Embedded:
    """The passages of a document with their vectors, in their order."""
    columns = [_p.start, _p.end, _p.section, _p.first_page, _p.last_page, _p.text, _p.input_hash, _p.vector]
    query = select(*columns, _p.language)
    rows: Sequence[Any] = connection.execute(query.where(_p.document_key == stored.key).order_by(_p.key)).all()
    vectors = np.empty((len(rows), dimension), dtype="<f2")
    made, hashes = [], []
    ref = stored.ref
    for i, (start, end, section, first, last, text, input_hash, vector, own) in enumerate(rows):
        pages = (first, last) if first is not None else None
        language = own or stored.values["language"]
        made.append(Passage(f"{ref.id}:{start}-{end}", ref, tuple(section), pages, start, end, text, language))
        hashes.append(input_hash)
        vectors[i] = np.frombuffer(vector, dtype="<f2")
    return Embedded(made, vectors, hashes)


def write(connection: Connection, collection_id: int, values: Mapping[str, Any], made: Embedded) -> int:
    """A document as it was elsewhere, with its passages; gives its key. Nothing may be at its uri."""
    row = {**values, "collection_id": collection_id, "passages": len(made.passages)}
    result = connection.execute(insert(schema.documents).values(row))
    assert result.inserted_primary_key is not None
    key: int = result.inserted_primary_key[0]
    passages.put(connection, collection_id, key, made, values["language"])
    return key


def copy_rest(connection: Connection, source: Collection, target: Collection) -> None:
    """All that is not text, of documents that both collections have: quality, tags and the like; and what is known
    of sources without a document. It takes the place of what ``target`` had.
    """
    other = schema.documents.alias()
    both = (_d.collection_id == target.id) & (other.c.collection_id == source.id) & (other.c.id == _d.id)
    metadata = select(other.c.metadata).where(both).scalar_subquery()
    changed = update(schema.documents).where(_d.collection_id == target.id)
    connection.execute(changed.values(metadata=metadata))
    for table in _tables_at(schema.documents, but=schema.passages):
        (at,) = _pointing(table, schema.documents)
        rest = [column for column in table.c if column is not at]
        mine = select(_d.key).where(_d.collection_id == target.id)
        connection.execute(delete(table).where(at.in_(mine)))
        found = select(_d.key, *rest).select_from(schema.documents.join(other, both).join(table, at == other.c.key))
        connection.execute(insert(table).from_select([at.name, *(c.name for c in rest)], found))
    for table in (schema.replaced_documents, schema.failed_sources):
        rest = [column for column in table.c if column.name != "collection_id"]
        connection.execute(delete(table).where(table.c.collection_id == target.id))
        found = select(literal(target.id), *rest).where(table.c.collection_id == source.id)
        connection.execute(insert(table).from_select(["collection_id", *(c.name for c in rest)], found))


def _tables_at(pointed: Table, but: Table) -> list[Table]:
    return [table for table in schema.metadata.sorted_tables if table is not but and _pointing(table, pointed)]


def _pointing(table: Table, pointed: Table) -> Sequence[ColumnElement[Any]]:
    return [column for column in table.c if any(key.column.table is pointed for key in column.foreign_keys)]
