"""The catalog: collections, documents, passages and vectors in one SQL database. It is the truth."""

from collections.abc import Callable, Iterable, Mapping, Sequence, Set
from pathlib import Path

from sqlalchemy import Connection, Engine, func, select, update

from core.errors import Conflict, FootnotedError
from core.types import Document, Signed
from index import collections, deleted, documents, known, marks_tables, quality, replaced, schema, versions
from index.collections import Collection, IndexSpec, check_name, check_spec
from index.documents import DocumentRow, Entry, no_document
from index.marks import Marks, MarksChange
from index.place import DatabasePlace

__all__ = [
    "Catalog",
    "Collection",
    "DocumentRow",
    "Entry",
    "IndexSpec",
    "check_name",
    "check_spec",
    "no_document",
]


class Catalog:
    """Every method is one transaction, unless it takes a connection."""

    def __init__(self, place: Path | DatabasePlace, *, secure_delete: bool = True) -> None:
        """With ``secure_delete``, what is deleted is overwritten in the file. Raises IndexBroken, NotReady,
        SettingsError.
        """
        self.engine: Engine = schema.open_database(
            place, pragmas=[f"secure_delete = {'ON' if secure_delete else 'OFF'}"]
        )

    def close(self) -> None:
        self.engine.dispose()

    # Collections

    def collections(self) -> list[Collection]:
        """With their counts, by name."""
        with schema.read(self.engine) as connection:
            return collections.listed(connection)

    def collection(self, name: str) -> Collection:
        """With its counts. Raises NotFound."""
        found = next((c for c in self.collections() if c.name == name), None)
        return found or collections.no_collection(name)

    def find(self, name: str) -> Collection | None:
        """Without the counts; None where there is no such collection."""
        with schema.read(self.engine) as connection:
            return collections.find(connection, name)

    def collection_in(self, connection: Connection, name: str) -> Collection:
        """Without the counts. Raises NotFound."""
        return collections.get(connection, name)

    def ensure_collection(self, name: str, spec: IndexSpec, *, own_sizes: bool = False) -> Collection:
        """Open a collection, or create it. Raises IndexMismatch, InvalidRequest (a bad name)."""
        check_name(name)
        with schema.write(self.engine) as connection:
            found = collections.find(connection, name)
            collection = found or collections.create(connection, name, spec, own_sizes=own_sizes)
        check_spec(collection, spec)
        return collection

    def rename_collection(self, name: str, new_name: str) -> None:
        """Raises NotFound, Conflict, InvalidRequest."""
        with schema.write(self.engine) as connection:
            collections.rename(connection, name, new_name)

    def delete_collection(self, collection: Collection) -> list[str]:
        """Forget a collection, which may be a hidden one, and all that is in it; gives the hashes of its originals."""
        with schema.write(self.engine) as connection:
            if not collection.is_hidden:
                deleted.note_collection(connection, collection.id)
            return collections.delete_rows(connection, collection)

    def beside(self, collection: Collection) -> list[Collection]:
        """The hidden versions of a collection."""
        with schema.read(self.engine) as connection:
            return versions.beside(connection, collection)

    # Documents

    def put(
        self,
        collection: Collection,
        entries: Sequence[Entry],
        keep: Callable[[Connection, Set[str]], None] = lambda *_: None,
    ) -> tuple[list[str], set[str]]:
        """Write documents in place of those at their uris, all at once; gives the hashes of replaced originals, and the
        ids of those that were to be written again and are gone: these are not written.

        ``keep`` is called in the transaction, in which no other process can find an original unreferenced, with these.
        Raises Conflict, IndexMismatch when the collection was made anew meanwhile.
        """
        gone: list[documents.Removed] = []
        with schema.write(self.engine) as connection:
            present = self.collection_in(connection, collection.name)
            if present.id != collection.id:
                raise Conflict(
                    f"The collection {collection.name!r} was deleted or built anew meanwhile.", "Run it again."
                )
            check_spec(present, collection.spec)  # it may have been built anew with another encoder meanwhile
            again = {entry.document.id for entry in entries if entry.is_again}
            lost = {one for one in again if not documents.is_in(connection, collection.id, one)}
            for entry in entries:
                if entry.document.id not in lost:
                    gone += documents.put(connection, collection.id, entry)
            versions.forget_documents(connection, collection, [document.id for document in gone])
            keep(connection, lost)
            collections.bump(connection, collection.id)
        return [document.sha256 for document in gone], lost

    def remove(self, name: str, document_ids: Sequence[str]) -> list[str]:
        """Forget documents; gives the hashes of their originals. Unknown ids are passed over."""
        with schema.write(self.engine) as connection:
            collection = self.collection_in(connection, name)
            removed: list[documents.Removed] = []
            for document_id in document_ids:
                removed += documents.remove(connection, collection.id, schema.documents.c.id == document_id)
            for document in removed:
                replaced.forget_uri(connection, collection.id, document.uri)
            versions.forget_documents(connection, collection, [document.id for document in removed])
            if removed:
                collections.bump(connection, collection.id)
        return [document.sha256 for document in removed]

    def discard_unreferenced(self, digests: Iterable[str], discard: Callable[[str, Connection], None]) -> None:
        """Call ``discard``, with the transaction's connection, for those from whose bytes no document was made, while
        nobody can write one.
        """
        with schema.write(self.engine) as connection:
            for digest in digests:
                query = select(func.count()).where(schema.documents.c.sha256 == digest)
                if not connection.execute(query).scalar_one():
                    discard(digest, connection)

    def document(self, name: str, document_id: str) -> Document:
        """Raises NotFound."""
        with schema.read(self.engine) as connection:
            collection = self.collection_in(connection, name)
            found = documents.find(connection, collection.id, schema.documents.c.id == document_id)
        return found or no_document(name, document_id)

    def present_document(self, name: str, document_id: str) -> Document:
        """The document, or the version that took its place at its uri since. Raises NotFound."""
        d = schema.documents.c
        with schema.read(self.engine) as connection:
            collection = self.collection_in(connection, name)
            found = documents.find(connection, collection.id, d.id == document_id)
            if found is None and (uri := replaced.uri_of(connection, collection.id, document_id)) is not None:
                found = documents.find(connection, collection.id, d.uri == uri)
        return found or no_document(name, document_id)

    def documents(self, name: str, limit: int = -1, offset: int = 0) -> list[DocumentRow]:
        """By title. Raises NotFound."""
        with schema.read(self.engine) as connection:
            return documents.rows(connection, self.collection_in(connection, name).id, limit, offset)

    def has(self, collection: Collection, document_id: str) -> bool:
        """Whether the document is in."""
        with schema.read(self.engine) as connection:
            return documents.is_in(connection, collection.id, document_id)

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

    def marks(self, name: str, document_ids: Sequence[str]) -> dict[str, Marks]:
        """Of those of the documents that have any, by id. Raises NotFound."""
        with schema.read(self.engine) as connection:
            collection = self.collection_in(connection, name)
            return marks_tables.by_id(connection, collection.id, document_ids)

    def mark(self, name: str, document_ids: Sequence[str], change: MarksChange | Marks) -> dict[str, Marks]:
        """Change the marks of documents; the very next search goes by them. Gives them as they are, by id.

        ``Marks`` are added as an ingest adds them. Unknown ids are passed over. Raises NotFound, InvalidRequest.
        """
        with schema.write(self.engine) as connection:
            collection = self.collection_in(connection, name)
            present, is_changed = marks_tables.change(connection, collection.id, document_ids, change)
            if is_changed:
                collections.bump(connection, collection.id)
        return present

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
