"""One question of a run and how it went: the primitive that every figure is folded from."""

from dataclasses import dataclass

from core.types import Answer, AnswerStatus
from evals.sets.types import Question


@dataclass(frozen=True, slots=True)
class AskError:
    """Why a question got no answer at all."""

    code: str
    message: str
    hint: str


@dataclass(frozen=True, slots=True)
class Row:
    """A question, its answer (None after an error) and what was judged of it.

    The tuples run parallel to the answer's hits and citations, and to the question's evidence.
    ``exact_match`` and ``token_f1`` are None where the set gives no reference answer.
    """

    question: Question
    answer: Answer | None
    error: AskError | None
    latency_ms: float
    evidence_faults: tuple[str | None, ...]
    hits_on_evidence: tuple[bool, ...]
    citations_on_evidence: tuple[bool, ...]
    citations_exact: tuple[bool, ...]
    exact_match: float | None
    token_f1: float | None

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
    def evidence_ranks(self) -> tuple[int, ...]:
        """The ranks, counted from 1, of the hits that find evidence."""
        return tuple(rank for rank, found in enumerate(self.hits_on_evidence, start=1) if found)
