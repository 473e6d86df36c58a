"""Which documents were replaced by a changed version at their uri: what a link to an old version needs to lead on."""

from sqlalchemy import Connection, delete, insert, select, update

from index import schema

_r = schema.replaced_documents.c


def note(connection: Connection, collection_id: int, document_id: str, uri: str) -> None:
    """Remember that the document made way for another one at its uri."""
    values = {"collection_id": collection_id, "document_id": document_id, "uri": uri}
    connection.execute(insert(schema.replaced_documents).values(values))


def forget_id(connection: Connection, collection_id: int, document_id: str) -> None:
    """The document's content is at its uri again: it does not count as replaced any more."""
    own = (_r.collection_id == collection_id, _r.document_id == document_id)
    connection.execute(delete(schema.replaced_documents).where(*own))


def forget_uri(connection: Connection, collection_id: int, uri: str) -> None:
    """The document at the uri is deleted, and with it what was known of its older versions."""
    connection.execute(delete(schema.replaced_documents).where(_r.collection_id == collection_id, _r.uri == uri))


def move(connection: Connection, collection_id: int, old_uri: str, new_uri: str) -> None:
    """What led to the one address leads to the other from now on."""
    own = (_r.collection_id == collection_id, _r.uri == old_uri)
    connection.execute(update(schema.replaced_documents).where(*own).values(uri=new_uri))


def uri_of(connection: Connection, collection_id: int, document_id: str) -> str | None:
    """Where a replaced document was; None for one that was not replaced."""
    query = select(_r.uri).where(_r.collection_id == collection_id, _r.document_id == document_id)
    return connection.execute(query).scalar_one_or_none()
