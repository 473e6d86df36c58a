"""A job, its files, and how both are written as JSON."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any

from core.errors import FootnotedError
from index.marks import NO_MARKS, Marks
from service.timestamps import timestamp, utc_now

MAX_FILES_TOLD = 500
"""Files in the JSON of one job; ``files_left_out`` tells how many more there are."""
_MAX_MESSAGE = 1000  # characters of a reason, a hint or a note: what a parser says of a hostile file has no end
_MAX_NOTES = 10
_UNFINISHED = ("queued", "running")


class JobKind(StrEnum):
    """Files that were sent, places that the worker looks through itself, or a collection built anew."""

    UPLOAD = "upload"
    SYNC = "sync"
    REINDEX = "reindex"


class JobStatus(StrEnum):
    """``PARTIAL``: some files failed; ``FAILED``: all did, or the job itself."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    PARTIAL = "partial"
    FAILED = "failed"
    CANCELLED = "cancelled"

    @property
    def is_settled(self) -> bool:
        return self.value not in _UNFINISHED


@dataclass(frozen=True, slots=True)
class JobFile:
    """``status`` is queued, running, cancelled or a FileStatus; ``error`` has code, message, hint."""

    uri: str
    name: str
    status: str = "queued"
    document_id: str | None = None
    error: Mapping[str, str] | None = None
    notes: tuple[str, ...] = ()
    passages: int = 0

    @property
    def is_settled(self) -> bool:
        return self.status not in _UNFINISHED


@dataclass(frozen=True, slots=True)
class JobProgress:
    """``done`` of ``total`` files are settled; ``name`` and ``stage`` are of the one at hand, None between files.

    ``passages`` counts those embedded; times are in seconds since the job was last taken up, ``remaining_s`` None
    until there is enough to found an estimate on.
    """

    done: int = 0
    total: int = 0
    name: str | None = None
    stage: str | None = None
    passages: int = 0
    elapsed_s: float = 0.0
    remaining_s: float | None = None


@dataclass(frozen=True, slots=True)
class Job:
    """``files`` are those of an upload in the order sent; of a sync those that were not unchanged, failed ones first.

    ``counts`` maps what became of the files to how many; ``error`` is why the job as a whole failed.
    ``sources`` are the places that a sync looks through, ``marks`` what all documents of the job get.
    """

    id: str
    kind: JobKind
    collection: str
    status: JobStatus
    created_at: str
    updated_at: str
    sources: tuple[str, ...] = ()
    prune: bool = False
    retry_failed: bool = False
    progress: JobProgress = JobProgress()
    counts: Mapping[str, int] = field(default_factory=dict)
    error: Mapping[str, str] | None = None
    is_cancelling: bool = False
    files: tuple[JobFile, ...] = ()
    files_left_out: int = 0
    marks: Marks = NO_MARKS

    @property
    def is_settled(self) -> bool:
        return self.status.is_settled


def job_json(job: Job) -> dict[str, Any]:
    """As the wire has it."""
    return {
        "id": job.id,
        "kind": job.kind.value,
        "collection": job.collection,
        "status": job.status.value,
        "created_at": job.created_at,
        "updated_at": job.updated_at,
        "sources": list(job.sources),
        "progress": asdict(job.progress),
        "counts": dict(job.counts),
        "error": job.error and dict(job.error),
        "is_cancelling": job.is_cancelling,
        "files": [asdict(file) for file in job.files],
        "files_left_out": job.files_left_out,
    }


def error_json(error: FootnotedError) -> dict[str, str]:
    """Code, message and hint, of bounded length."""
    return {key: shortened(value) for key, value in error.as_dict().items()}


def bounded_notes(notes: Sequence[str]) -> tuple[str, ...]:
    return tuple(shortened(note) for note in notes[:_MAX_NOTES])


def shortened(text: str) -> str:
    return text if len(text) <= _MAX_MESSAGE else f"{text[:_MAX_MESSAGE]}…"


def now() -> str:
    """The time of a record: UTC, ISO 8601 with milliseconds."""
    return timestamp(utc_now())
