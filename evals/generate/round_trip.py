"""The round trip: is a question that was made of a sentence answered from that sentence?

Source: roundtrip consistency (Alberti et al. 2019). Trap: the reader that filters is the one that will be measured. A
filtered set holds the questions that it can answer, so its figures flatter it; they show whether the next version has
become worse (a regression), and say nothing about how good it is.
"""

from dataclasses import dataclass
from enum import StrEnum

from core.errors import FootnotedError
from core.types import Answer, Document
from evals.evidence import EvidenceLocator, QuotePlace
from evals.judge import Judge
from evals.metrics.answered_wrong import RIGHT_F1
from evals.rows import Row
from evals.sets.types import Question
from evals.system import System

TOP_K = 5


class Trip(StrEnum):
    """How a round trip went; all but KEPT are reasons to drop the question."""

    KEPT = "kept"
    REFUSED = "the system found no answer"
    ELSEWHERE = "no citation on the sentence that it was made of"
    OTHER_ANSWER = "cited there, but answered with other words"
    FAILED = "the system failed"


@dataclass(frozen=True, slots=True)
class RoundTrip:
    """Asks one system, and compares with where the question comes from."""

    system: System
    locator: EvidenceLocator
    judge: Judge

    @classmethod
    def on(cls, system: System) -> "RoundTrip":
        documents: dict[str, Document] = {}

        def read(document_id: str) -> Document:
            return documents.setdefault(document_id, system.document(document_id))

        locator = EvidenceLocator(system.documents(), read)
        return cls(system, locator, Judge(locator, read))

    def go(self, question: Question) -> Trip:
        """A question without an answer is kept if the system finds none."""
        try:
            answer = self.system.ask(question.text, (), TOP_K)
        except FootnotedError:
            return Trip.FAILED
        row = self.judge.judge(question, answer, 0.0)
        if question.answerable is False:
            return Trip.KEPT if row.refused else Trip.OTHER_ANSWER
        if row.refused:
            return Trip.REFUSED
        if not any(row.citations_on_evidence):
            return Trip.ELSEWHERE
        return Trip.KEPT if self._says_it(row, question, answer) else Trip.OTHER_ANSWER

    def _says_it(self, row: Row, question: Question, answer: Answer) -> bool:
        if row.token_f1 is not None and row.token_f1 >= RIGHT_F1:
            return True
        span = answer.answer_span
        if span is None:
            return False
        document_id = next(c.document.id for c in answer.citations if c.marker == span.marker)
        places = [place for evidence in question.evidence for place in self.locator.locate(evidence).places]
        return any(
            isinstance(place, QuotePlace)
            and place.document_id == document_id
            and place.start <= span.start
            and span.end <= place.end
            for place in places
        )
