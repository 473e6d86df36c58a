"""Where documents come from: files and folders of this machine, and what was listed completely."""

import errno
import os
import stat
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from core.errors import ReadError, TooLarge

_NOT_THERE = frozenset({errno.ENOENT, errno.ENOTDIR, errno.ELOOP})  # a link in a circle leads to no file


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

    ``scope_of`` is the name of the scope that a source was found in, by uri. ``without`` is a folder, resolved, of
    which nothing is taken: Footnoted's own data are no documents. In another folder it is passed over.
    """

    sources: list[Source] = field(default_factory=list)
    failures: list[tuple[str, ReadError]] = field(default_factory=list)
    scopes: list[Scope] = field(default_factory=list)
    scope_of: dict[str, str] = field(default_factory=dict)
    without: Path | None = None
    _uris: set[str] = field(default_factory=set, init=False, repr=False)

    def __post_init__(self) -> None:
        self._uris.update(source.uri for source in self.sources)

    def __contains__(self, uri: str) -> bool:
        return uri in self._uris

    def add(self, source: Source, scope: str | None) -> None:
        """One more source, where it is not in yet."""
        if source.uri in self._uris:
            return
        self._uris.add(source.uri)
        self.sources.append(source)
        if scope is not None:
            self.scope_of[source.uri] = scope

    def is_own(self, path: Path) -> bool:
        """Whether it is in the folder of which nothing is taken, or leads there."""
        return self.without is not None and Path(os.path.realpath(path)).is_relative_to(self.without)

    def fail_own(self, path: Path) -> None:
        """What is named itself is refused with a word."""
        self.fail(str(path), f"{path} is in the data folder, {self.without}.", "Keep documents outside of it.")

    def skips(self, folder: Path) -> bool:
        """Whether the folder is the one to be passed over."""
        return self.without is not None and folder.name == self.without.name and folder.resolve() == self.without

    def fail(self, where: str, message: str, hint: str) -> None:
        self.failures.append((where, ReadError(message, hint)))


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


def find_sources(paths: Sequence[Path], without: Path | None = None) -> Listing:
    """Every file in or below the paths, hidden ones left out, and what is in the folder ``without``."""
    listing = Listing(without=without and without.resolve())
    for path in paths:
        add_path(listing, path)
    return listing


def add_path(listing: Listing, path: Path, scope: str | None = None) -> list[str]:
    """A file, or a folder with all below it; gives the uris of what could not be asked or read.

    ``scope`` names what the files belong to, where that is not the folder. A folder is listed whole in any case.
    """
    try:
        if not path.exists() and not path.is_symlink():
            listing.fail(str(path), f"{path} does not exist.", "Check the path.")
            return []
        if listing.is_own(path):
            listing.fail_own(path)
            return []
        is_folder = path.is_dir()
    except OSError:  # told as a file's
        is_folder = False
    if not is_folder:
        return add_files(listing, [path], scope)
    name = str(path.resolve())
    unreadable = add_files(listing, _below(path, listing.skips), scope or name)
    listing.scopes.append(Scope(name, _covers_folder(path.resolve(), unreadable)))
    return unreadable


def add_files(listing: Listing, found: Iterable[Path | OSError], scope: str | None) -> list[str]:
    """Files, and why folders among them cannot be read; gives the uris of what could not be asked or read."""
    unreadable: list[str] = []
    for file in found:
        if isinstance(file, OSError):
            unreadable.append(file_uri(Path(file.filename)))
            listing.fail(str(file.filename), f"{file.filename}: {file.strerror}.", "Check its permissions.")
            continue
        try:
            if stat.S_ISREG(file.stat().st_mode):
                if not listing.is_own(file):
                    listing.add(file_source(file), scope)
            else:  # a pipe, a socket
                listing.fail(str(file), f"{file} is not a file that can be read.", "Check what it is.")
        except OSError as error:
            if error.errno in _NOT_THERE:  # a link that leads nowhere, or it went a moment ago
                listing.fail(str(file), f"{file} is not a file that can be read.", "Check where it leads.")
            else:  # whether there is a file is not known
                unreadable.append(file_uri(file))
                listing.fail(str(file), f"{file} cannot be read: {error.strerror}.", "Check its disk and permissions.")
    return unreadable


def is_within(uri: str, places: Iterable[str]) -> bool:
    """Whether it is one of some files, in one of some folders or archives, all by uri."""
    return any(uri == place or uri.startswith((f"{place.rstrip('/')}/", f"{place}!/")) for place in places)


def file_uri(path: Path) -> str:
    """Of a path that may not be there. Unlike ``Path.resolve``, also of a link in a circle."""
    return Path(os.path.realpath(path)).as_uri()


def walk(folder: Path, enter: Callable[[str], bool]) -> Iterator[tuple[Path, list[str]] | OSError]:
    """Folders with the names of their files, in order; those that cannot be read last. ``enter`` is asked by name
    relative to the first folder. Links to folders are not followed."""
    unreadable: list[OSError] = []
    for at, folders, names in os.walk(folder, onerror=unreadable.append):
        here = Path(at).relative_to(folder)
        folders[:] = sorted(f for f in folders if enter((here / f).as_posix()))
        yield Path(at), sorted(names)
    yield from unreadable


def _below(folder: Path, skips: Callable[[Path], bool]) -> Iterator[Path | OSError]:
    def enter(relative: str) -> bool:
        return not relative.rpartition("/")[2].startswith(".") and not skips(folder / relative)

    for found in walk(folder, enter):
        if isinstance(found, OSError):
            yield found
        else:
            yield from (found[0] / name for name in found[1] if not name.startswith("."))


def _covers_folder(folder: Path, unreadable: Sequence[str]) -> Callable[[str, str | None], bool]:
    """A folder that cannot be read says nothing of what was in it; and a hidden file is not looked for.

    Links lead to files elsewhere: that they were found in the folder is on record.
    """
    start = folder.as_uri().rstrip("/") + "/"

    def covers(uri: str, scope: str | None) -> bool:
        if not uri.startswith(start):
            return scope == str(folder) and not unreadable  # else the link may be in what could not be read
        shown = scope == str(folder) or "/." not in f"/{uri.removeprefix(start)}"
        return shown and not is_within(uri, unreadable)

    return covers
