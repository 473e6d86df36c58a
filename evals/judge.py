"""Turns an answer into a row: what was found, what was cited, what was said."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from core.errors import FootnotedError, NotFound
from core.types import Answer, AnswerStatus, Citation, Document
from evals.evidence import (
    EvidenceLocator,
    Place,
    Stretch,
    finds_any,
    stretch_of_citation,
    stretch_of_hit,
)
from evals.metrics.exact_match import exact_match
from evals.metrics.quote_exact import quote_exact
from evals.metrics.rouge_l import rouge_l
from evals.metrics.supported import supported
from evals.metrics.token_f1 import token_f1
from evals.rows import AskError, Row
from evals.sets.types import Question


def said(answer: Answer) -> str:
    """The words to compare with the reference answers: the answer span, else the sentences without markers."""
    if answer.answer_span is not None:
        return answer.answer_span.text
    return " ".join(sentence.text for sentence in answer.sentences)


@dataclass(frozen=True, slots=True)
class _Piece:
    """Evidence that counts once: several answers marked in one quote are the same piece."""

    places: tuple[Place, ...]
    grade: int


class Judge:
    """Judges answers over one set of ingested documents."""

    def __init__(self, locator: EvidenceLocator, read: Callable[[str], Document]) -> None:
        """``read`` gives the document with an id."""
        self._locator = locator
        self._read = read

    def judge(self, question: Question, answer: Answer, latency_ms: float) -> Row:
        faults, pieces = self._locate(question)
        return Row(
            question=question,
            answer=answer,
            error=None,
            latency_ms=latency_ms,
            evidence_faults=faults,
            piece_grades=tuple(piece.grade for piece in pieces),
            hit_pieces=tuple(_found(stretch_of_hit(hit), pieces) for hit in answer.hits),
            citation_pieces=tuple(_found(stretch_of_citation(c), pieces) for c in answer.citations),
            citations_exact=tuple(self._is_exact(citation) for citation in answer.citations),
            sentences_supported=_supported(answer),
            exact_match=_score(exact_match, question, answer) if question.has_reference else None,
            token_f1=_score(token_f1, question, answer) if question.has_reference else None,
            rouge_l=_score(rouge_l, question, answer) if question.has_reference else None,
        )

    def failed(self, question: Question, error: AskError, latency_ms: float) -> Row:
        """The row of a question that raised an error: it found nothing and said nothing."""
        try:
            faults, pieces = self._locate(question)
        except FootnotedError:  # where nothing can be asked, nothing can be looked up either
            faults, pieces = (), [_Piece((), e.grade) for e in {e.piece: e for e in question.evidence}.values()]
        nothing = 0.0 if question.has_reference else None
        return Row(
            question=question,
            answer=None,
            error=error,
            latency_ms=latency_ms,
            evidence_faults=faults,
            piece_grades=tuple(piece.grade for piece in pieces),
            exact_match=nothing,
            token_f1=nothing,
            rouge_l=nothing,
        )

    def _locate(self, question: Question) -> tuple[tuple[str | None, ...], list[_Piece]]:
        """What is wrong with each piece of the set's evidence, and the distinct pieces; a lost one has no places."""
        located = [self._locator.locate(evidence) for evidence in question.evidence]
        pieces: dict[tuple[str, str | None, int | None], _Piece] = {}
        for found in located:
            evidence = found.evidence
            known = pieces.get(evidence.piece, _Piece((), 0))
            pieces[evidence.piece] = _Piece((*known.places, *found.places), max(known.grade, evidence.grade))
        return tuple(found.fault for found in located), list(pieces.values())

    def _is_exact(self, citation: Citation) -> bool:
        try:
            document = self._read(citation.document.id)
        except NotFound:  # deleted since: a citation of nothing is not exact
            return False
        return bool(quote_exact(document.text, citation.start, citation.end, citation.quote))


def _found(stretch: Stretch, pieces: Sequence[_Piece]) -> tuple[int, ...]:
    return tuple(i for i, piece in enumerate(pieces) if finds_any(stretch, piece.places))


def _supported(answer: Answer) -> tuple[bool, ...]:
    quotes = {citation.marker: citation.quote for citation in answer.citations}
    return tuple(
        supported(sentence.text, [quotes[marker] for marker in sentence.markers]) for sentence in answer.sentences
    )


def _score(
    metric: Callable[[str, tuple[str, ...]], float],
    question: Question,
    answer: Answer,
) -> float:
    """An abstention scores 0 even where it comes with sentences ("I do not know …")."""
    if answer.status is AnswerStatus.NOT_FOUND:
        return 0.0
    return metric(said(answer), question.answers)
