"""Paths to source files: folders walked in order, hidden files left out."""

import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from core.errors import ReadError


@dataclass(frozen=True, slots=True)
class SourceFile:
    """A file to ingest. ``uri`` is its absolute ``file:`` URI and its identity in a collection."""

    path: Path
    uri: str

    @property
    def name(self) -> str:
        return self.path.name


def source_file(path: Path) -> SourceFile:
    resolved = path.resolve()
    return SourceFile(resolved, resolved.as_uri())


def find_sources(paths: Iterable[Path]) -> Iterator[SourceFile | tuple[str, ReadError]]:
    """Every file in or below the paths, each once, or the reason why a path gives none."""
    seen: set[str] = set()
    for path in paths:
        if not path.exists():
            yield str(path), ReadError(f"{path} does not exist.", "Check the path.")
            continue
        for file in _files(path):
            if isinstance(file, OSError):
                yield str(file.filename), ReadError(f"{file.filename}: {file.strerror}.", "Check its permissions.")
                continue
            if not file.is_file():  # a link that leads nowhere or in a circle, a pipe, a socket
                yield str(file), ReadError(f"{file} is not a file that can be read.", "Check where it leads.")
                continue
            source = source_file(file)
            if source.uri not in seen:
                seen.add(source.uri)
                yield source


def _files(path: Path) -> Iterator[Path | OSError]:
    if not path.is_dir():
        yield path
        return
    unreadable: list[OSError] = []
    for folder, folders, names in os.walk(path, onerror=unreadable.append):
        folders[:] = sorted(f for f in folders if not f.startswith("."))
        for name in sorted(names):
            if not name.startswith("."):
                yield Path(folder) / name
    yield from unreadable
