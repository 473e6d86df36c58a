"""The catalog: collections, documents, passages and vectors in one SQL database. It is the truth."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple, NoReturn

from sqlalchemy import ColumnElement, Connection, Engine, RowMapping, Select, delete, func, insert, select, update

from core.errors import Conflict, FootnotedError, IndexMismatch, InvalidRequest, NotFound
from core.types import Block, BlockKind, Document, Finding, Signed
from index import keyword, known, passages, quality, replaced, schema
from index.passages import Embedded

_COLLECTION_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")


@dataclass(frozen=True, slots=True)
class IndexSpec:
    """What a collection was built with: two collections of one spec hold comparable vectors."""

    encoder: str
    dimension: int
    split_target: int
    split_maximum: int


@dataclass(frozen=True, slots=True)
class Collection:
    """``generation`` grows by one with every change of the collection."""

    id: int
    name: str
    generation: int
    spec: IndexSpec
    created_at: str
    documents: int = 0
    passages: int = 0

    @property
    def sizes(self) -> tuple[int, int]:
        """The target and maximum tokens of its passages."""
        return self.spec.split_target, self.spec.split_maximum


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
    """

    document: Document
    made: Embedded
    findings: Sequence[Finding] = ()
    signature: bytes | None = None
    moved_from: str | None = None


class _Removed(NamedTuple):
    """What is still to be known of a document that was taken out."""

    id: str
    uri: str
    sha256: str


