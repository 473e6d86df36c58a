"""Documents with all that the catalog knows of them: read from one catalog, compared, written into another."""

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Connection, Engine, select, update

from core.types import Finding
from index import collections, documents, marks_tables, quality, schema, stored
from index.collections import Collection
from index.marks import NO_MARKS, Marks
from index.passages import Embedded
from index.stored import Stored
from service.moving import nul

_AT_ONCE = 500
_CHARS = 2_000_000  # of the documents that are in memory at once, or one document
_PASSAGES = 4_096
_OWN = ("key", "collection_id", "passages")

_d = schema.documents.c
_COLUMNS = [column for column in schema.documents.c if column.name not in _OWN]

Digest = bytes
"""Of 16 bytes: equal ones mean equal documents."""


@dataclass(frozen=True, slots=True)
class Known:
    """A document as far as it is told apart without its text. ``version`` changes with every version of it,
    ``rest`` with what is said of it: its metadata, marks and quality."""

    key: int
    version: str
    rest: Digest
    characters: int
    passages: int


@dataclass(frozen=True, slots=True)
class Whole:
    """A document with its passages, vectors, marks and quality. ``quality`` is None where it was never assessed."""

    stored: Stored
    made: Embedded
    marks: Marks
    quality: Mapping[str, Any] | None

    @property
    def id(self) -> str:
        return str(self.stored.values["id"])

    @property
    def sha256(self) -> str:
        return str(self.stored.values["sha256"])

    def digest(self) -> Digest:
        """Of every column, passage and vector, whatever catalog it was read from."""
        passages = [[p.start, p.end, list(p.section), p.pages, p.text, p.language] for p in self.made.passages]
        told = [dict(self.stored.values), passages, [one.hex() for one in self.made.input_hashes]]
        digest = hashlib.blake2b(_canonical([*told, self.marks.as_json(), self.quality]), digest_size=16)
        digest.update(self.made.vectors.astype("<f2").tobytes())
        return digest.digest()


def known(engine: Engine, collection: Collection) -> Iterator[tuple[str, Known]]:
    """Every document by id, in the order of their keys; each page of them in a transaction of its own.

    What is written meanwhile may be among them or not.
    """
    columns = [_d.key, _d.id, _d.ingested_at, _d.metadata, _d.characters, _d.passages]
    key = 0
    while True:
        with schema.read(engine) as connection:
            query = select(*columns).where(_d.collection_id == collection.id, _d.key > key)
            rows = connection.execute(query.order_by(_d.key).limit(_AT_ONCE)).all()
            keys = [row.key for row in rows]
            marks = marks_tables.by_document(connection, keys)
            found = quality.stored(connection, keys)
        if not rows:
            return
        for key, document_id, version, metadata, characters, passages in rows:
            rest = _digest([dict(metadata), marks.get(key, NO_MARKS).as_json(), found.get(key)])
            yield document_id, Known(key, version, rest, characters, passages)


def batches(wanted: Sequence[tuple[str, Known]]) -> Iterator[list[str]]:
    """Ids, as many together as fit in memory."""
    ids: list[str] = []
    chars = passages = 0
    for document_id, one in wanted:
        chars, passages = chars + one.characters, passages + one.passages
        if ids and (chars > _CHARS or passages > _PASSAGES or len(ids) >= _AT_ONCE):
            yield ids
            ids, chars, passages = [], one.characters, one.passages
        ids.append(document_id)
    if ids:
        yield ids


def read_whole(connection: Connection, collection: Collection, ids: Sequence[str]) -> list[Whole]:
    """Those of the documents that are there, in the order of their keys."""
    query = select(_d.key, *_COLUMNS).where(_d.collection_id == collection.id, _d.id.in_(ids)).order_by(_d.key)
    rows = connection.execute(query).mappings().all()
    found = [Stored(row["key"], {column.name: row[column.name] for column in _COLUMNS}) for row in rows]
    keys = [one.key for one in found]
    marks = marks_tables.by_document(connection, keys)
    assessed = quality.stored(connection, keys)
    dimension = collection.spec.dimension
    return [
        Whole(one, stored.embedded(connection, one, dimension), marks.get(one.key, NO_MARKS), assessed.get(one.key))
        for one in found
    ]


def put_whole(
    engine: Engine, collection: Collection, some: Sequence[Whole], keep: Callable[[], None] = lambda: None
) -> None:
    """Write documents as they were elsewhere, in place of those with their ids or at their addresses.

    ``keep`` is called in the transaction, in which nobody finds an original unreferenced.
    """
    if not some:
        return
    ids, uris = [one.id for one in some], [one.stored.values["uri"] for one in some]
    with schema.write(engine) as connection:
        # Hidden or not, what makes way for another version of itself is not gone: no trace of it is looked for.
        documents.remove(connection, collection.id, _d.id.in_(ids) | _d.uri.in_(uris), hidden=True)
        keep()
        for one in some:
            key = stored.write(connection, collection.id, one.stored.values, one.made)
            marks_tables.put(connection, key, one.marks)
            _put_quality(connection, key, one.quality)
        collections.bump(connection, collection.id)


def put_rest(engine: Engine, collection: Collection, some: Sequence[Whole]) -> None:
    """Write what is said of documents that are there in the same version: metadata, marks and quality."""
    if not some:
        return
    with schema.write(engine) as connection:
        for one in some:
            own = (_d.collection_id == collection.id, _d.id == one.id)
            key = connection.execute(select(_d.key).where(*own)).scalar_one()
            changed = update(schema.documents).where(_d.key == key)
            connection.execute(changed.values(metadata=one.stored.values["metadata"]))
            marks_tables.put(connection, key, one.marks)
            _put_quality(connection, key, one.quality)
        collections.bump(connection, collection.id)


def remove(engine: Engine, collection: Collection, ids: Sequence[str]) -> list[str]:
    """Take out documents that are not there any more where they came from; gives the hashes of their originals."""
    gone: list[documents.Removed] = []
    for start in range(0, len(ids), _AT_ONCE):
        some = ids[start : start + _AT_ONCE]
        with schema.write(engine) as connection:
            gone += documents.remove(connection, collection.id, _d.id.in_(some), hidden=collection.is_hidden)
            collections.bump(connection, collection.id)
    return [one.sha256 for one in gone]


def without_nul(one: Whole) -> Whole:
    """PostgreSQL's texts cannot hold U+0000: U+FFFD takes its place, so that every offset stays."""
    told = _canonical([dict(one.stored.values), [p.text for p in one.made.passages]])
    if b"\\u0000" not in told:
        return one
    values = {name: nul.without_nul(value) for name, value in one.stored.values.items()}
    passages = [replace(p, text=nul.without_nul(p.text)) for p in one.made.passages]
    return replace(one, stored=replace(one.stored, values=values), made=replace(one.made, passages=passages))


def _put_quality(connection: Connection, key: int, found: Mapping[str, Any] | None) -> None:
    if found is not None:
        findings = [Finding(one["code"], one["message"], tuple(one["pages"])) for one in found["findings"]]
        quality.put(connection, key, findings, bytes.fromhex(found["signature"]))


def _digest(value: Any) -> Digest:
    return hashlib.blake2b(_canonical(value), digest_size=16).digest()


def _canonical(value: Any) -> bytes:
    return json.dumps(value, sort_keys=True, ensure_ascii=True).encode()
