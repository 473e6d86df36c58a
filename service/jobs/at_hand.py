"""Sources that tell when they are taken up, so that what kills the worker is known by name."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from core.errors import ReadError
from ingest.sources import Content, FileSource, Source

Begin = Callable[[str, str, bool], None]
"""Is called with the uri, the name and whether there is a document, before a source is read."""


def watched(source: Source, begin: Begin) -> Source:
    """The source, with ``begin`` called before it is read."""
    if isinstance(source, FileSource):
        return _WatchedFile(source.path, source.uri, source.name, source.size, begin)
    return _WatchedSource(source, begin)


@dataclass(frozen=True, slots=True)
class _WatchedFile(FileSource):
    """The ingester loads a file once to compare its bytes, and again to read them."""

    begin: Begin = lambda uri, name, is_known: None
    _loads: list[None] = field(default_factory=list)

    def load(self, known: Mapping[str, str], max_bytes: int) -> Content | None:
        if self._loads:
            self.begin(self.uri, self.name, bool(known))
        self._loads.append(None)
        return FileSource.load(self, known, max_bytes)


@dataclass(frozen=True, slots=True)
class _WatchedSource:
    """What has to be fetched is loaded once."""

    source: Source
    begin: Begin

    @property
    def uri(self) -> str:
        return self.source.uri

    @property
    def name(self) -> str:
        return self.source.name

    @property
    def size(self) -> int | None:
        return self.source.size

    def load(self, known: Mapping[str, str], max_bytes: int) -> Content | None:
        self.begin(self.uri, self.name, bool(known))
        return self.source.load(known, max_bytes)


@dataclass(frozen=True, slots=True)
class RefusedSource:
    """A source that is not tried, and why; its document, if it has one, stays."""

    uri: str
    name: str
    error: ReadError
    size: int | None = None

    def load(self, known: Mapping[str, str], max_bytes: int) -> Content | None:
        """Raises ``error``."""
        raise self.error


def stopped_reader(name: str) -> ReadError:
    """Why a file is given up."""
    return ReadError(
        f"{name} stopped the reader twice.",
        "Its reading took more memory than there is, or crashed. Save it anew from its own program, or split it.",
    )
