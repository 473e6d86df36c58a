"""What a question set is made of: questions, where their answers are written, and the documents themselves."""

from dataclasses import dataclass
from pathlib import Path

from core.types import Turn


@dataclass(frozen=True, slots=True)
class Evidence:
    """Where the answer to a question is written: a quote in a document, or a page of it.

    ``quote`` is text of the document. ``answer`` is the (start, end) of the answer's characters inside the
    quote, where the set marks them. ``page`` counts from 1 and is used only when there is no quote.
    """

    document: str
    quote: str | None = None
    page: int | None = None
    answer: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True)
class Question:
    """One question with what is known about its answer.

    ``answerable`` is None where the set does not say. ``answers`` are alternative wordings of one answer.
    ``history`` is the conversation before the question. ``kind`` is the set's own label, if it has any.
    """

    id: str
    text: str
    answerable: bool | None
    answers: tuple[str, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    history: tuple[Turn, ...] = ()
    kind: str | None = None

    @property
    def has_reference(self) -> bool:
        """Whether there are words to compare an answer with."""
        return bool(self.answerable is not False and self.answers)


@dataclass(frozen=True, slots=True)
class SourceFile:
    """A document of a set: a file that exists (``path``), or one that the set's own text makes (``text``)."""

    name: str
    path: Path | None = None
    text: str | None = None


@dataclass(frozen=True, slots=True)
class QuestionSet:
    """Questions and the documents that they are asked of."""

    name: str
    questions: tuple[Question, ...]
    documents: tuple[SourceFile, ...]
