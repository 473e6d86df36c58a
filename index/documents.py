"""A document in the catalog, with its passages. Functions take part in the caller's transaction."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple, NoReturn

from sqlalchemy import ColumnElement, Connection, delete, func, insert, select

from core.errors import NotFound
from core.types import Block, BlockKind, Document, Finding
from index import deleted, known, marks_tables, passages, quality, replaced, schema
from index.collections import now
from index.marks import NO_MARKS, Marks
from index.passages import Embedded

_d = schema.documents.c


@dataclass(frozen=True, slots=True)
class DocumentRow:
    """A document as lists show it, without its text."""

    id: str
    uri: str
    title: str
    media_type: str
    language: str | None
    sha256: str
    characters: int
    passages: int
    pages: int | None
    ingested_at: str


@dataclass(frozen=True, slots=True)
class Entry:
    """A document to write: its passages with their vectors, what was found of its quality, its signature.

    ``moved_from`` is the address that the same bytes had before, which goes in the same transaction.
    ``marks`` are added to those that the document had in its former version, or at its former address.
    With ``is_again`` it takes its own place only: one that was deleted or replaced meanwhile does not come back.
    """

    document: Document
    made: Embedded
    findings: Sequence[Finding] = ()
    signature: bytes | None = None
    moved_from: str | None = None
    marks: Marks = NO_MARKS
    is_again: bool = False


class Removed(NamedTuple):
    """What is still to be known of a document that was taken out."""

    id: str
    uri: str
    sha256: str


def put(connection: Connection, collection_id: int, entry: Entry) -> list[Removed]:
    """Write a document in place of the one at its uri, which is given."""
    document = entry.document
    kept = marks_tables.kept(connection, collection_id, [entry.moved_from, document.uri]).with_more(entry.marks)
    old = remove(connection, collection_id, _d.uri == document.uri, keeping=document.id)
    if entry.moved_from is not None:
        old += remove(connection, collection_id, _d.uri == entry.moved_from)
        replaced.move(connection, collection_id, entry.moved_from, document.uri)
    for former in old:
        if former.id != document.id:
            replaced.note(connection, collection_id, former.id, document.uri)
    replaced.forget_id(connection, collection_id, document.id)
    known.forget_failure(connection, collection_id, document.uri)
    pages = [block.page for block in document.blocks if block.page is not None]
    result = connection.execute(
        insert(schema.documents).values(
            collection_id=collection_id,
            id=document.id,
            uri=document.uri,
            title=document.title,
            media_type=document.media_type,
            language=document.language,
            sha256=document.metadata["sha256"],
            characters=len(document.text),
            passages=len(entry.made.passages),
            pages=int(document.metadata.get("pages", 0)) or (max(pages) if pages else None),
            metadata=dict(document.metadata),
            blocks=[[b.kind.value, b.start, b.end, b.page, b.level] for b in document.blocks],
            text=document.text,
            ingested_at=now(),
        )
    )
    assert result.inserted_primary_key is not None
    key = result.inserted_primary_key[0]
    passages.put(connection, collection_id, key, entry.made, document.language)
    if entry.signature is not None:
        quality.put(connection, key, entry.findings, entry.signature)
    marks_tables.put(connection, key, kept)
    return old


def is_in(connection: Connection, collection_id: int, document_id: str) -> bool:
    """Whether a collection has the document."""
    query = select(_d.key).where(_d.collection_id == collection_id, _d.id == document_id)
    return connection.execute(query).first() is not None


def remove(
    connection: Connection,
    collection_id: int,
    condition: ColumnElement[bool],
    *,
    hidden: bool = False,
    keeping: str | None = None,
) -> list[Removed]:
    """Take out the documents of a collection that meet the condition. What goes from a hidden one is not deleted:
    the one that answers may have it. Nor is the document ``keeping``, which comes again.
    """
    query = select(_d.key, _d.id, _d.uri, _d.sha256).where(_d.collection_id == collection_id, condition)
    removed = []
    for key, *rest in connection.execute(query).all():
        one = Removed(*rest)
        passages.remove(connection, collection_id, key)
        if not hidden and one.id != keeping:
            deleted.note(connection, key)
        connection.execute(delete(schema.documents).where(_d.key == key))
        removed.append(one)
    return removed


def find(connection: Connection, collection_id: int, condition: ColumnElement[bool]) -> Document | None:
    """The first document of a collection that meets the condition, with its text."""
    query = select(schema.documents).where(_d.collection_id == collection_id, condition)
    row = connection.execute(query).mappings().first()
    if row is None:
        return None
    return Document(
        id=row["id"],
        uri=row["uri"],
        title=row["title"],
        media_type=row["media_type"],
        language=row["language"],
        text=row["text"],
        blocks=tuple(Block(BlockKind(kind), *rest) for kind, *rest in row["blocks"]),
        metadata=row["metadata"],
    )


def count(connection: Connection, collection_id: int) -> int:
    """How many documents a collection has."""
    query = select(func.count()).select_from(schema.documents).where(_d.collection_id == collection_id)
    return connection.execute(query).scalar_one()


def rows(connection: Connection, collection_id: int, limit: int = -1, offset: int = 0) -> list[DocumentRow]:
    """By title."""
    columns = [_d[field] for field in DocumentRow.__dataclass_fields__]
    query = select(*columns).where(_d.collection_id == collection_id).order_by(_d.title, _d.uri)
    found = connection.execute(query.limit(None if limit < 0 else limit).offset(offset)).mappings()
    return [DocumentRow(**row) for row in found]


def no_document(name: str, document_id: str) -> NoReturn:
    """Raises NotFound with what may have become of it."""
    raise NotFound(
        f"There is no document {document_id!r} in the collection {name!r}.",
        "It may have been replaced by a newer version or deleted: list the documents.",
    )
