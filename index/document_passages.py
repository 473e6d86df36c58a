"""The passages of one document, in their order."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Select, func, select

from core.types import DocumentRef, Passage
from index import schema
from index.catalog import Catalog, Collection, no_document
from index.passages import own_language


@dataclass(frozen=True, slots=True)
class PassageStretch:
    """Some passages in a row, of ``total``; the ids of those before and after, None at the document's ends."""

    passages: tuple[Passage, ...]
    previous: str | None
    next: str | None
    offset: int
    total: int


def passages_of(catalog: Catalog, name: str, document_id: str, limit: int, offset: int = 0) -> PassageStretch:
    """At most ``limit`` passages from the one with the number ``offset`` on, counted from 0. Raises NotFound."""
    with schema.read(catalog.engine) as connection:
        key, ref = _document(connection, catalog.collection_in(connection, name), document_id)
        return _stretch(connection, key, ref, limit, offset)


def passages_around(catalog: Catalog, name: str, document_id: str, position: int) -> PassageStretch:
    """The passage that holds a character, or the next one, or the last, between its neighbours. Raises NotFound."""
    with schema.read(catalog.engine) as connection:
        key, ref = _document(connection, catalog.collection_in(connection, name), document_id)
        before: int = connection.execute(_count(key).where(schema.passages.c.end <= position)).scalar_one()
        own = min(before, connection.execute(_count(key)).scalar_one() - 1)
        offset = max(0, own - 1)
        return _stretch(connection, key, ref, own - offset + 2, offset)


def _document(connection: Connection, collection: Collection, document_id: str) -> tuple[int, DocumentRef]:
    d = schema.documents.c
    query = select(d.key, d.id, d.uri, d.title, d.media_type)
    row = connection.execute(query.where(d.collection_id == collection.id, d.id == document_id)).first()
    if row is None:
        no_document(collection.name, document_id)
    key, *rest = row
    return key, DocumentRef(*rest)


def _count(key: int) -> Select[Any]:
    return select(func.count()).select_from(schema.passages).where(schema.passages.c.document_key == key)


def _stretch(connection: Connection, key: int, ref: DocumentRef, limit: int, offset: int) -> PassageStretch:
    p = schema.passages.c
    total: int = connection.execute(_count(key)).scalar_one()
    columns = select(p.start, p.end, p.section, p.first_page, p.last_page, p.text, own_language())
    query = columns.join_from(schema.passages, schema.documents).where(p.document_key == key).order_by(p.start)
    before = min(offset, 1)
    rows = connection.execute(query.limit(limit + before + 1).offset(offset - before)).all()
    found = [
        Passage(
            f"{ref.id}:{start}-{end}", ref, tuple(section), (first, last) if last else None, start, end, text, language
        )
        for start, end, section, first, last, text, language in rows
    ]
    shown = found[before : before + limit]
    after = found[before + limit :]
    previous = found[0].id if before and found else None
    return PassageStretch(tuple(shown), previous, after[0].id if after else None, offset, total)
