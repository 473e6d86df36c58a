"""What both pipelines give."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple, Protocol


class Found(NamedTuple):
    """A passage that was found: its file's name, its text and the first and last page, if it has pages."""

    file: str
    text: str
    pages: tuple[int, int] | None


@dataclass(frozen=True, slots=True)
class Ingested:
    """``seconds`` runs from the first file to the saved index; models and libraries were loaded before."""

    seconds: float
    passages: int
    search: Callable[[str, int], list[Found]]


class Pipeline(Protocol):
    def __call__(self, files: Sequence[Path], folder: Path, first: Path) -> Ingested:
        """Ingest the files and keep the index in the folder; before the clock starts, a ``first`` one apart."""
        ...
