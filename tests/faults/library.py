"""The documents that a worker writes, and what is to be in the catalog after each step: a plain Python model."""

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from core.types import Document, Passage
from index.search import SearchSettings
from tests.index.index_samples import Source, source

Library = dict[str, dict[int, int]]
"""By collection: the version of each document that is there, by its number."""

COLLECTIONS = ("north", "south")
BY_WORDS = SearchSettings(dense_weight=0.5)
"""As much by its words, which tell a marker from all others, as by the vectors of these tests, which tell less."""


def marker(number: int, version: int) -> str:
    """A word that one version of one document has, and nothing else."""
    return f"q{number}v{version}q"


def made(number: int, version: int) -> Source:
    """A document of three passages, each with the marker and words of its own."""
    word = marker(number, version)
    paragraphs = [
        f"Pier {number} of harbour {word} was surveyed in season {version}, part {part}, by the {word}{part} party."
        for part in range(3)
    ]
    return source(f"file:///{number}.txt", *paragraphs, title=f"Harbour {number}")


def split(document: Document) -> list[Passage]:
    """A passage a paragraph, as ``made`` has them."""
    return [
        Passage(f"{document.id}:{b.start}-{b.end}", document.ref, (), (b.page or 0, b.page or 0), b.start, b.end,
                document.text[b.start : b.end])
        for b in document.blocks
    ]  # fmt: skip


@dataclass(frozen=True)
class Step:
    """One operation that is done wholly or not at all."""

    name: str
    collection: str = COLLECTIONS[0]
    put: dict[int, int] = field(default_factory=dict)
    removed: tuple[int, ...] = ()
    drops: bool = False
    copied_from: str | None = None

    def applied(self, library: Library) -> Library:
        after = {name: dict(versions) for name, versions in library.items()}
        if self.drops:
            after.pop(self.collection, None)
        if self.copied_from is not None:
            after[self.collection] = dict(library[self.copied_from])
        if self.put or self.removed:
            own = {**after.get(self.collection, {}), **self.put}
            after[self.collection] = {n: v for n, v in own.items() if n not in self.removed}
        return after

    def as_json(self) -> dict[str, Any]:
        return {**self.__dict__, "put": [*self.put.items()]}

    @classmethod
    def from_json(cls, told: dict[str, Any]) -> "Step":
        return cls(**{**told, "put": dict(told["put"]), "removed": tuple(told["removed"])})


class Journal:
    """What a worker began and ended, a line each, written by one system call: what was told before a kill is there."""

    def __init__(self, path: Path) -> None:
        self._file = path.open("ab", buffering=0)

    def begin(self, step: Step) -> None:
        self._write({"begin": step.as_json()})

    def end(self) -> None:
        self._write({"end": True})

    def _write(self, told: dict[str, Any]) -> None:
        self._file.write(json.dumps(told).encode() + b"\n")


def replayed(path: Path, library: Library) -> tuple[Library, Step | None]:
    """The library after all steps that ended, and the one that was begun and did not."""
    pending = None
    for line in path.read_text().splitlines() if path.exists() else ():
        told = json.loads(line)
        if "begin" in told:
            pending = Step.from_json(told["begin"])
        elif pending is not None:
            library, pending = pending.applied(library), None
    return library, pending
