"""A question to events: search, read, then cite or abstain."""

import time
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from core.errors import InvalidRequest
from core.types import Answer, AnswerSentence, AnswerSpan, AnswerStatus, Citation, Hit, Turn
from index.store import SearchResult, SearchSettings, Store
from service.answer.cite import choose, cite
from service.answer.converse import understand
from service.answer.events import Cited, Done, Event, SentenceDone, Started, Token
from service.answer.reader import Candidate, Reader, Reading, ReadingTask

MAX_TOP_K = 50


@dataclass(frozen=True, slots=True)
class AnswerPolicy:
    """``threshold`` is the least confidence to answer with; None takes the reader's own."""

    threshold: float | None = None
    passages: int = 8
    max_sentences: int = 3
    max_question_chars: int = 2000


class Answerer:
    """Holds no state of its own: any number of questions at once."""

    def __init__(self, store: Store, reader: Reader, search: SearchSettings, policy: AnswerPolicy) -> None:
        self._store = store
        self._reader = reader
        self._search = search
        self._policy = policy

    def search(self, question: str, collection: str, history: Sequence[Turn], top_k: int) -> tuple[Hit, ...]:
        """Raises NotFound, InvalidRequest, IndexMismatch."""
        understood = understand(self._checked(question, top_k), history)
        return self._store.search(collection, understood, top_k, self._search).hits

    def events(self, question: str, collection: str, history: Sequence[Turn], top_k: int) -> Iterator[Event]:
        """Raises NotFound, InvalidRequest, IndexMismatch before the first event."""
        question = self._checked(question, top_k)
        clock = _Clock()
        understood = understand(question, history)
        found = self._store.search(collection, understood, max(top_k, self._policy.passages), self._search)
        clock.lap("search")
        answer_id = f"ans_{uuid.uuid4().hex}"
        yield Started(answer_id, understood, found.hits[:top_k])
        reading = self._read(understood, found)
        clock.lap("read")
        pairs = self._cite(reading, collection)
        sentences = []
        for i, (_, citation) in enumerate(pairs):
            sentence = AnswerSentence(_one_line(citation.quote), (citation.marker,), True, citation.support)
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
                model=self._reader.name,
                hits=found.hits[:top_k],
                timings_ms=clock.laps,
            )
        )

    def _read(self, question: str, found: SearchResult) -> Reading:
        count = self._policy.passages
        task = ReadingTask(question, found.hits[:count], found.cosines[:count], found.frequencies, found.passages)
        return self._reader.read(task)

    def _cite(self, reading: Reading, collection: str) -> list[tuple[Candidate, Citation]]:
        """The chosen candidates with their citations; none where the confidence is too low."""
        threshold = self._policy.threshold
        if reading.confidence < (self._reader.default_threshold if threshold is None else threshold):
            return []
        chosen = choose(reading.candidates, self._policy.max_sentences)
        return list(cite(chosen, lambda document_id: self._store.catalog.document(collection, document_id)))

    def _checked(self, question: str, top_k: int) -> str:
        limit = self._policy.max_question_chars
        stripped = question.strip()
        if not stripped:
            raise InvalidRequest("The question is empty.", "Ask something.")
        if len(stripped) > limit:
            raise InvalidRequest(f"The question has {len(stripped):,} characters; at most {limit:,} go.", "Shorten it.")
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
    for i, word in enumerate(sentence.split(" ")):
        yield word if i == 0 and first else f" {word}"


def _answer_span(pairs: Sequence[tuple[Candidate, Citation]]) -> AnswerSpan | None:
    """The answer words of the first citation, where the reader told them."""
    if not pairs or pairs[0][0].answer is None:
        return None
    candidate, citation = pairs[0]
    assert candidate.answer is not None
    start, end = candidate.answer
    return AnswerSpan(citation.quote[start - citation.start : end - citation.start], citation.marker, start, end)
