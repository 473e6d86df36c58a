"""What an evaluation needs from the system that it measures."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from core.types import Answer, Document, DocumentRef, Turn


@dataclass(frozen=True, slots=True)
class IngestFailure:
    """A document that could not be read, and why."""

    uri: str
    message: str


@dataclass(frozen=True, slots=True)
class IngestOutcome:
    """What became of the documents that were handed over."""

    added: int = 0
    unchanged: int = 0
    failed: tuple[IngestFailure, ...] = ()


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
