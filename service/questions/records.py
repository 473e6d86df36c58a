"""What is kept of a question that was answered, and of what people thought of the answer."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from core.types import Answer, AnswerStatus, Citation, Turn
from service.timestamps import timestamp, utc_now


class Rating(StrEnum):
    """A thumb."""

    UP = "up"
    DOWN = "down"


class Reason(StrEnum):
    """What is wrong with an answer that is rated down."""

    WRONG = "wrong"
    INCOMPLETE = "incomplete"
    BAD_SOURCE = "bad_source"
    SHOULD_HAVE_ANSWERED = "should_have_answered"
    SHOULD_NOT_HAVE_ANSWERED = "should_not_have_answered"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Feedback:
    """What one person thinks of one answer. ``person`` is a keyed hash, or None for who gave no name."""

    rating: Rating
    reason: Reason | None
    comment: str | None
    person: str | None
    given_at: str


@dataclass(frozen=True, slots=True)
class NearDocument:
    """A document that a hit came from; ``score`` is that hit's. The passage's text is not kept."""

    document_id: str
    title: str
    uri: str
    score: float


@dataclass(frozen=True, slots=True)
class AskedQuestion:
    """A question and its answer. ``answer_words`` are those that answer it, where the reader told them.

    ``person`` is a keyed hash, or None for who gave no name: such a question counts as a person of its own.
    """

    answer_id: str
    asked_at: str
    collection: str
    question: str
    understood_as: str
    history: tuple[Turn, ...]
    status: AnswerStatus
    confidence: float
    answer: str
    answer_words: str | None
    citations: tuple[Citation, ...]
    hits: tuple[NearDocument, ...]
    model: str
    person: str | None
    feedback: tuple[Feedback, ...] = ()

    @property
    def answered(self) -> bool:
        return self.status is AnswerStatus.ANSWERED

    def is_rated(self, rating: Rating) -> bool:
        return any(one.rating is rating for one in self.feedback)


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which questions; None stands for all. ``ratings`` asks for feedback with any of them."""

    collection: str | None = None
    status: AnswerStatus | None = None
    ratings: tuple[Rating, ...] | None = None
    since: datetime | None = None


def asked_question(answer: Answer, collection: str, history: Sequence[Turn], person: str | None) -> AskedQuestion:
    """What is kept of an answer that was given just now."""
    nearest: dict[str, NearDocument] = {}
    for hit in answer.hits:  # best first: the first hit of a document is its best
        document = hit.passage.document
        nearest.setdefault(document.id, NearDocument(document.id, document.title, document.uri, round(hit.score, 4)))
    return AskedQuestion(
        answer_id=answer.id,
        asked_at=timestamp(utc_now()),
        collection=collection,
        question=answer.question,
        understood_as=answer.understood_as,
        history=tuple(history),
        status=answer.status,
        confidence=round(answer.confidence, 4),
        answer=answer.text,
        answer_words=answer.answer_span.text if answer.answer_span else None,
        citations=answer.citations,
        hits=tuple(nearest.values()),
        model=answer.model,
        person=person,
    )
