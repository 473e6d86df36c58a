"""The engine: the store, the reader and the ingester put together. Every entry point talks to this."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from types import TracebackType

from core.errors import IndexBroken, UnsupportedModel
from core.types import Answer, Document, DocumentRef, Hit, HitSource, Passage, Turn
from index.building import Told
from index.catalog import Collection, DocumentRow, check_name, no_document
from index.dense.building import DenseSettings
from index.encode import Encoder, SentenceTransformerEncoder
from index.filters.filter import EVERYTHING, Within
from index.marked import MarkedDocument, counted_for, list_marked, may_find
from index.marks import NO_MARKS, Marks, MarksChange
from index.store import Store
from ingest.read import ReadLimits
from ingest.sources import Listing, find_sources
from ingest.split import SplitSettings, split
from service.answer.events import Event, fold
from service.answer.reader import Reader, ReadingTask
from service.answer.readers import open_reader
from service.cluster.choose import open_workers
from service.composition import answerer_of, writer_of
from service.ingestion.ingester import Ingester
from service.ingestion.kept_sources import kept_sources
from service.ingestion.report import IngestReport, Listener
from service.ingestion.sizes import checked_sizes
from service.load.answer_cache import AnswerCache, AnswerKey
from service.quality.renew import assess_again
from service.settings import Settings
from service.telemetry.answers import counted

READER = "reader"
"""As `model` of a question: quotations by the reader, whatever chat model there is."""


class Engine:
    """Documents in, cited answers out. Safe to use from several threads."""

    def __init__(self, store: Store, reader: Reader, settings: Settings) -> None:
        self.store = store
        self._reader = reader
        self._writer = writer_of(settings, store.encoder)
        self._answerer = answerer_of(settings, store, reader, self._writer)
        self._answers: AnswerCache | None = None
        limits = ReadLimits(settings.ingest.max_file_mb * 1024**2, settings.ingest.max_chars)
        self._workers = open_workers(settings.ingest.ray, store.encoder, limits, settings.ingest.readers)
        self.ingester = Ingester(store, limits, self._workers)

    @classmethod
    def open(cls, settings: Settings, encoder: Encoder | None = None) -> "Engine":
        """Open the data folder or the database. The models are loaded when they are first needed. Raises IndexBroken,
        NotReady, SettingsError."""
        chosen = settings.encoder

        def open_encoder(model: str) -> Encoder:
            return SentenceTransformerEncoder(model, chosen.device, chosen.batch_size, chosen.precision, chosen.backend)

        encoder = encoder or open_encoder(chosen.model)
        sizes = settings.ingest.split_target, settings.ingest.split_maximum
        try:
            store = Store(
                settings.place,
                encoder,
                sizes,
                DenseSettings(settings.index.exact_up_to, settings.index.recall),
                open_encoder,
                secure_delete=settings.index.secure_delete,
                vacuum_after_delete=settings.index.vacuum_after_delete,
                index_url=settings.index.address,
            )
        except OSError as error:
            raise IndexBroken(
                f"The data folder {settings.data_dir} cannot be used: {error.strerror}.",
                "Name a folder that can be written, by --data-dir or FOOTNOTED_DATA_DIR.",
            ) from error
        return cls(store, open_reader(settings.answer.reader, encoder), settings)

    def __enter__(self) -> "Engine":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @property
    def reader_name(self) -> str:
        """How answers name the model that gave them."""
        return self._reader.name

    @property
    def models(self) -> tuple[str, ...]:
        """The names that ``ask`` takes as ``model``: the chat model's, if there is one, and the reader's."""
        chat = () if self._writer is None else (self._writer.model.name,)
        return (*chat, READER, self._reader.name)

    def keep_answers(self, most_mb: int) -> None:
        """From now on, give an answer again as long as nothing changed: for a server. 0 keeps none."""
        self._answers = AnswerCache(most_mb * 1024**2) if most_mb else None

    def check_model(self) -> None:
        """Open the chat model, if there is one; nothing is sent. Raises UnsupportedModel, InvalidRequest."""
        if self._writer is not None:
            self._writer.warm_up()

    def check_reader(self) -> None:
        """Read a sentence, to see that the reader's model works. Raises EncoderUnavailable."""
        document = DocumentRef("check", "check:", "Check", "text/plain")
        text = "The meeting took place in Geneva."
        passage = Passage("check", document, (), None, 0, len(text), text)
        hit = Hit(passage, 1.0, HitSource.FUSED)
        self._reader.read(ReadingTask("Where did the meeting take place?", [hit], [1.0], {}, 1))

    def close(self) -> None:
        self._workers.close()
        self.store.close()

    def warm_up(self) -> None:
        """Load the models and indexes now, so that the first question does not wait.

        Raises EncoderUnavailable, and UnsupportedModel or InvalidRequest where the chat model is not set up right.
        """
        self.store.encoder.prepare()
        self.store.encoder.encode_questions(["Is everything in place?"])
        self.check_reader()
        self.check_model()
        self.store.tidy()
        for collection in self.collections():
            self.store.refresh(collection.name)

    # Documents

    def ingest(
        self,
        paths: Sequence[Path],
        collection: str = "default",
        listener: Listener | None = None,
        *,
        prune: bool = True,
        dry_run: bool = False,
        retry_failed: bool = False,
        marks: Marks = NO_MARKS,
    ) -> IngestReport:
        """Files, and folders with all below them. See Ingester.run."""
        listing = find_sources(paths)
        return self.ingest_listing(
            listing, collection, listener, prune=prune, dry_run=dry_run, retry_failed=retry_failed, marks=marks
        )

    def ingest_listing(
        self,
        listing: Listing,
        collection: str = "default",
        listener: Listener | None = None,
        *,
        prune: bool = True,
        dry_run: bool = False,
        retry_failed: bool = False,
        marks: Marks = NO_MARKS,
    ) -> IngestReport:
        """See Ingester.run."""
        return self.ingester.run(
            listing, collection, listener, prune=prune, dry_run=dry_run, retry_failed=retry_failed, marks=marks
        )

    def read_again(self, collection: str, listener: Listener | None = None) -> IngestReport:
        """Read the original files of all documents anew, as after an upgrade. See Ingester.run. Raises NotFound."""
        listing = kept_sources(self.store, self.store.catalog.collection(collection))
        return self.ingester.run(listing, collection, listener, prune=False, read_again=True)

    def collections(self, labels: frozenset[str] | None = None) -> list[Collection]:
        """With the counts of what somebody who holds the labels may find; None is for who may find all."""
        return counted_for(self.store.catalog, self.store.catalog.collections(), labels)

    def collection(self, name: str, labels: frozenset[str] | None = None) -> Collection:
        """With its counts, likewise. Raises NotFound."""
        return counted_for(self.store.catalog, [self.store.catalog.collection(name)], labels)[0]

    def check_catalog(self) -> None:
        """Read a row of it, for whoever asks every few seconds. Raises IndexBroken, NotReady."""
        self.store.catalog.find("default")

    def check_collection_name(self, name: str) -> None:
        """Raises InvalidRequest for a name that no collection can have."""
        check_name(name)

    def create_collection(self, name: str, sizes: tuple[int, int] | None = None) -> Collection:
        """One that is there is left as it is. ``sizes`` of passages, target and maximum, are the collection's own.

        Raises InvalidRequest, IndexMismatch.
        """
        self.store.open_collection(name, None if sizes is None else checked_sizes(sizes))
        return self.collection(name)

    def delete_collection(self, name: str) -> None:
        """Raises NotFound."""
        self.store.delete_collection(name)
        if self._answers is not None:
            self._answers.clear()  # a collection made within the same second could have its id and generation

    def documents(self, collection: str = "default", limit: int = -1, offset: int = 0) -> list[DocumentRow]:
        """Raises NotFound."""
        return self.store.catalog.documents(collection, limit, offset)

    def list_documents(
        self, collection: str = "default", within: Within = EVERYTHING, limit: int = -1, offset: int = 0
    ) -> tuple[list[MarkedDocument], int]:
        """Of those that are within, by title, and how many there are in all. Raises NotFound."""
        return list_marked(self.store.catalog, collection, within, limit, offset)

    def marks(self, document_id: str, collection: str = "default") -> Marks:
        """Its tags, attributes and labels. Raises NotFound for the collection."""
        return self.store.catalog.marks(collection, [document_id]).get(document_id, NO_MARKS)

    def check_may_find(self, document_id: str, collection: str, labels: frozenset[str] | None) -> None:
        """For who holds the labels, a document that they do not let them find is not there. Raises NotFound."""
        if labels is not None and not may_find(self.store.catalog, collection, document_id, labels):
            no_document(collection, document_id)

    def change_marks(self, document_id: str, change: MarksChange, collection: str = "default") -> Marks:
        """The very next question goes by them; gives what the document has now. Raises NotFound, InvalidRequest."""
        changed = self.store.catalog.mark(collection, [document_id], change)
        return changed[document_id] if document_id in changed else no_document(collection, document_id)

    def document(self, document_id: str, collection: str = "default") -> Document:
        """Raises NotFound."""
        return self.store.catalog.document(collection, document_id)

    def present_document(self, document_id: str, collection: str = "default") -> Document:
        """The document, or the version that took its place at its address since. Raises NotFound."""
        return self.store.catalog.present_document(collection, document_id)

    def original(self, document_id: str, collection: str = "default") -> Path:
        """The file that the document was made from. Raises NotFound."""
        return self.store.originals.path(self.document(document_id, collection).metadata["sha256"])

    def remove(self, document_ids: Sequence[str], collection: str = "default") -> int:
        """Forget documents; gives how many there were. Raises NotFound for the collection."""
        removed = self.store.remove(collection, document_ids)
        self.store.refresh(collection)
        return removed

    def reindex(self, collection: str, told: Told | None = None, sizes: tuple[int, int] | None = None) -> int:
        """Split and embed every document anew with the present settings; gives the number of documents.

        The old passages answer until the new ones are all in, and can be put back: see index/building.py.
        ``sizes`` of passages are kept as the collection's own. Raises NotFound, Conflict, InvalidRequest.
        """
        found = self.collection(collection)
        chosen = SplitSettings(*checked_sizes(sizes or self.store.sizes_of(found)))
        count_tokens = self.store.encoder.count_tokens
        with self._workers.crew(chosen) as crew:
            count = self.store.rebuild(
                collection, lambda document: split(document, count_tokens, chosen), told, sizes, crew.encoder
            )
        assess_again(self.store.catalog, collection, self.store.encoder)
        return count

    # Questions

    def search(
        self,
        question: str,
        collection: str = "default",
        top_k: int = 10,
        history: Sequence[Turn] = (),
        within: Within = EVERYTHING,
    ) -> list[Hit]:
        """Raises NotFound, InvalidRequest, IndexMismatch."""
        return list(self._answerer.search(question, collection, history, top_k, within))

    def ask(
        self,
        question: str,
        collection: str = "default",
        history: Sequence[Turn] = (),
        top_k: int = 5,
        within: Within = EVERYTHING,
        model: str | None = None,
    ) -> Answer:
        """The fold of ``ask_events``."""
        return fold(self.ask_events(question, collection, history, top_k, within, model))

    def ask_events(
        self,
        question: str,
        collection: str = "default",
        history: Sequence[Turn] = (),
        top_k: int = 5,
        within: Within = EVERYTHING,
        model: str | None = None,
    ) -> Iterator[Event]:
        """Search, read, then quote, have it written, or abstain.

        ``model`` is one of ``models``; None is the chat model where there is one, else the reader. Raises NotFound,
        InvalidRequest, IndexMismatch before the first event, UnsupportedModel at once.
        """
        if model is not None and model not in self.models:
            known = ", ".join(dict.fromkeys(self.models))
            raise UnsupportedModel(
                f"This server does not answer with the model {model!r}.", f"Leave it out, or name one of: {known}."
            )
        written = self._writer is not None and model not in (READER, self._reader.name)

        def fresh() -> Iterator[Event]:
            return self._answerer.events(question, collection, history, top_k, within, written=written)

        def key() -> AnswerKey | None:
            found = self.store.catalog.find(collection)
            if found is None:
                return None
            return AnswerKey.of(question, tuple(history), found, top_k, within, self._reader.name)

        # What a chat model writes differs each time; what somebody's own labels let be found is theirs alone.
        if self._answers is None or written or within.labels:
            return counted(fresh())
        return counted(self._answers.through(key, fresh))
