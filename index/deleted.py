"""Which documents were deleted or replaced, and traces of their texts, so that `verify` can prove them gone."""

from sqlalchemy import Connection, delete, func, insert, select

from index import schema
from index.collections import now
from index.traces import Trace, as_blob, from_blob, traces_of

KEPT = 10_000
"""Of so many documents, the last ones, a trace is kept."""

_OF_COLLECTION = 1_000  # each takes half a millisecond, in which nobody else can write

_c, _d, _x = schema.collections.c, schema.documents.c, schema.deleted_documents.c


def note(connection: Connection, document_key: int) -> None:
    """To be called before the catalog forgets the document. One that another collection has too is not gone."""
    row = connection.execute(select(_d.id, _d.text, _d.collection_id).where(_d.key == document_key)).one()
    others = select(_c.id).join(schema.documents, (_d.collection_id == _c.id) & (_d.id == row.id))
    if connection.execute(others.where(_c.id != row.collection_id).limit(1)).first() is not None:
        return
    values = {"document_id": row.id, "deleted_at": now(), "traces": as_blob(traces_of(row.text))}
    key = connection.execute(insert(schema.deleted_documents).values(values)).inserted_primary_key
    assert key is not None
    connection.execute(delete(schema.deleted_documents).where(_x.key <= key[0] - KEPT))


def note_collection(connection: Connection, collection_id: int) -> None:
    """To be called before the catalog forgets the collection. Of a huge one, the documents that came last."""
    newest = select(_d.key).where(_d.collection_id == collection_id).order_by(_d.key.desc()).limit(_OF_COLLECTION)
    for key in reversed(connection.execute(newest).scalars().all()):
        note(connection, key)


def of_document(connection: Connection, document_id: str) -> list[Trace] | None:
    """The traces of a deleted document, by its id or the beginning of it; None where none is remembered."""
    query = select(_x.traces).where(func.substr(_x.document_id, 1, len(document_id)) == document_id)
    blobs = connection.execute(query).scalars().all()
    return [trace for blob in blobs for trace in from_blob(blob)] if blobs else None


def all_traces(connection: Connection) -> dict[Trace, str]:
    """Every trace, with the id of a document that had it."""
    rows = connection.execute(select(_x.document_id, _x.traces).order_by(_x.key))
    return {trace: document_id for document_id, blob in rows for trace in from_blob(blob)}
