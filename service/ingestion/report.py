"""What an ingest tells while it runs, and what became of it."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import NamedTuple, Protocol

from core.errors import FootnotedError


class FileStatus(StrEnum):
    """What became of a source. ``MOVED``: the same bytes at another address than before."""

    ADDED = "added"
    CHANGED = "changed"
    MOVED = "moved"
    UNCHANGED = "unchanged"
    REMOVED = "removed"
    FAILED = "failed"


class Stage(StrEnum):
    """What is being done to the source at hand."""

    FINDING = "finding"
    READING = "reading"
    EMBEDDING = "embedding"
    FINISHING = "finishing"


class Failure(NamedTuple):
    """A source that could not be ingested."""

    uri: str
    error: FootnotedError


@dataclass(frozen=True, slots=True)
class FileResult:
    """A source that is settled. ``moved_from`` is the address that a moved one had before."""

    uri: str
    name: str
    status: FileStatus
    document_id: str | None = None
    passages: int = 0
    notes: tuple[str, ...] = ()
    error: FootnotedError | None = None
    moved_from: str | None = None


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a batch is: sources settled of ``total``, the one at hand and its stage.

    ``passages`` counts those embedded so far. ``remaining_s`` is an estimate in seconds, None until there is
    enough to found one on.
    """

    done: int
    total: int
    name: str
    stage: Stage
    passages: int = 0
    elapsed_s: float = 0.0
    remaining_s: float | None = None


class Listener(Protocol):
    """Whoever follows a batch. Called from the thread that runs it, often: it has to be quick."""

    def progress(self, progress: Progress) -> None: ...

    def before_write(self) -> None:
        """Documents are about to be written to the catalog, or removed; what is raised here keeps them from it."""
        ...

    def settled(self, result: FileResult) -> None:
        """A source is through; what it brought is in the catalog."""
        ...

    def is_stopping(self) -> bool:
        """Whether to stop soon; what is settled stays, the rest is as it was."""
        ...


class Silent:
    """A listener that wants to know nothing and never stops."""

    def progress(self, progress: Progress) -> None:
        pass

    def before_write(self) -> None:
        pass

    def settled(self, result: FileResult) -> None:
        pass

    def is_stopping(self) -> bool:
        return False


def gone_meanwhile(uri: str, name: str) -> FileResult:
    """Of a document that was to be read again and is deleted or replaced: nothing is done to it."""
    return FileResult(uri, name, FileStatus.UNCHANGED)


class Stopped(Exception):
    """The listener wants to end; what is settled stays."""


@dataclass(slots=True)
class IngestReport:
    """What became of a batch. ``notes`` are oddities of sources that are in all the same.

    ``results`` has every source that was not unchanged. A plan (``dry_run``) has the same form, with nothing written.
    """

    added: int = 0
    changed: int = 0
    moved: int = 0
    unchanged: int = 0
    removed: int = 0
    passages: int = 0
    seconds: float = 0.0
    stopped: bool = False
    failed: list[Failure] = field(default_factory=list)
    notes: list[tuple[str, str]] = field(default_factory=list)
    results: list[FileResult] = field(default_factory=list)

    def add(self, result: FileResult) -> None:
        """Count a settled source."""
        match result.status:
            case FileStatus.FAILED:
                assert result.error is not None
                self.failed.append(Failure(result.uri, result.error))
            case FileStatus.ADDED:
                self.added += 1
            case FileStatus.CHANGED:
                self.changed += 1
            case FileStatus.MOVED:
                self.moved += 1
            case FileStatus.UNCHANGED:
                self.unchanged += 1
            case FileStatus.REMOVED:
                self.removed += 1
        self.passages += result.passages
        self.notes += [(result.uri, note) for note in result.notes]
        if result.status is not FileStatus.UNCHANGED:
            self.results.append(result)
