"""Where documents come from: files and folders of this machine, and what was listed completely."""

import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from core.errors import ReadError, TooLarge


@dataclass(frozen=True, slots=True)
class Content:
    """The bytes of a source, and what its next load wants to know of this one, such as an ETag."""

    data: bytes
    metadata: Mapping[str, str] = field(default_factory=dict)


class Source(Protocol):
    """Something that can be loaded and read.

    ``uri`` is its identity in a collection, ``name`` a file name: for messages and text formats. ``size`` is in
    bytes, None where it is not known before the load.
    """

    @property
    def uri(self) -> str: ...

    @property
    def name(self) -> str: ...

    @property
    def size(self) -> int | None: ...

    def load(self, known: Mapping[str, str], max_bytes: int) -> Content | None:
        """The bytes; None where the place itself says that they are as at the load that gave ``known``.

        Raises ReadError; TooLarge beyond ``max_bytes``, before all of it is in memory.
        """
        ...


@dataclass(frozen=True, slots=True)
class FileSource:
    """A file of this machine. ``uri`` is its absolute ``file:`` URI where none is given."""

    path: Path
    uri: str
    name: str
    size: int | None = None

    def load(self, known: Mapping[str, str], max_bytes: int) -> Content | None:
        """Always the bytes: what changed is told by them, not by the clock of a disk."""
        try:
            check_size(self.path.stat().st_size, self.name, max_bytes)
            return Content(self.path.read_bytes())
        except OSError as error:
            raise ReadError(f"{self.name} cannot be read: {error.strerror}.", "Check its permissions.") from error


@dataclass(frozen=True, slots=True)
class Scope:
    """A place that was listed completely, so that what it covers and does not hold any more is gone.

    ``covers`` is asked with the uri of a known document and the name of the scope that it was last found in.
    """

    name: str
    covers: Callable[[str, str | None], bool]


@dataclass(slots=True)
class Listing:
    """What some specifications name: sources in order, each once; why others give none; what was listed whole.

    ``scope_of`` is the name of the scope that a source was found in, by uri.
    """

    sources: list[Source] = field(default_factory=list)
    failures: list[tuple[str, ReadError]] = field(default_factory=list)
    scopes: list[Scope] = field(default_factory=list)
    scope_of: dict[str, str] = field(default_factory=dict)


def check_size(size: int, name: str, max_bytes: int) -> None:
    """Raises TooLarge, so that a source can be refused before it is loaded."""
    if size > max_bytes:
        raise TooLarge(
            f"{name} has {size / 1024**2:.0f} MiB; the limit is {max_bytes / 1024**2:.0f} MiB.",
            "Split the file, or raise the setting ingest.max_file_mb.",
        )


def file_source(path: Path) -> FileSource:
    resolved = path.resolve()
    return FileSource(resolved, resolved.as_uri(), resolved.name, resolved.stat().st_size)


def is_below(uri: str, folder: Path) -> bool:
    """Whether a file's uri lies in or below the folder."""
    return uri.startswith(folder.resolve().as_uri().rstrip("/") + "/")


def find_sources(paths: Sequence[Path]) -> Listing:
    """Every file in or below the paths, hidden ones left out."""
    listing = Listing()
    seen: set[str] = set()
    for path in paths:
        if not path.exists():
            listing.failures.append((str(path), ReadError(f"{path} does not exist.", "Check the path.")))
            continue
        unreadable: list[Path] = []
        for file in _files(path):
            if isinstance(file, OSError):
                unreadable.append(Path(file.filename))
                reason = ReadError(f"{file.filename}: {file.strerror}.", "Check its permissions.")
                listing.failures.append((str(file.filename), reason))
                continue
            if not file.is_file():  # a link that leads nowhere or in a circle, a pipe, a socket
                reason = ReadError(f"{file} is not a file that can be read.", "Check where it leads.")
                listing.failures.append((str(file), reason))
                continue
            source = file_source(file)
            if source.uri not in seen:
                seen.add(source.uri)
                listing.sources.append(source)
        if path.is_dir():
            listing.scopes.append(_folder_scope(path, unreadable))
    return listing


def _folder_scope(folder: Path, unreadable: Iterable[Path]) -> Scope:
    """A folder that cannot be read says nothing of what was in it."""
    lost = list(unreadable)
    return Scope(str(folder), lambda uri, _: is_below(uri, folder) and not any(is_below(uri, p) for p in lost))


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
