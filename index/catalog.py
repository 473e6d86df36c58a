"""The catalog: collections, documents, passages and vectors in one SQL database. It is the truth."""

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
from sqlalchemy import Connection, Engine, RowMapping, Select, delete, func, insert, select, update

from core.errors import IndexMismatch, InvalidRequest, NotFound
from core.types import Block, BlockKind, Document, DocumentRef, Passage
from index import keyword, schema
from index.dense import Keys
from index.encode import Vectors

_COLLECTION_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
_SQL_VARIABLES = 5_000  # SQLite takes more, in one statement, but not without end


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


def context_of(passage: Passage) -> str:
    """The title and section path: what a passage is about, where its own words do not say."""
    return " › ".join(dict.fromkeys([passage.document.title, *passage.section]))


def input_hash(encoder: str, encoder_input: str) -> bytes:
    """Names a vector by what it was made from, so that it need not be made again."""
    return hashlib.sha256(f"{encoder}\0{encoder_input}".encode()).digest()


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
            return [self._collection(connection, row) for row in connection.execute(_collections()).mappings()]

    def collection(self, name: str) -> Collection:
        """Raises NotFound."""
        with schema.read(self.engine) as connection:
            return self.collection_in(connection, name)

    def collection_in(self, connection: Connection, name: str) -> Collection:
        """Without the counts. Raises NotFound."""
        query = select(schema.collections).where(schema.collections.c.name == name)
        row = connection.execute(query).mappings().first()
        if row is None:
            raise NotFound(f"There is no collection {name!r}.", "Ingest documents into it, or list the collections.")
        return _to_collection(row)

    def ensure_collection(self, name: str, spec: IndexSpec) -> Collection:
        """Open a collection, or create it. Raises IndexMismatch, InvalidRequest (a bad name)."""
        if not _COLLECTION_NAME.fullmatch(name):
            raise InvalidRequest(
                f"{name!r} cannot name a collection.",
                "Use letters, digits, dots, dashes and underscores, 64 at most, a letter or digit first.",
            )
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

    def set_spec(self, name: str, spec: IndexSpec) -> None:
        """Mark an empty collection as built with another spec; part of building it anew."""
        with schema.write(self.engine) as connection:
            collection = self.collection_in(connection, name)
            changed = update(schema.collections).where(schema.collections.c.id == collection.id)
            connection.execute(changed.values(**_spec_columns(spec)))

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
        self,
        collection: Collection,
        document: Document,
        passages: Sequence[Passage],
        vectors: Vectors,
        input_hashes: Sequence[bytes],
    ) -> str | None:
        """Write a document in place of the one at its uri, all at once; gives the hash of a replaced original."""
        with schema.write(self.engine) as connection:
            old = self._remove(connection, collection, schema.documents.c.uri == document.uri)
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
                    passages=len(passages),
                    pages=int(document.metadata.get("pages", 0)) or (max(pages) if pages else None),
                    metadata=dict(document.metadata),
                    blocks=[[b.kind.value, b.start, b.end, b.page, b.level] for b in document.blocks],
                    text=document.text,
                    ingested_at=_now(),
                )
            )
            assert result.inserted_primary_key is not None
            self._put_passages(connection, collection, result.inserted_primary_key[0], passages, vectors, input_hashes)
            _bump(connection, collection.id)
        return old[0] if old else None

    def _put_passages(
        self,
        connection: Connection,
        collection: Collection,
        document_key: int,
        passages: Sequence[Passage],
        vectors: Vectors,
        input_hashes: Sequence[bytes],
    ) -> None:
        halves = vectors.astype("<f2")
        rows = [
            {
                "collection_id": collection.id,
                "document_key": document_key,
                "start": passage.start,
                "end": passage.end,
                "section": list(passage.section),
                "first_page": passage.pages[0] if passage.pages else None,
                "last_page": passage.pages[1] if passage.pages else None,
                "text": passage.text,
                "input_hash": digest,
                "vector": half.tobytes(),
            }
            for passage, half, digest in zip(passages, halves, input_hashes, strict=True)
        ]
        if not rows:
            return
        connection.execute(insert(schema.passages), rows)
        own = select(schema.passages.c.key).where(schema.passages.c.document_key == document_key)
        keys = connection.execute(own.order_by(schema.passages.c.key)).scalars()
        keyword.add(
            connection,
            collection.id,
            ((key, context_of(passage), passage.text) for key, passage in zip(keys, passages, strict=True)),
        )

    def remove(self, name: str, document_ids: Sequence[str]) -> list[str]:
        """Forget documents; gives the hashes of their originals. Unknown ids are passed over."""
        with schema.write(self.engine) as connection:
            collection = self.collection_in(connection, name)
            digests = []
            for document_id in document_ids:
                digests += self._remove(connection, collection, schema.documents.c.id == document_id)
            if digests:
                _bump(connection, collection.id)
        return digests

    def _remove(self, connection: Connection, collection: Collection, condition: object) -> list[str]:
        c = schema.documents.c
        query = select(c.key, c.sha256).where(c.collection_id == collection.id, condition)  # type: ignore[arg-type]
        digests = []
        for key, digest in connection.execute(query).all():
            keyword.remove(connection, collection.id, key)
            connection.execute(delete(schema.documents).where(c.key == key))
            digests.append(digest)
        return digests

    def is_referenced(self, digest: str) -> bool:
        """Whether any document was made from these bytes."""
        with schema.read(self.engine) as connection:
            query = select(func.count()).where(schema.documents.c.sha256 == digest)
            return bool(connection.execute(query).scalar_one())

    def document(self, name: str, document_id: str) -> Document:
        """Raises NotFound."""
        c = schema.documents.c
        with schema.read(self.engine) as connection:
            collection = self.collection_in(connection, name)
            query = select(schema.documents).where(c.collection_id == collection.id, c.id == document_id)
            row = connection.execute(query).mappings().first()
        if row is None:
            raise NotFound(
                f"There is no document {document_id!r} in the collection {name!r}.",
                "It may have been replaced by a newer version or deleted: list the documents.",
            )
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

    def documents(self, name: str, limit: int = -1, offset: int = 0) -> list[DocumentRow]:
        """By title. Raises NotFound."""
        c = schema.documents.c
        columns = [c[field] for field in DocumentRow.__dataclass_fields__]
        with schema.read(self.engine) as connection:
            collection = self.collection_in(connection, name)
            query = select(*columns).where(c.collection_id == collection.id).order_by(c.title, c.uri)
            rows = connection.execute(query.limit(limit).offset(offset)).mappings()
            return [DocumentRow(**row) for row in rows]

    def known_digests(self, name: str) -> dict[str, str]:
        """The content hash of every document, by uri."""
        return {row.uri: row.sha256 for row in self.documents(name)}

    # Passages, for the derived indexes

    def passage_keys(self, connection: Connection, collection_id: int) -> Keys:
        query = select(schema.passages.c.key).where(schema.passages.c.collection_id == collection_id)
        return np.array(connection.execute(query).scalars().all(), dtype=np.int64)

    def vectors(self, connection: Connection, keys: Keys, dimension: int) -> Vectors:
        """Shape (len(keys), dimension), in the order of ``keys``, which must exist."""
        out = np.empty((len(keys), dimension), dtype=np.float32)
        place = {int(key): i for i, key in enumerate(keys)}
        c = schema.passages.c
        for batch in _batches(list(place)):
            for key, blob in connection.execute(select(c.key, c.vector).where(c.key.in_(batch))):
                out[place[key]] = np.frombuffer(blob, dtype="<f2")
        return out

    def vectors_by_input(self, collection: Collection, input_hashes: Sequence[bytes]) -> dict[bytes, np.ndarray]:
        """The vectors that need not be made again."""
        c = schema.passages.c
        found: dict[bytes, np.ndarray] = {}
        with schema.read(self.engine) as connection:
            for batch in _batches(list(dict.fromkeys(input_hashes))):
                query = select(c.input_hash, c.vector).where(c.collection_id == collection.id, c.input_hash.in_(batch))
                for digest, blob in connection.execute(query):
                    found[digest] = np.frombuffer(blob, dtype="<f2").astype(np.float32)
        return found

    def passages(self, connection: Connection, keys: Sequence[int]) -> dict[int, Passage]:
        """By key; keys of deleted passages are left out."""
        p, d = schema.passages.c, schema.documents.c
        query = (
            select(
                p.key,
                p.start,
                p.end,
                p.section,
                p.first_page,
                p.last_page,
                p.text,
                d.id,
                d.uri,
                d.title,
                d.media_type,
            )
            .join_from(schema.passages, schema.documents)
            .where(p.key.in_(keys))
        )
        found = {}
        for key, start, end, section, first, last, text, *ref in connection.execute(query):
            document = DocumentRef(*ref)
            pages = (first, last) if first is not None else None
            found[key] = Passage(f"{document.id}:{start}-{end}", document, tuple(section), pages, start, end, text)
        return found

    def _collection(self, connection: Connection, row: RowMapping) -> Collection:
        return _to_collection(row, row["documents"], row["passages"] or 0)


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


def _batches(items: Sequence[object]) -> list[Sequence[object]]:
    return [items[i : i + _SQL_VARIABLES] for i in range(0, len(items), _SQL_VARIABLES)]


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
