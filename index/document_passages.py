"""The passages of one document, in their order."""

from dataclasses import dataclass

from sqlalchemy import func, select

from core.errors import NotFound
from core.types import DocumentRef, Passage
from index import schema
from index.catalog import Catalog


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
    return _stretch(catalog, name, document_id, limit, offset)


def passages_around(catalog: Catalog, name: str, document_id: str, position: int) -> PassageStretch:
    """The passage that holds a character, or the next one, between its neighbours. Raises NotFound."""
    return _stretch(catalog, name, document_id, 1, position=position)


def _stretch(
    catalog: Catalog, name: str, document_id: str, limit: int, offset: int = 0, position: int | None = None
) -> PassageStretch:
    d, p = schema.documents.c, schema.passages.c
    with schema.read(catalog.engine) as connection:
        collection = catalog.collection_in(connection, name)
        document = select(d.key, d.id, d.uri, d.title, d.media_type).where(
            d.collection_id == collection.id, d.id == document_id
        )
        row = connection.execute(document).first()
        if row is None:
            raise NotFound(
                f"There is no document {document_id!r} in the collection {name!r}.",
                "It may have been replaced by a newer version or deleted: list the documents.",
            )
        key, *rest = row
        count = select(func.count()).select_from(schema.passages).where(p.document_key == key)
        total = connection.execute(count).scalar_one()
        if position is not None:
            offset = max(0, connection.execute(count.where(p.end <= position)).scalar_one() - 1)
            limit = 3
        columns = select(p.start, p.end, p.section, p.first_page, p.last_page, p.text)
        query = columns.where(p.document_key == key).order_by(p.start)
        before = min(offset, 1)
        rows = connection.execute(query.limit(limit + before + 1).offset(offset - before)).all()
    ref = DocumentRef(*rest)
    found = [
        Passage(
            f"{ref.id}:{start}-{end}", ref, tuple(section), None if first is None else (first, last), start, end, text
        )
        for start, end, section, first, last, text in rows
    ]
    shown = found[before : before + limit]
    after = found[before + limit :]
    previous = found[0].id if before and found else None
    return PassageStretch(tuple(shown), previous, after[0].id if after else None, offset, total)
