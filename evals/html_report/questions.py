"""A question as the page shows it: plain values, nothing left to work out in the template."""

from collections.abc import Mapping
from dataclasses import dataclass

from core.types import Turn
from evals.html_report.citations import CitationView, HitView, citation_views, hit_views
from evals.html_report.evidence import EvidenceView, evidence_views
from evals.html_report.excerpts import Excerpt, beginning
from evals.judge import said
from evals.rows import AskError, Outcome, Row

_PREVIEW = 200
_TURN = 400


@dataclass(frozen=True, slots=True)
class SentenceView:
    """A sentence of the answer; ``unsupported`` says that its citations do not say it, by words."""

    text: str
    markers: tuple[int, ...]
    unsupported: bool


@dataclass(frozen=True, slots=True)
class QuestionView:
    """``number`` is the question's place in the run. ``compared`` are the words that the scores were taken of.

    ``before`` is its outcome in the run to compare with, where that was another.
    """

    number: int
    id: str
    place: str
    text: str
    history: tuple[Turn, ...]
    rewrite: str | None
    understood_as: str | None
    outcome: Outcome
    before: Outcome | None
    tags: tuple[str, ...]
    answerable: bool | None
    preview: Excerpt
    refused: bool
    sentences: tuple[SentenceView, ...]
    compared: str | None
    expected: tuple[str, ...]
    confidence: float | None
    f1: float | None
    exact_match: float | None
    latency_ms: float
    citations: tuple[CitationView, ...]
    has_evidence: bool
    evidence: tuple[EvidenceView, ...]
    hits: tuple[HitView, ...]
    error: AskError | None

    @property
    def change(self) -> str | None:
        """Better or worse than before, where one outcome is good and the other is not."""
        if self.before is None or self.before.is_good is self.outcome.is_good:
            return None
        return "better" if self.outcome.is_good else "worse"


def question_view(number: int, row: Row, before: Outcome | None) -> QuestionView:
    question, answer = row.question, row.answer
    words = said(answer) if answer and row.answered else ""
    return QuestionView(
        number=number,
        id=question.id,
        place=question.place,
        text=question.text,
        history=tuple(Turn(turn.role, _short(turn.content)) for turn in question.history),
        rewrite=question.rewrite,
        understood_as=answer.understood_as if answer and answer.understood_as != question.text else None,
        outcome=row.outcome,
        before=None if before is row.outcome else before,
        tags=row.tags,
        answerable=question.answerable,
        preview=beginning(_preview(row), _PREVIEW),
        refused=row.refused,
        sentences=_sentences(row),
        compared=words if row.token_f1 is not None and words != _sentence_text(row) else None,
        expected=tuple(dict.fromkeys(question.answers)),
        confidence=answer.confidence if answer else None,
        f1=row.token_f1,
        exact_match=row.exact_match,
        latency_ms=row.latency_ms,
        citations=tuple(citation_views(row)),
        has_evidence=row.has_evidence,
        evidence=tuple(evidence_views(row)),
        hits=tuple(hit_views(row)),
        error=row.error,
    )


def script_data(views: list[QuestionView]) -> list[Mapping[str, object]]:
    """What filtering and sorting go by, in the order of the page."""
    return [
        {
            "outcome": view.outcome,
            "change": view.change,
            "tags": view.tags,
            "confidence": view.confidence,
            "f1": view.f1,
            "latency": view.latency_ms,
        }
        for view in views
    ]


def _sentences(row: Row) -> tuple[SentenceView, ...]:
    if row.answer is None:
        return ()
    return tuple(
        SentenceView(sentence.text, sentence.markers, not supported)
        for sentence, supported in zip(row.answer.sentences, row.sentences_supported, strict=True)
    )


def _sentence_text(row: Row) -> str:
    return " ".join(sentence.text for sentence in row.answer.sentences) if row.answer else ""


def _preview(row: Row) -> str:
    if row.error:
        return row.error.message
    return "Refused: the documents do not say." if row.refused else _sentence_text(row)


def _short(text: str) -> str:
    cut = beginning(text, _TURN)
    return cut.before + ("…" if cut.cut_after else "")
