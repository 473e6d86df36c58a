"""The engine: the store, the reader and the ingester put together. Every entry point talks to this."""

import time
import uuid
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from types import TracebackType

from core.errors import InvalidRequest
from core.types import Answer, AnswerSentence, AnswerSpan, AnswerStatus, Citation, Document, Hit, Turn
from index.catalog import Collection, DocumentRow
from index.encode import Encoder, SentenceTransformerEncoder
from index.store import SearchResult, SearchSettings, Store
from ingest.read import ReadLimits
from ingest.split import SplitSettings, split
from service.answer.cite import choose, cite
from service.answer.converse import understand
from service.answer.events import Cited, Done, Event, SentenceDone, Started, Token, fold
from service.answer.reader import Candidate, Reader, Reading, ReadingTask
from service.answer.readers import open_reader
from service.ingestion import Ingester, IngestReport, OnProgress
from service.settings import Settings

MAX_TOP_K = 50


class Engine:
    """Documents in, cited answers out. Safe to use from several threads."""

    def __init__(self, store: Store, reader: Reader, settings: Settings) -> None:
        self.store = store
        self.reader = reader
        self._settings = settings
        self._search = SearchSettings(settings.search.candidates, settings.search.dense_weight)
        self._sizes = SplitSettings(settings.ingest.split_target, settings.ingest.split_maximum)
        limits = ReadLimits(settings.ingest.max_file_mb * 1024**2, settings.ingest.max_chars)
        self.ingester = Ingester(store, limits, self._sizes)

    @classmethod
    def open(cls, settings: Settings, encoder: Encoder | None = None) -> "Engine":
        """Open the data folder. The models are loaded when they are first needed. Raises IndexBroken."""
        chosen = settings.encoder
        encoder = encoder or SentenceTransformerEncoder(chosen.model, chosen.device, chosen.batch_size)
        sizes = settings.ingest.split_target, settings.ingest.split_maximum
        store = Store(settings.data_dir, encoder, sizes)
        return cls(store, open_reader(settings.answer.reader, encoder), settings)

    def __enter__(self) -> "Engine":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        self.store.close()

    def warm_up(self) -> None:
        """Load the models and indexes now, so that the first question does not wait. Raises EncoderUnavailable."""
        for collection in self.collections():
            if collection.passages:
                self.ask("Is everything in place?", collection.name)
                return
        self.store.encoder.encode_questions(["warm"])

    # Documents

    def ingest(
        self,
        paths: Sequence[Path],
        collection: str = "default",
        progress: OnProgress | None = None,
        *,
        prune: bool = True,
    ) -> IngestReport:
        """See Ingester.ingest_paths."""
        return self.ingester.ingest_paths(paths, collection, progress, prune=prune)

    def collections(self) -> list[Collection]:
        return self.store.catalog.collections()

    def documents(self, collection: str = "default", limit: int = -1, offset: int = 0) -> list[DocumentRow]:
        """Raises NotFound."""
        return self.store.catalog.documents(collection, limit, offset)

    def document(self, document_id: str, collection: str = "default") -> Document:
        """Raises NotFound."""
        return self.store.catalog.document(collection, document_id)

    def original(self, document_id: str, collection: str = "default") -> Path:
        """The file that the document was made from. Raises NotFound."""
        return self.store.originals.path(self.document(document_id, collection).metadata["sha256"])

    def remove(self, document_ids: Sequence[str], collection: str = "default") -> int:
        """Forget documents; gives how many there were. Raises NotFound for the collection."""
        removed = self.store.remove(collection, document_ids)
        self.store.refresh(collection)
        return removed

    def reindex(self, collection: str, progress: Callable[[int], None] | None = None) -> int:
        """Split and embed every document anew with the present settings; gives the number of documents.

        The old passages answer until the new ones are all in; ``progress`` is told of passages embedded.
        Raises NotFound, Conflict.
        """
        count_tokens = self.store.encoder.count_tokens
        return self.store.rebuild(collection, lambda document: split(document, count_tokens, self._sizes), progress)

    # Questions

    def search(
        self, question: str, collection: str = "default", top_k: int = 10, history: Sequence[Turn] = ()
    ) -> list[Hit]:
        """Raises NotFound, InvalidRequest, IndexMismatch."""
        question = self._checked(question, top_k)
        found = self.store.search(collection, understand(question, history), top_k, self._search)
        return list(found.hits)

    def ask(self, question: str, collection: str = "default", history: Sequence[Turn] = (), top_k: int = 5) -> Answer:
        """The fold of ``ask_events``."""
        return fold(self.ask_events(question, collection, history, top_k))

    def ask_events(
        self, question: str, collection: str = "default", history: Sequence[Turn] = (), top_k: int = 5
    ) -> Iterator[Event]:
        """Search, read, cite or abstain. Raises NotFound, InvalidRequest, IndexMismatch before the first event."""
        question = self._checked(question, top_k)
        clock = _Clock()
        understood = understand(question, history)
        found = self.store.search(collection, understood, max(top_k, self._settings.answer.passages), self._search)
        clock.lap("search")
        answer_id = f"ans_{uuid.uuid4().hex}"
        hits = found.hits[:top_k]
        yield Started(answer_id, understood, hits)
        reading = self._read(understood, found)
        clock.lap("read")
        pairs = list(self._cite(reading, collection))
        sentences = []
        for i, (candidate, citation) in enumerate(pairs):
            sentence = AnswerSentence(_one_line(citation.quote), (citation.marker,), True, candidate.support)
            sentences.append(sentence)
            yield from (Token(piece) for piece in _pieces(sentence.text, first=i == 0))
            yield SentenceDone(i, sentence)
            yield Cited(citation)
        clock.lap("cite")
        yield Done(
            Answer(
                id=answer_id,
                question=question,
                understood_as=understood,
                status=AnswerStatus.ANSWERED if sentences else AnswerStatus.NOT_FOUND,
                sentences=tuple(sentences),
                citations=tuple(citation for _, citation in pairs),
                answer_span=_answer_span(pairs),
                confidence=reading.confidence,
                model=self.reader.name,
                hits=hits,
                timings_ms=clock.laps,
            )
        )

    @property
    def threshold(self) -> float:
        """The confidence that an answer must have."""
        chosen = self._settings.answer.threshold
        return self.reader.default_threshold if chosen is None else chosen

    def _read(self, question: str, found: SearchResult) -> Reading:
        count = self._settings.answer.passages
        task = ReadingTask(question, found.hits[:count], found.cosines[:count], found.frequencies, found.passages)
        return self.reader.read(task)

    def _cite(self, reading: Reading, collection: str) -> Iterator[tuple[Candidate, Citation]]:
        """The chosen candidates with their citations; none where the confidence is too low."""
        if reading.confidence < self.threshold:
            return
        texts: dict[str, str] = {}

        def text_of(document_id: str) -> str:
            if document_id not in texts:
                texts[document_id] = self.document(document_id, collection).text
            return texts[document_id]

        yield from cite(choose(reading.candidates, self._settings.answer.max_sentences), text_of)

    def _checked(self, question: str, top_k: int) -> str:
        limit = self._settings.answer.max_question_chars
        stripped = question.strip()
        if not stripped:
            raise InvalidRequest("The question is empty.", "Ask something.")
        if len(stripped) > limit:
            raise InvalidRequest(
                f"The question has {len(stripped):,} characters; the limit is {limit:,}.", "Shorten it."
            )
        if not 1 <= top_k <= MAX_TOP_K:
            raise InvalidRequest(f"top_k is {top_k}.", f"It must be between 1 and {MAX_TOP_K}.")
        return stripped


class _Clock:
    """Milliseconds of each stage, wall clock."""

    def __init__(self) -> None:
        self.laps: dict[str, float] = {}
        self._last = time.perf_counter()

    def lap(self, name: str) -> None:
        now = time.perf_counter()
        self.laps[name] = round((now - self._last) * 1000, 2)
        self._last = now


def _one_line(quote: str) -> str:
    """A quote as a sentence of prose: plain text is often wrapped in the middle of one."""
    return " ".join(quote.split())


def _pieces(sentence: str, first: bool) -> Iterator[str]:
    """A word at a time, so that a page can show the answer as it comes."""
    words = sentence.split(" ")
    for i, word in enumerate(words):
        yield word if i == 0 and first else f" {word}"


def _answer_span(pairs: Sequence[tuple[Candidate, Citation]]) -> AnswerSpan | None:
    if not pairs or pairs[0][0].answer is None:
        return None
    candidate, citation = pairs[0]
    start, end = pairs[0][0].answer
    return AnswerSpan(citation.quote[start - citation.start : end - citation.start], citation.marker, start, end)
