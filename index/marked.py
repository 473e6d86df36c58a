"""Documents as lists show them, with their tags, attributes and labels; only those that may be found."""

from dataclasses import dataclass

from sqlalchemy import func, select

from index import marks_tables, schema
from index.catalog import Catalog, DocumentRow
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
        query = select(_d.key, *columns).where(*wanted).order_by(_d.title, _d.uri).limit(limit).offset(offset)
        rows = connection.execute(query).mappings().all()
        of = marks_tables.by_document(connection, [row["key"] for row in rows])
    return [
        MarkedDocument(DocumentRow(**{field: row[field] for field in fields}), of.get(row["key"], NO_MARKS))
        for row in rows
    ], total


def may_find(catalog: Catalog, name: str, document_id: str, labels: frozenset[str] | None) -> bool:
    """Whether somebody who holds the labels may see the document. Raises NotFound for the collection."""
    with schema.read(catalog.engine) as connection:
        collection = catalog.collection_in(connection, name)
        own = (_d.collection_id == collection.id, _d.id == document_id, matching(collection.id, None, labels))
        return connection.execute(select(_d.key).where(*own)).first() is not None
