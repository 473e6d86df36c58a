"""The catalog, the encoder, dense and keyword search as one: documents in, hits out."""

from collections.abc import Callable, Iterable, Sequence, Set
from pathlib import Path
from types import TracebackType

import structlog
from sqlalchemy import Connection

from core.errors import NotReady
from core.types import Document, Passage
from index import building, schema
from index.catalog import Catalog, Collection, Entry, IndexSpec, check_spec
from index.dense.building import DenseSettings
from index.embedding import embed
from index.encode import Encoder
from index.engines.choose import open_engine
from index.engines.engine import DenseSearch, KeywordSearch, SearchEngine
from index.filters.allowed import AllowedKeys
from index.filters.filter import Filter
from index.forgetting import Forgetting
from index.languages import StemmedLanguages
from index.originals import open_originals
from index.other_encoders import OtherEncoders
from index.passages import Embedded
from index.place import Place
from index.purge import purge
from index.search import Searched, SearchResult, SearchSettings, question_vector, search
from index.tidy import tidy

_TRIES = 4  # of a search beside which something was written, each in a transaction of its own

log = structlog.get_logger("footnoted")


class Store:
    """All state of a data folder. Reading is safe from several threads, and beside other processes."""

    def __init__(
        self,
        place: Path | Place,
        encoder: Encoder,
        split_sizes: tuple[int, int],
        dense: DenseSettings | None = None,
        open_encoder: Callable[[str], Encoder] | None = None,
        *,
        secure_delete: bool = True,
        vacuum_after_delete: bool = False,
        index_url: str | None = None,
    ) -> None:
        """``split_sizes`` are the target and maximum tokens that passages are made with, where the collection has none
        of its own. ``open_encoder`` gives that of a collection that was built with another one. With
        ``secure_delete``, what is deleted or replaced is overwritten in the catalog's files; SQLite may have left a
        copy of it where it moved a row, which ``vacuum_after_delete`` is for. ``index_url`` is of a Milvus that
        searches in the database's place. Raises IndexBroken, SettingsError.
        """
        self.place = Place.of(place)
        self.data_dir = self.place.folder
        self.encoder = encoder
        self._split_sizes = split_sizes
        self._encoders = OtherEncoders(open_encoder)
        self._allowed = AllowedKeys()
        self._languages = StemmedLanguages()
        self.catalog = Catalog(self.place.database("catalog.db"), secure_delete=secure_delete)
        try:
            self.originals = open_originals(self.place, self.catalog.engine)
            self._forgetting = Forgetting(self.catalog, self.originals, secure_delete, vacuum_after_delete)
            self.search_engine: SearchEngine = open_engine(self.place, index_url, self.catalog.engine, dense)
        except BaseException:
            self.catalog.close()
            raise

    def __enter__(self) -> "Store":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        self.search_engine.close()
        self.catalog.close()

    def save(self) -> None:
        """Write every dense index that changed and is small, so that the next start need not bring it up to date."""
        for collection in self.catalog.collections():
            self.search_engine.save(collection)

    def build_in_background(self) -> None:
        """From now on, dense indexes are built in threads of their own while the former ones serve: for a server."""
        self.search_engine.background = True

    def open_collection(self, name: str, own_sizes: tuple[int, int] | None = None) -> Collection:
        """For writing: made where there is none, with sizes of its own if they are given. Raises IndexMismatch,
        InvalidRequest.

        The encoder is loaded for a new one only: to find that nothing changed takes no model.
        """
        found = self.catalog.find(name)
        if found is None:
            spec = IndexSpec(self.encoder.name, self.encoder.dimension, *(own_sizes or self._split_sizes))
            return self.catalog.ensure_collection(name, spec, own_sizes=own_sizes is not None)
        if (found.spec.encoder, found.sizes) != (self.encoder.name, self.sizes_of(found)):
            check_spec(found, self.spec_of(found))
        return found

    @property
    def split_sizes(self) -> tuple[int, int]:
        """Of collections that have none of their own."""
        return self._split_sizes

    def sizes_of(self, collection: Collection) -> tuple[int, int]:
        """The sizes that its passages are to have: its own, or the setting's."""
        return collection.sizes if collection.has_own_sizes else self._split_sizes

    def spec_of(self, collection: Collection) -> IndexSpec:
        """What is written into the collection is made with this. Loads the encoder."""
        return IndexSpec(self.encoder.name, self.encoder.dimension, *self.sizes_of(collection))

    def put(self, collection: Collection, entries: Sequence[tuple[Entry, bytes]]) -> set[str]:
        """Write documents with their original bytes; those before at their uris answer until all of these are in.

        Gives the ids of those that were to be written again and are gone: they stay gone.
        Raises Conflict, IndexMismatch.
        """
        check_spec(collection, self.spec_of(collection))  # the dimension too, which opening a collection leaves unasked

        def keep(connection: Connection | None, without: Set[str]) -> None:
            for entry, original in entries:
                if entry.document.id not in without:
                    self.originals.put(entry.document.metadata["sha256"], original, connection)

        # Before the transaction, which is to be short; within it, what another process discarded meanwhile.
        keep(None, {entry.document.id for entry, _ in entries if entry.is_again})
        replaced, lost = self.catalog.put(collection, [entry for entry, _ in entries], keep)
        self.search_engine.refresh_words(collection)
        self.discard_originals(set(replaced) - {entry.document.metadata["sha256"] for entry, _ in entries})
        return lost

    def remove(self, name: str, document_ids: Sequence[str]) -> int:
        """Forget documents: no later search finds them. Gives how many there were."""
        digests = self.catalog.remove(name, document_ids)
        self.discard_originals(digests)
        return len(digests)

    def delete_collection(self, name: str) -> None:
        """With what is hidden beside it. Raises NotFound."""
        collection = self.catalog.collection(name)
        for one in (collection, *self.catalog.beside(collection)):
            self.drop(one)

    def drop(self, collection: Collection) -> None:
        """Forget a collection, which may be a hidden one."""
        self.discard_originals(self.catalog.delete_collection(collection))
        self.search_engine.drop(collection)
        self._forgetting.clean_up()

    def rebuild(
        self,
        name: str,
        split: Callable[[Document], Sequence[Passage]],
        told: building.Told | None = None,
        sizes: tuple[int, int] | None = None,
        encoder: Encoder | None = None,
    ) -> int:
        """See building.rebuild."""
        return building.rebuild(self, name, split, told, sizes, encoder)

    def tidy(self) -> None:
        """Remove the files that a process that was killed has left, if there are such."""
        try:
            tidy(self.data_dir, self.catalog, self.originals)
        except NotReady as error:  # somebody writes for long: the next start does it
            log.warning("not_tidied", message=error.message)

    def refresh(self, name: str, *, save: bool = False) -> None:
        """Bring the dense and the keyword index up to date now, so that the next question need not."""
        with schema.read(self.catalog.engine) as connection:
            collection = self.catalog.collection_in(connection, name)
        self.refresh_dense(collection, save=save)
        self._forgetting.clean_up()

    def purge(self) -> None:
        """Write everything anew without what was deleted. Takes time and room; writers wait. Raises IndexBroken."""
        building.sweep(self)  # former versions that cannot be put back have it too
        for one in self.catalog.collections():
            for each in (one, *self.catalog.beside(one)):
                self.search_engine.rebuild(each)
        purge(self.catalog)  # last: a server has what is searched in tables of the catalog, too

    def refresh_dense(self, collection: Collection, *, save: bool = False) -> None:
        """Bring both indexes up to date, of a collection that may be a hidden one."""
        self.search_engine.refresh(collection)
        if save:
            self.search_engine.save(collection)

    def search(
        self,
        name: str,
        question: str,
        top_k: int,
        settings: SearchSettings | None = None,
        where: Filter | None = None,
        labels: frozenset[str] | None = None,
        also: tuple[str, float] | None = None,
    ) -> SearchResult:
        """Dense and keyword search, fused, among the passages of documents that ``where`` is true of.

        ``also`` is another form of the question, and its share of the dense score.

        What is replaced meanwhile is found in one version or the other, unless that goes on without a pause; by its
        vectors only, while another process has yet to write down its words.

        A document with access labels is found only with one of them in ``labels``; None is for who may find all.
        Raises NotFound (no such collection), IndexMismatch.
        """
        with schema.read(self.catalog.engine) as connection:
            collection = self.catalog.collection_in(connection, name)
        vector = question_vector(self._encoder_of(collection), question, also)  # takes longer than a transaction is to
        for _ in range(_TRIES):
            with schema.read(self.catalog.engine) as connection:
                present = self.catalog.collection_in(connection, name)
                if present.spec != collection.spec:  # built anew meanwhile with another encoder
                    collection = present
                    vector = question_vector(self._encoder_of(collection), question, also)
                searched = Searched(
                    present,
                    self.dense(connection, present),
                    self.search_engine.words(present, connection),
                    self._languages.get(connection, present),
                    self._allowed.get(connection, present, where, labels),
                )
                result = search(connection, searched, question, vector, top_k, settings or SearchSettings())
            if not self.search_engine.is_past(present):
                break
        return result

    def dense(self, connection: Connection, collection: Collection) -> DenseSearch:
        """The collection's vectors, as of the connection's state of the catalog."""
        return self.search_engine.dense(connection, collection)

    def words(self, collection: Collection) -> KeywordSearch:
        """The collection's inverted index; passages that were deleted since may be in it."""
        return self.search_engine.words(collection)

    def _encoder_of(self, collection: Collection) -> Encoder:
        """Raises IndexMismatch where the collection was built with another one that cannot be had."""
        own, spec = self.encoder, collection.spec
        if (spec.encoder, spec.dimension) == (own.name, own.dimension):
            return own
        return self._encoders.get(collection, own.name)

    def embed(
        self, documents: Sequence[Sequence[Passage]], progress: Callable[[int], None] | None = None
    ) -> list[Embedded]:
        """See embedding.embed."""
        return embed(self.catalog.engine, self.encoder, documents, progress)

    def discard_originals(self, digests: Iterable[str]) -> None:
        """Those of the hashes from whose bytes no document of any collection was made."""
        self._forgetting.discard_originals(digests)