class Catalog:
    """Every method is one transaction, unless it takes a connection."""

    def __init__(self, path: Path) -> None:
        """Raises IndexBroken."""
        self.engine: Engine = schema.open_database(path)

    def close(self) -> None:
        self.engine.dispose()

    # Collections

    def collections(self) -> list[Collection]:
        with schema.read(self.engine) as connection:
            rows = connection.execute(_collections()).mappings()
            return [_to_collection(row, row["documents"], row["passages"] or 0) for row in rows]

    def collection(self, name: str) -> Collection:
        """With its counts. Raises NotFound."""
        found = next((c for c in self.collections() if c.name == name), None)
        return found or _no_collection(name)

    def find(self, name: str) -> Collection | None:
        """Without the counts; None where there is no such collection."""
        with schema.read(self.engine) as connection:
            query = select(schema.collections).where(schema.collections.c.name == name)
            row = connection.execute(query).mappings().first()
            return _to_collection(row) if row is not None else None

    def collection_in(self, connection: Connection, name: str) -> Collection:
        """Without the counts. Raises NotFound."""
        query = select(schema.collections).where(schema.collections.c.name == name)
        row = connection.execute(query).mappings().first()
        if row is None:
            _no_collection(name)
        return _to_collection(row)

    def ensure_collection(self, name: str, spec: IndexSpec) -> Collection:
        """Open a collection, or create it. Raises IndexMismatch, InvalidRequest (a bad name)."""
        check_name(name)
        with schema.write(self.engine) as connection:
            query = select(schema.collections).where(schema.collections.c.name == name)
            row = connection.execute(query).mappings().first()
            if row is None:
                values = {"name": name, "generation": 0, "created_at": _now(), **_spec_columns(spec)}
                key = connection.execute(insert(schema.collections).values(values)).inserted_primary_key
                assert key is not None
                keyword.create(connection, key[0])
                row = connection.execute(query).mappings().one()
            collection = _to_collection(row)
        check_spec(collection, spec)
        return collection

    def delete_collection(self, name: str) -> list[str]:
        """Forget a collection and all that is in it; gives the hashes of its originals. Raises NotFound."""
        with schema.write(self.engine) as connection:
            collection = self.collection_in(connection, name)
            rows = select(schema.documents.c.sha256).where(schema.documents.c.collection_id == collection.id)
            digests = list(connection.execute(rows).scalars())
            keyword.drop(connection, collection.id)
            connection.execute(delete(schema.collections).where(schema.collections.c.id == collection.id))
        return digests

    # Documents

    def put(
        self, collection: Collection, entries: Sequence[Entry], keep: Callable[[], None] = lambda: None
    ) -> list[str]:
        """Write documents in place of those at their uris, all at once; gives the hashes of replaced originals.

        ``keep`` is called in the transaction, in which no other process can find an original unreferenced.
        Raises Conflict, IndexMismatch when the collection was made anew meanwhile.
        """
        gone: list[str] = []
        with schema.write(self.engine) as connection:
            present = self.collection_in(connection, collection.name)
            if present.id != collection.id:
                raise Conflict(f"The collection {collection.name!r} was deleted and made again.", "Run it again.")
            check_spec(present, collection.spec)  # it may have been built anew with another encoder meanwhile
            for entry in entries:
                gone += self._put(connection, collection, entry)
            keep()
            _bump(connection, collection.id)
        return gone

    def _put(self, connection: Connection, collection: Collection, entry: Entry) -> list[str]:
        document = entry.document
        old = self._remove(connection, collection, schema.documents.c.uri == document.uri)
        if entry.moved_from is not None:
            old += self._remove(connection, collection, schema.documents.c.uri == entry.moved_from)
            replaced.move(connection, collection.id, entry.moved_from, document.uri)
        for former in old:
            if former.id != document.id:
                replaced.note(connection, collection.id, former.id, document.uri)
        replaced.forget_id(connection, collection.id, document.id)
        known.forget_failure(connection, collection.id, document.uri)
        pages = [block.page for block in document.blocks if block.page is not None]
        result = connection.execute(
            insert(schema.documents).values(
                collection_id=collection.id,
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
                ingested_at=_now(),
            )
        )
        assert result.inserted_primary_key is not None
        key = result.inserted_primary_key[0]
        passages.put(connection, collection.id, key, entry.made)
        if entry.signature is not None:
            quality.put(connection, key, entry.findings, entry.signature)
        return [former.sha256 for former in old]

    def replace_passages(self, collection: Collection, spec: IndexSpec, made: Mapping[str, Embedded]) -> None:
        """Exchange the passages of all documents, given by id, all at once; part of building a collection anew.

        Raises Conflict when the collection changed since ``collection`` was read.
        """
        d = schema.documents.c
        with schema.write(self.engine) as connection:
            if self.collection_in(connection, collection.name).generation != collection.generation:
                raise Conflict(f"The collection {collection.name!r} changed meanwhile.", "Run it again.")
            for document_id, embedded in made.items():
                query = select(d.key).where(d.collection_id == collection.id, d.id == document_id)
                key = connection.execute(query).scalar_one()
                keyword.remove(connection, collection.id, key)
                connection.execute(delete(schema.passages).where(schema.passages.c.document_key == key))
                passages.put(connection, collection.id, key, embedded)
                connection.execute(update(schema.documents).where(d.key == key).values(passages=len(embedded.passages)))
            changed = update(schema.collections).where(schema.collections.c.id == collection.id)
            connection.execute(changed.values(**_spec_columns(spec)))
            _bump(connection, collection.id)

    def remove(self, name: str, document_ids: Sequence[str]) -> list[str]:
        """Forget documents; gives the hashes of their originals. Unknown ids are passed over."""
        with schema.write(self.engine) as connection:
            collection = self.collection_in(connection, name)
            removed: list[_Removed] = []
            for document_id in document_ids:
                removed += self._remove(connection, collection, schema.documents.c.id == document_id)
            for document in removed:
                replaced.forget_uri(connection, collection.id, document.uri)
            if removed:
                _bump(connection, collection.id)
        return [document.sha256 for document in removed]

    def _remove(self, connection: Connection, collection: Collection, condition: ColumnElement[bool]) -> list[_Removed]:
        c = schema.documents.c
        query = select(c.key, c.id, c.uri, c.sha256).where(c.collection_id == collection.id, condition)
        removed = []
        for key, *rest in connection.execute(query).all():
            keyword.remove(connection, collection.id, key)
            connection.execute(delete(schema.documents).where(c.key == key))
            removed.append(_Removed(*rest))
        return removed

    def discard_unreferenced(self, digests: Iterable[str], discard: Callable[[str], None]) -> None:
        """Call ``discard`` for those from whose bytes no document was made, while nobody can write one."""
        with schema.write(self.engine) as connection:
            for digest in digests:
                query = select(func.count()).where(schema.documents.c.sha256 == digest)
                if not connection.execute(query).scalar_one():
                    discard(digest)

    def document(self, name: str, document_id: str) -> Document:
        """Raises NotFound."""
        with schema.read(self.engine) as connection:
            collection = self.collection_in(connection, name)
            found = _document(connection, collection.id, schema.documents.c.id == document_id)
        return found or no_document(name, document_id)

    def present_document(self, name: str, document_id: str) -> Document:
        """The document, or the version that took its place at its uri since. Raises NotFound."""
        d = schema.documents.c
        with schema.read(self.engine) as connection:
            collection = self.collection_in(connection, name)
            found = _document(connection, collection.id, d.id == document_id)
            if found is None and (uri := replaced.uri_of(connection, collection.id, document_id)) is not None:
                found = _document(connection, collection.id, d.uri == uri)
        return found or no_document(name, document_id)

    def documents(self, name: str, limit: int = -1, offset: int = 0) -> list[DocumentRow]:
        """By title. Raises NotFound."""
        c = schema.documents.c
        columns = [c[field] for field in DocumentRow.__dataclass_fields__]
        with schema.read(self.engine) as connection:
            collection = self.collection_in(connection, name)
            query = select(*columns).where(c.collection_id == collection.id).order_by(c.title, c.uri)
            rows = connection.execute(query.limit(limit).offset(offset)).mappings()
            return [DocumentRow(**row) for row in rows]

    def known_sources(self, collection: Collection) -> dict[str, known.KnownSource]:
        """What every document was made from, by uri."""
        with schema.read(self.engine) as connection:
            return known.sources(connection, collection.id)

    def failures(self, collection: Collection) -> dict[str, known.FailedSource]:
        """The sources that could not be read, by uri."""
        with schema.read(self.engine) as connection:
            return known.failures(connection, collection.id)

    def add_metadata(self, collection: Collection, document_id: str, metadata: Mapping[str, str]) -> None:
        """Note what a source told of itself when its document had not changed. No search result depends on it."""
        d = schema.documents.c
        own = (d.collection_id == collection.id, d.id == document_id)
        with schema.write(self.engine) as connection:
            present = connection.execute(select(d.metadata).where(*own)).scalar_one_or_none()
            if present is not None:
                values = {"metadata": {**present, **metadata}}
                connection.execute(update(schema.documents).where(*own).values(values))

    def note_failure(self, collection: Collection, uri: str, sha256: str, reader: str, error: FootnotedError) -> None:
        """Remember why a source could not be read, so that it is not tried again before it changes."""
        with schema.write(self.engine) as connection:
            known.note_failure(connection, collection.id, uri, sha256, reader, error)

    def forget_failures(self, collection: Collection, uris: Sequence[str]) -> None:
        """The sources are gone, or in."""
        if not uris:  # a sync that finds nothing changed does not wait for anybody
            return
        with schema.write(self.engine) as connection:
            for uri in uris:
                known.forget_failure(connection, collection.id, uri)

    def signatures(self, collection: Collection) -> list[Signed]:
        """Of the documents that have one, for telling which are nearly identical."""
        with schema.read(self.engine) as connection:
            return quality.signatures(connection, collection.id)


