"""What a question set is made of: questions, where their answers are written, and the documents themselves."""

from dataclasses import dataclass, field
from pathlib import Path

from core.types import Turn

ANY_DOCUMENT = ""


@dataclass(frozen=True, slots=True)
class Evidence:
    """Where the answer to a question is written: a quote in a document, a page of it, or the document as a whole.

    ``document`` is a file name, or the end of a path; ``ANY_DOCUMENT`` where the set has a quote but no source.
    ``quote`` is text of the document. ``answer`` is the (start, end) of the answer's characters inside the
    quote, where the set marks them. ``page`` counts from 1 and is used only when there is no quote. With neither,
    the whole document is the evidence. ``grade`` says how relevant it is, 1 or more, where the set grades.
    """

    document: str
    quote: str | None = None
    page: int | None = None
    answer: tuple[int, int] | None = None
    grade: int = 1

    @property
    def piece(self) -> tuple[str, str | None, int | None]:
        """What counts as one piece of evidence: several answers that are marked in one quote are the same."""
        return self.document, self.quote, self.page


@dataclass(frozen=True, slots=True)
class Question:
    """One question with what is known about its answer.

    ``answerable`` is None where the set does not say. ``answers`` are alternative wordings of one answer.
    ``history`` is the conversation before the question; ``rewrite`` is the question as somebody wrote it anew to be
    understood without the conversation. ``kind`` is the set's own label, if it has any; ``tags`` are more of them.
    ``place`` is where in the set's file the question is ("line 3"); it tells nothing about the question itself.
    ``group`` is what questions have in common that are not independent of each other, such as a paragraph.
    """

    id: str
    text: str
    answerable: bool | None
    answers: tuple[str, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    history: tuple[Turn, ...] = ()
    kind: str | None = None
    rewrite: str | None = None
    tags: tuple[str, ...] = ()
    place: str = field(default="", compare=False, repr=False)
    group: str | None = field(default=None, compare=False, repr=False)

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
