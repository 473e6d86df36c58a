"""Patterns of paths, such as ``docs/**/*.md``: the files that match one now, and whether a known file would."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path, PurePath, PurePosixPath
from urllib.parse import unquote, urlsplit

from ingest.sources import walk

_ANY = "**"
_MAGIC = frozenset("*?[")


def is_glob(spec: str) -> bool:
    """Whether it has any of the special characters."""
    return not _MAGIC.isdisjoint(spec)


@dataclass(frozen=True, slots=True)
class Glob:
    """``base`` is the folder before the first special part; ``parts`` are matched below it.

    ``**`` stands for any number of folders. Hidden names have to be spelled out, as in a shell.
    Links to folders are not followed.
    """

    base: Path
    parts: tuple[str, ...]

    @classmethod
    def of(cls, spec: Path) -> "Glob":
        """From a path with special characters."""
        parts = spec.parts
        first = next(i for i, part in enumerate(parts) if is_glob(part))
        rest = tuple(part for i, part in enumerate(parts[first:], first) if part != _ANY or parts[i - 1] != _ANY)
        return cls(Path(*parts[:first]).resolve(), (*rest, "*") if rest[-1] == _ANY else rest)

    def __str__(self) -> str:
        return str(self.base.joinpath(*self.parts))

    def files(self, skip: Callable[[Path], bool] = lambda path: False) -> Iterator[Path | OSError]:
        """Those that match, in order; and why folders that may hold more cannot be read. Some may be skipped."""
        for found in walk(self.base, lambda relative: self._may_lead(relative) and not skip(self.base / relative)):
            if isinstance(found, OSError):
                yield found
                continue
            for name in found[1]:
                path = found[0] / name
                if _matches(self.parts, path.relative_to(self.base).parts):
                    yield path

    def matches(self, path: PurePath) -> bool:
        """Whether an absolute path does."""
        return path.is_relative_to(self.base) and _matches(self.parts, path.relative_to(self.base).parts)

    def matches_uri(self, uri: str) -> bool:
        """Whether a file's uri does; what is in an archive belongs to that."""
        address = urlsplit(uri.partition("!/")[0])
        return address.scheme == "file" and self.matches(PurePosixPath(unquote(address.path, errors="surrogateescape")))

    def may_be_above(self, path: PurePath) -> bool:
        """Whether something that matches may lie below an absolute path."""
        return path.is_relative_to(self.base) and self._may_lead(path.relative_to(self.base).as_posix())

    def _may_lead(self, relative: str) -> bool:
        """Whether something below a folder may match."""
        names = relative.split("/")
        for part, name in zip(self.parts, names, strict=False):
            if part == _ANY:
                shown = any(part.startswith(".") for part in self.parts)
                return shown or not any(name.startswith(".") for name in names)
            if not _is_like(name, part):
                return False
        return len(names) < len(self.parts)


def _matches(parts: Sequence[str], names: Sequence[str]) -> bool:
    if not parts or not names:
        return not parts and not names
    if parts[0] != _ANY:
        return _is_like(names[0], parts[0]) and _matches(parts[1:], names[1:])
    skips_one = not names[0].startswith(".") and _matches(parts, names[1:])
    return skips_one or _matches(parts[1:], names)


def _is_like(name: str, part: str) -> bool:
    return (part.startswith(".") or not name.startswith(".")) and fnmatchcase(name, part)
