"""What flows through the making of a set: a document, a sentence of it, a draft of a question."""

from dataclasses import dataclass

from core.types import Document


@dataclass(frozen=True, slots=True)
class Source:
    """An ingested document, and the name by which evidence calls it (the file's, or more of the path's end)."""

    name: str
    document: Document


@dataclass(frozen=True, slots=True)
class Sentence:
    """``source.document.text[start:end]``; ``text`` is the same on one line. ``section`` is the heading above."""

    source: Source
    section: str
    start: int
    end: int
    text: str

    @property
    def quote(self) -> str:
        return self.source.document.text[self.start : self.end]


@dataclass(frozen=True, slots=True)
class Draft:
    """A question that its sentence answers. ``rule`` names what made it: a pattern, or "writer" for a model."""

    text: str
    answer: str
    sentence: Sentence
    rule: str
