"""Turns an answer into a row: what was found, what was cited, what was said."""

from collections.abc import Callable

from core.errors import NotFound
from core.types import Answer, AnswerStatus, Citation, Document
from evals.evidence import (
    EvidenceLocator,
    Located,
    Place,
    finds_any,
    stretch_of_citation,
    stretch_of_hit,
)
from evals.metrics.exact_match import exact_match
from evals.metrics.quote_exact import quote_exact
from evals.metrics.token_f1 import token_f1
from evals.rows import AskError, Row
from evals.sets.types import Question


def said(answer: Answer) -> str:
    """The words to compare with the reference answers: the answer span, else the sentences without markers."""
    if answer.answer_span is not None:
        return answer.answer_span.text
    return " ".join(sentence.text for sentence in answer.sentences)


class Judge:
    """Judges answers over one set of ingested documents."""

    def __init__(self, locator: EvidenceLocator, read: Callable[[str], Document]) -> None:
        """``read`` gives the document with an id."""
        self._locator = locator
        self._read = read

    def judge(self, question: Question, answer: Answer, latency_ms: float) -> Row:
        located = self._locate(question)
        places: list[Place] = [place for found in located for place in found.places]
        return Row(
            question=question,
            answer=answer,
            error=None,
            latency_ms=latency_ms,
            evidence_faults=tuple(found.fault for found in located),
            hits_on_evidence=tuple(finds_any(stretch_of_hit(hit), places) for hit in answer.hits),
            citations_on_evidence=tuple(finds_any(stretch_of_citation(c), places) for c in answer.citations),
            citations_exact=tuple(self._is_exact(citation) for citation in answer.citations),
            exact_match=_score(exact_match, question, answer) if question.has_reference else None,
            token_f1=_score(token_f1, question, answer) if question.has_reference else None,
        )

    def failed(self, question: Question, error: AskError, latency_ms: float) -> Row:
        """The row of a question that raised an error: it found nothing and said nothing."""
        return Row(
            question=question,
            answer=None,
            error=error,
            latency_ms=latency_ms,
            evidence_faults=tuple(found.fault for found in self._locate(question)),
            hits_on_evidence=(),
            citations_on_evidence=(),
            citations_exact=(),
            exact_match=0.0 if question.has_reference else None,
            token_f1=0.0 if question.has_reference else None,
        )

    def _locate(self, question: Question) -> list[Located]:
        return [self._locator.locate(evidence) for evidence in question.evidence]

    def _is_exact(self, citation: Citation) -> bool:
        try:
            document = self._read(citation.document.id)
        except NotFound:  # deleted since: a citation of nothing is not exact
            return False
        return bool(quote_exact(document.text, citation.start, citation.end, citation.quote))


def _score(
    metric: Callable[[str, tuple[str, ...]], float],
    question: Question,
    answer: Answer,
) -> float:
    """An abstention scores 0 even where it comes with sentences ("I do not know …")."""
    if answer.status is AnswerStatus.NOT_FOUND:
        return 0.0
    return metric(said(answer), question.answers)
