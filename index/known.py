"""What the catalog knows of a collection's sources, for whoever tells what changed."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import Connection, delete, select

from core.errors import FootnotedError
from index import schema

_d = schema.documents.c
_f = schema.failed_sources.c


@dataclass(frozen=True, slots=True)
class KnownSource:
    """A document as its source gave it: the SHA-256 of its bytes and what the load told of itself."""

    document_id: str
    sha256: str
    metadata: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class FailedSource:
    """A source that could not be read, the SHA-256 of its bytes, and the version of the reader that tried."""

    uri: str
    sha256: str
    reader: str
    code: str
    message: str
    hint: str
    failed_at: str = ""


def sources(connection: Connection, collection_id: int) -> dict[str, KnownSource]:
    """By uri."""
    query = select(_d.uri, _d.id, _d.sha256, _d.metadata).where(_d.collection_id == collection_id)
    return {uri: KnownSource(*rest) for uri, *rest in connection.execute(query)}


def failures(connection: Connection, collection_id: int) -> dict[str, FailedSource]:
    """By uri."""
    fields = [_f[name] for name in FailedSource.__dataclass_fields__]
    query = select(*fields).where(_f.collection_id == collection_id).order_by(_f.uri)
    return {row[0]: FailedSource(*row) for row in connection.execute(query)}


def note_failure(
    connection: Connection, collection_id: int, uri: str, sha256: str, reader: str, error: FootnotedError
) -> None:
    """Remember why a source could not be read, in place of what was remembered of it before."""
    told = error.as_dict()
    values = {
        "sha256": sha256,
        "reader": reader,
        "code": told["code"],
        "message": told["message"],
        "hint": told.get("hint") or "",
        "failed_at": datetime.now(UTC).isoformat(timespec="seconds"),
    }
    statement = schema.insert(connection, schema.failed_sources).values(collection_id=collection_id, uri=uri, **values)
    connection.execute(statement.on_conflict_do_update(index_elements=["collection_id", "uri"], set_=values))


def forget_failure(connection: Connection, collection_id: int, uri: str) -> None:
    """The source was read, or is gone."""
    connection.execute(delete(schema.failed_sources).where(_f.collection_id == collection_id, _f.uri == uri))