def _no_collection(name: str) -> NoReturn:
    raise NotFound(f"There is no collection {name!r}.", "Ingest documents into it, or list the collections.")


def no_document(name: str, document_id: str) -> NoReturn:
    """Raises NotFound with what may have become of it."""
    raise NotFound(
        f"There is no document {document_id!r} in the collection {name!r}.",
        "It may have been replaced by a newer version or deleted: list the documents.",
    )


def _document(connection: Connection, collection_id: int, condition: ColumnElement[bool]) -> Document | None:
    query = select(schema.documents).where(schema.documents.c.collection_id == collection_id, condition)
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


def check_name(name: str) -> None:
    """Raises InvalidRequest for a name that no collection can have."""
    if not _COLLECTION_NAME.fullmatch(name):
        raise InvalidRequest(
            f"{name!r} cannot name a collection.",
            "Use letters, digits, dots, dashes and underscores, 64 at most, a letter or digit first.",
        )


def check_spec(collection: Collection, spec: IndexSpec) -> None:
    """Raises IndexMismatch unless the collection was built with these settings."""
    if collection.spec != spec:
        differing = ", ".join(
            f"{name} {getattr(collection.spec, name)!r}, now {getattr(spec, name)!r}"
            for name in IndexSpec.__dataclass_fields__
            if getattr(collection.spec, name) != getattr(spec, name)
        )
        raise IndexMismatch(
            f"The collection {collection.name!r} was built with other settings ({differing}).",
            f"Set them back, or build it anew with `footnoted reindex --collection {collection.name}`.",
        )


def _collections() -> Select[tuple[object, ...]]:
    d = schema.documents.c
    return (
        select(
            schema.collections,
            func.count(d.key).label("documents"),
            func.sum(d.passages).label("passages"),
        )
        .outerjoin(schema.documents, d.collection_id == schema.collections.c.id)
        .group_by(schema.collections.c.id)
        .order_by(schema.collections.c.name)
    )


def _to_collection(row: RowMapping, documents: int = 0, passages: int = 0) -> Collection:
    spec = IndexSpec(**{field: row[field] for field in IndexSpec.__dataclass_fields__})
    return Collection(
        row["id"],
        row["name"],
        row["generation"],
        spec,
        row["created_at"],
        documents,
        passages,
    )


def _spec_columns(spec: IndexSpec) -> dict[str, object]:
    return {field: getattr(spec, field) for field in IndexSpec.__dataclass_fields__}


def _bump(connection: Connection, collection_id: int) -> None:
    c = schema.collections.c
    connection.execute(update(schema.collections).where(c.id == collection_id).values(generation=c.generation + 1))


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
