"""A question to events: search, read, then quote, have it written, or abstain."""

import time
import uuid
from collections.abc import Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial

from core.errors import InvalidRequest
from core.stages import stage
from core.types import Answer, AnswerSentence, AnswerSpan, AnswerStatus, Citation, Clarification, Hit, Turn, Verdict
from index.filters.filter import EVERYTHING, Within
from index.search import SearchResult, SearchSettings
from index.store import Store
from service.answer.cite import DocumentOf, choose, cite, merge
from service.answer.confidence import rescaled
from service.answer.events import Cited, Done, Event, SentenceDone, Started, Token
from service.answer.lists import whole_list
from service.answer.parts import parts
from service.answer.reader import Candidate, Reader, ReadingTask
from service.conversation.clarify import clarify
from service.conversation.conversation import Conversation, ConversationOptions
from service.conversation.retrieve import Retrieved, retrieve
from service.language.phrases import told
from service.limits import MAX_TOP_K
from service.load.place import leave_place
from service.writing.writer import Writer


@dataclass(frozen=True, slots=True)
class AnswerPolicy:
    """``threshold`` is the least confidence to answer with; None takes the reader's own.

    The reader's confidence is scaled and shifted on the logit scale (Platt 1999), as `footnoted eval calibrate` fits
    it; a threshold is compared with what comes out.
    """

    threshold: float | None = None
    confidence_scale: float = 1.0
    confidence_shift: float = 0.0
    passages: int = 8
    max_sentences: int = 3
    max_question_chars: int = 2000


class Answerer:
    """Holds no state of its own: any number of questions at once."""

    def __init__(
        self,
        store: Store,
        reader: Reader,
        search: SearchSettings,
        policy: AnswerPolicy,
        writer: Writer | None = None,
        conversation: Conversation | None = None,
    ) -> None:
        """``writer`` has answers written by a chat model; without one they are quotations."""
        self._conversation = conversation or Conversation(store.encoder, ConversationOptions())
        self._store = store
        self._writer = writer
        self._reader = reader
        self._search = search
        self._policy = policy

    def search(
        self, question: str, collection: str, history: Sequence[Turn], top_k: int, within: Within = EVERYTHING
    ) -> tuple[Hit, ...]:
        """Raises NotFound, InvalidRequest, IndexMismatch."""
        question = self._checked(question, top_k)
        return self._retrieve(question, history, collection, top_k, within).result.hits

    def events(
        self,
        question: str,
        collection: str,
        history: Sequence[Turn],
        top_k: int,
        within: Within = EVERYTHING,
        *,
        written: bool = True,
    ) -> Iterator[Event]:
        """``written`` is whether the chat model is to be asked, if there is one.

        Raises NotFound, InvalidRequest, IndexMismatch before the first event.
        """
        question = self._checked(question, top_k)
        clock = _Clock()
        count = max(top_k, self._policy.passages)
        retrieved = self._retrieve(question, history, collection, count, within, by_model=written)
        understood, found = retrieved.understood_as, retrieved.result
        clock.lap("search")
        answer = Answer(
            id=f"ans_{uuid.uuid4().hex}",
            question=question,
            understood_as=understood,
            status=AnswerStatus.NOT_FOUND,
            sentences=(),
            citations=(),
            answer_span=None,
            confidence=0.0,
            model=self._reader.name,
            hits=found.hits[:top_k],
            timings_ms=clock.laps,
        )
        yield Started(answer.id, understood, answer.hits)
        read = self._read(understood, found)
        leave_place()
        clock.lap("read")
        answer = replace(answer, confidence=read.confidence)
        document_of = partial(self._store.catalog.document, collection)
        if read.clarification is not None:
            answer = replace(answer, status=AnswerStatus.UNCLEAR, clarification=read.clarification)
        else:
            is_settled = False
            if written and self._writer is not None and found.hits and read.confidence >= self._writer.options.ask_from:
                hits = found.hits[: self._policy.passages]
                with stage("write", encloses=False):
                    answer, is_settled = yield from _written(
                        self._writer, answer, hits, read.values, document_of, clock
                    )
            if not is_settled:
                answer = yield from _quoted(answer, read.chosen, document_of)
                clock.lap("cite")
        yield Done(answer)

    def _retrieve(
        self,
        question: str,
        history: Sequence[Turn],
        collection: str,
        count: int,
        within: Within,
        *,
        by_model: bool = True,
    ) -> Retrieved:
        store, conversation, search = self._store, self._conversation, self._search
        return retrieve(store, conversation, question, history, collection, count, search, within, by_model=by_model)

    @stage("read")
    def _read(self, question: str, found: SearchResult) -> "_Read":
        """Each part of a question is read by itself; the answer is as sure as that to its surest part."""
        count, most = self._policy.passages, self._policy.max_sentences
        threshold = self._policy.threshold
        if threshold is None:
            threshold = self._calibrated(self._reader.default_threshold)
        answers, confidences = [], []
        clarification = None
        asked = parts(question)
        values: dict[str, float] = {}
        for part in asked:
            task = ReadingTask(part, found.hits[:count], found.cosines[:count], found.frequencies, found.passages)
            reading = self._reader.read(task)
            confidences.append(self._calibrated(reading.confidence))
            if confidences[-1] >= threshold:
                if len(asked) == 1 and self._conversation.options.clarify:
                    clarification = clarify(part, reading.candidates)
                answers.append([whole_list(c, part) for c in choose(reading.candidates, most)])
            for candidate in reading.candidates:
                passage = candidate.hit.passage.id
                values[passage] = max(values.get(passage, 0.0), candidate.probability)
        return _Read(merge(answers, most), max(confidences), values, clarification)

    def _calibrated(self, confidence: float) -> float:
        return rescaled(confidence, self._policy.confidence_scale, self._policy.confidence_shift)

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


