"""What the catalog knows of its documents' quality: findings, and the signatures that others are compared with.

Written in the transaction of the document: ``put(connection, document_key, findings, signature)``; a document that is
replaced or deleted takes its row with it. A document of an earlier version of Footnoted has no row.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Connection, delete, insert, select

from core.types import Finding, Signed
from index import schema


class Assessed(NamedTuple):
    """A document as a report of its collection names it. ``findings`` is None where it was never assessed."""

    id: str
    uri: str
    title: str
    media_type: str
    findings: tuple[Finding, ...] | None


def put(connection: Connection, document_key: int, findings: Sequence[Finding], signature: bytes) -> None:
    """Write what was found of a document, in place of what was known."""
    table = schema.document_quality
    connection.execute(delete(table).where(table.c.document_key == document_key))
    rows = [[finding.code, finding.message, list(finding.pages)] for finding in findings]
    connection.execute(insert(table).values(document_key=document_key, findings=rows, signature=signature))


def signatures(connection: Connection, collection_id: int) -> list[Signed]:
    """Of all documents that have one, the oldest first. ``NearIdentical(signatures(…))`` looks up among them."""
    d, q = schema.documents.c, schema.document_quality.c
    query = select(d.id, d.uri, d.title, q.signature).join_from(schema.documents, schema.document_quality)
    rows = connection.execute(query.where(d.collection_id == collection_id).order_by(d.key))
    return [Signed(*row) for row in rows]


def stored(connection: Connection, document_keys: Sequence[int]) -> dict[int, dict[str, Any]]:
    """Of the documents that have any, by key: findings, and the signature in base 16."""
    q = schema.document_quality.c
    query = select(q.document_key, q.findings, q.signature).where(q.document_key.in_(document_keys))
    fields = ("code", "message", "pages")
    return {
        key: {"findings": [dict(zip(fields, row, strict=True)) for row in findings], "signature": signature.hex()}
        for key, findings, signature in connection.execute(query)
    }


def of_document(connection: Connection, collection_id: int, document_id: str) -> Assessed | None:
    """What is known of a document; None where there is no such document."""
    return next(iter(_assessed(connection, collection_id, [schema.documents.c.id == document_id])), None)


def of_collection(connection: Connection, collection_id: int) -> list[Assessed]:
    """What is known of each document, by title."""
    return _assessed(connection, collection_id, [])


def findings_of(
    connection: Connection, collection_id: int, document_ids: Sequence[str]
) -> dict[str, tuple[Finding, ...]]:
    """By document id; without those that were never assessed."""
    listed = _assessed(connection, collection_id, [schema.documents.c.id.in_(document_ids)])
    return {one.id: one.findings for one in listed if one.findings is not None}


def _assessed(connection: Connection, collection_id: int, conditions: Sequence[ColumnElement[bool]]) -> list[Assessed]:
    d, q = schema.documents.c, schema.document_quality.c
    query = select(d.id, d.uri, d.title, d.media_type, q.findings).join_from(
        schema.documents, schema.document_quality, isouter=True
    )
    query = query.where(d.collection_id == collection_id, *conditions).order_by(d.title, d.uri)
    return [
        Assessed(id, uri, title, media, None if found is None else tuple(Finding(c, m, tuple(p)) for c, m, p in found))
        for id, uri, title, media, found in connection.execute(query)
    ]
