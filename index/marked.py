"""Documents as lists show them, with their tags, attributes and labels; only those that may be found."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from sqlalchemy import func, select

from index import marks_tables, schema
from index.catalog import Catalog, Collection, DocumentRow
from index.filters.filter import EVERYTHING, Within
from index.filters.sql import matching
from index.marks import NO_MARKS, Marks

_d = schema.documents.c


@dataclass(frozen=True, slots=True)
class MarkedDocument:
    """A document without its text."""

    row: DocumentRow
    marks: Marks


def list_marked(
    catalog: Catalog, name: str, within: Within = EVERYTHING, limit: int = -1, offset: int = 0
) -> tuple[list[MarkedDocument], int]:
    """A stretch of the documents that are within, by title, and how many these are in all. Raises NotFound."""
    fields = DocumentRow.__dataclass_fields__
    columns = [_d[field] for field in fields]
    with schema.read(catalog.engine) as connection:
        collection = catalog.collection_in(connection, name)
        wanted = (_d.collection_id == collection.id, matching(collection.id, within.where, within.labels))
        total: int = connection.execute(select(func.count()).select_from(schema.documents).where(*wanted)).scalar_one()
        query = select(_d.key, *columns).where(*wanted).order_by(_d.title, _d.uri)
        stretch = query.limit(None if limit < 0 else limit).offset(offset)
        rows = connection.execute(stretch).mappings().all()
        of = marks_tables.by_document(connection, [row["key"] for row in rows])
    return [
        MarkedDocument(DocumentRow(**{field: row[field] for field in fields}), of.get(row["key"], NO_MARKS))
        for row in rows
    ], total


def counted_for(catalog: Catalog, collections: Iterable[Collection], labels: frozenset[str] | None) -> list[Collection]:
    """With the counts of what somebody who holds the labels may find; None is for who may find all."""
    if labels is None:
        return list(collections)
    count, passages = func.count(_d.key), func.coalesce(func.sum(_d.passages), 0)
    found = select(_d.collection_id, count, passages).where(matching(0, None, labels)).group_by(_d.collection_id)
    with schema.read(catalog.engine) as connection:
        of = {key: (documents, parts) for key, documents, parts in connection.execute(found)}
    counts = ((one, *of.get(one.id, (0, 0))) for one in collections)
    return [replace(one, documents=documents, passages=parts) for one, documents, parts in counts]


def may_find(catalog: Catalog, name: str, document_id: str, labels: frozenset[str] | None) -> bool:
    """Whether somebody who holds the labels may see the document. Raises NotFound for the collection."""
    with schema.read(catalog.engine) as connection:
        collection = catalog.collection_in(connection, name)
        own = (_d.collection_id == collection.id, _d.id == document_id, matching(collection.id, None, labels))
        return connection.execute(select(_d.key).where(*own)).first() is not None
