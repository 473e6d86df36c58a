"""What an evaluation needs from the system that it measures."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, Self

from core.errors import EmptyDocument, ReadError, UnsupportedMedia
from core.types import Answer, Document, DocumentRef, Turn

_NO_DOCUMENTS = frozenset({UnsupportedMedia.code, EmptyDocument.code})


@dataclass(frozen=True, slots=True)
class IngestFailure:
    """A document that could not be read, and why."""

    uri: str
    message: str
    code: str = ReadError.code


@dataclass(frozen=True, slots=True)
class IngestOutcome:
    """What became of the documents that were handed over.

    ``skipped`` are files that are no documents, such as pictures and empty files: a folder of documents may hold some.
    """

    added: int = 0
    unchanged: int = 0
    failed: tuple[IngestFailure, ...] = ()
    skipped: tuple[IngestFailure, ...] = ()

    @classmethod
    def of(cls, added: int, unchanged: int, failures: Sequence[IngestFailure]) -> Self:
        """Tells the failures apart by their codes."""
        skipped = tuple(failure for failure in failures if failure.code in _NO_DOCUMENTS)
        return cls(added, unchanged, tuple(f for f in failures if f.code not in _NO_DOCUMENTS), skipped)


class System(Protocol):
    """A question answering system over documents. Its errors are FootnotedErrors."""

    def ingest(self, files: Sequence[Path], advance: Callable[[int], None]) -> IngestOutcome:
        """Reads the files; ``advance`` is told how many more are done."""

    def documents(self) -> Sequence[DocumentRef]:
        """Every document that answers may come from."""

    def document(self, document_id: str) -> Document:
        """The document with that id, with its text."""

    def ask(self, question: str, history: Sequence[Turn], top_k: int) -> Answer:
        """The answer, with the ``top_k`` best hits."""

    def description(self) -> Mapping[str, object]:
        """What a report should remember of the system: its settings, its index. Nothing secret."""
