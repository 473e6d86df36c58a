"""One question of a run and how it went: the primitive that every figure is folded from."""

from dataclasses import dataclass
from enum import StrEnum

from core.types import Answer, AnswerStatus
from evals.metrics.answered_wrong import answered_wrong
from evals.sets.types import Question


@dataclass(frozen=True, slots=True)
class AskError:
    """Why a question got no answer at all."""

    code: str
    message: str
    hint: str


class Outcome(StrEnum):
    """What became of a question, in a word."""

    RIGHT = "right"
    WRONG = "wrong"
    REFUSED_RIGHTLY = "rightly refused"
    REFUSED_WRONGLY = "wrongly refused"
    FAILED = "failed"
    NOT_JUDGED = "not judged"

    @property
    def is_good(self) -> bool:
        return self in (Outcome.RIGHT, Outcome.REFUSED_RIGHTLY)


@dataclass(frozen=True, slots=True)
class Row:
    """A question, its answer (None after an error) and what was judged of it.

    ``piece_grades`` has the grade of each distinct piece of evidence; ``hit_pieces`` and ``citation_pieces`` say for
    each hit and citation of the answer which of these pieces it finds (their places in ``piece_grades``).
    ``evidence_faults`` runs parallel to the question's evidence, ``citations_exact`` to the citations and
    ``sentences_supported`` to the answer's sentences.
    ``exact_match``, ``token_f1`` and ``rouge_l`` are None where the set gives no reference answer.
    """

    question: Question
    answer: Answer | None
    error: AskError | None
    latency_ms: float
    evidence_faults: tuple[str | None, ...] = ()
    piece_grades: tuple[int, ...] = ()
    hit_pieces: tuple[tuple[int, ...], ...] = ()
    citation_pieces: tuple[tuple[int, ...], ...] = ()
    citations_exact: tuple[bool, ...] = ()
    sentences_supported: tuple[bool, ...] = ()
    exact_match: float | None = None
    token_f1: float | None = None
    rouge_l: float | None = None

    @property
    def answered(self) -> bool:
        return self.answer is not None and self.answer.status is AnswerStatus.ANSWERED

    @property
    def refused(self) -> bool:
        """Abstained; an error is neither an answer nor a refusal."""
        return self.answer is not None and self.answer.status is AnswerStatus.NOT_FOUND

    @property
    def has_evidence(self) -> bool:
        """The set says where the answer is, found or not."""
        return bool(self.question.evidence)

    @property
    def hits_on_evidence(self) -> tuple[bool, ...]:
        return tuple(bool(pieces) for pieces in self.hit_pieces)

    @property
    def citations_on_evidence(self) -> tuple[bool, ...]:
        return tuple(bool(pieces) for pieces in self.citation_pieces)

    @property
    def outcome(self) -> Outcome:
        """By the rule of evals/metrics/answered_wrong.py."""
        answerable = self.question.answerable
        if self.answer is None:
            return Outcome.FAILED
        if answerable is None:
            return Outcome.NOT_JUDGED
        if self.refused:
            return Outcome.REFUSED_WRONGLY if answerable else Outcome.REFUSED_RIGHTLY
        cited = any(self.citations_on_evidence) if self.has_evidence else None
        return Outcome.WRONG if answered_wrong(answerable, cited, self.token_f1) else Outcome.RIGHT

    @property
    def tags(self) -> tuple[str, ...]:
        """What figures are broken down by: the set's own labels, and what every question can be told by."""
        question = self.question
        names = {True: "answerable", False: "unanswerable", None: None}
        own = (question.kind, *question.tags, names[question.answerable], "follow-up" if question.history else None)
        return tuple(dict.fromkeys(tag for tag in own if tag))