@dataclass(frozen=True, slots=True)
class _Read:
    """The sentences to quote, none where the confidence is too low; the confidence; for each passage, by id, the
    probability that its best sentence answers the question; and what to ask back, if several things are meant."""

    chosen: Sequence[Candidate]
    confidence: float
    values: Mapping[str, float]
    clarification: Clarification | None


class _Clock:
    """Milliseconds of each stage, wall clock; one that comes again adds up."""

    def __init__(self) -> None:
        self.laps: dict[str, float] = {}
        self._last = time.perf_counter()

    def lap(self, name: str) -> None:
        now = time.perf_counter()
        self.laps[name] = round(self.laps.get(name, 0.0) + (now - self._last) * 1000, 2)
        self._last = now


def _written(
    writer: Writer,
    answer: Answer,
    hits: Sequence[Hit],
    values: Mapping[str, float],
    document_of: DocumentOf,
    clock: _Clock,
) -> Generator[Event, None, tuple[Answer, bool]]:
    """The events of an answer in the chat model's words; gives the answer, and whether it needs no quotations."""
    result = yield from writer.write(answer.understood_as, hits, values, document_of, clock.lap)
    notice = result.notice and told(result.notice, answer.understood_as)
    answer = replace(answer, notice=notice, usage=result.usage)
    if result.falls_back:
        return answer, False
    return replace(
        answer,
        status=AnswerStatus.ANSWERED if result.is_answer else AnswerStatus.NOT_FOUND,
        sentences=result.sentences,
        citations=result.citations,
        model=writer.model.name,
        in_view=result.in_view,
    ), True


def _quoted(answer: Answer, chosen: Sequence[Candidate], document_of: DocumentOf) -> Generator[Event, None, Answer]:
    """The events of an answer that quotes, each sentence word for word; gives the answer."""
    pairs = list(cite(chosen, document_of))
    sentences: list[AnswerSentence] = []
    for i, (_, citation) in enumerate(pairs):
        sentence = AnswerSentence(_one_line(citation.quote), (citation.marker,), Verdict.SUPPORTED, citation.support)
        sentences.append(sentence)
        yield from (Token(piece) for piece in _pieces(sentence.text, first=i == 0))
        yield SentenceDone(i, sentence)
        yield Cited(citation)
    return replace(
        answer,
        status=AnswerStatus.ANSWERED if sentences else AnswerStatus.NOT_FOUND,
        sentences=tuple(sentences),
        citations=tuple(citation for _, citation in pairs),
        answer_span=_answer_span(pairs),
    )


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
