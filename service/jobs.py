"""Ingest jobs: uploads that are read one after the other in the background, and outlive a restart."""

import queue
import shutil
import threading
import uuid
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath
from typing import Any, BinaryIO

import structlog
from sqlalchemy import JSON, Column, MetaData, RowMapping, String, Table, insert, select, update

from core.errors import FootnotedError, NotFound, ReadError
from index.schema import read, write
from service.engine import Engine
from service.ingestion import IngestReport

_metadata = MetaData()
_jobs = Table(
    "jobs",
    _metadata,
    Column("id", String, primary_key=True),
    Column("collection", String, nullable=False),
    Column("status", String, nullable=False),
    Column("created_at", String, nullable=False),
    Column("updated_at", String, nullable=False),
    Column("files", JSON, nullable=False),
)
_UNFINISHED = ("queued", "running")
_SEE_LOG = "The server's log has the details; please report it."

log = structlog.get_logger("footnoted")


@dataclass(frozen=True, slots=True)
class JobFile:
    """``status`` is queued, running, added, changed, unchanged or failed; ``error`` has code, message, hint."""

    name: str
    status: str = "queued"
    document_id: str | None = None
    error: dict[str, str] | None = None
    notes: tuple[str, ...] = ()
    passages: int = 0

    @property
    def is_settled(self) -> bool:
        return self.status not in _UNFINISHED


@dataclass(frozen=True, slots=True)
class Job:
    """``status`` is queued, running, done, partial (some files failed) or failed (all did)."""

    id: str
    collection: str
    status: str
    created_at: str
    updated_at: str
    files: tuple[JobFile, ...]

    @property
    def is_settled(self) -> bool:
        return self.status not in _UNFINISHED


class Jobs:
    """One worker thread; the uploaded bytes and the state of each job are on disk before ``submit`` returns.

    ``start`` takes up all that is unfinished in the data folder: one server a folder.
    """

    def __init__(self, engine: Engine, folder: Path) -> None:
        self._engine = engine
        self._database = engine.store.catalog.engine
        self._folder = folder
        self._stopping = False
        self._queue: queue.Queue[str | None] = queue.Queue()
        self._worker = threading.Thread(target=self._work, name="ingest", daemon=True)
        with write(self._database) as connection:
            _metadata.create_all(connection)

    def start(self) -> None:
        """Begin to work, with what a former process left undone first."""
        with read(self._database) as connection:
            left = select(_jobs.c.id).where(_jobs.c.status.in_(_UNFINISHED)).order_by(_jobs.c.created_at)
            for job_id in connection.execute(left).scalars():
                self._queue.put(job_id)
        self._worker.start()

    def stop(self) -> None:
        """Finish the file at hand; the rest waits for the next start."""
        self._stopping = True
        self._queue.put(None)
        self._worker.join(timeout=30)

    def submit(self, collection: str, files: Sequence[tuple[str, BinaryIO]]) -> Job:
        """Keep the uploads, and queue their reading. ``files`` are (name, readable) pairs."""
        job_id = f"job_{uuid.uuid4().hex}"
        folder = self._folder / job_id
        folder.mkdir(parents=True)
        for i, (_, source) in enumerate(files):
            with (folder / str(i)).open("wb") as target:
                shutil.copyfileobj(source, target)
        now = _now()
        named = tuple(JobFile(_file_name(name)) for name, _ in files)
        job = Job(job_id, collection, "queued", now, now, named)
        with write(self._database) as connection:
            connection.execute(insert(_jobs).values(**job_json(job)))
        self._queue.put(job_id)
        return job

    def get(self, job_id: str) -> Job:
        """Raises NotFound."""
        with read(self._database) as connection:
            row = connection.execute(select(_jobs).where(_jobs.c.id == job_id)).mappings().first()
        if row is None:
            raise NotFound(f"There is no job {job_id!r}.", "Ids of jobs come with the answer to an upload.")
        return _job_of(row)

    def recent(self, limit: int, collection: str | None = None) -> list[Job]:
        """The latest jobs, newest first."""
        query = select(_jobs).order_by(_jobs.c.created_at.desc(), _jobs.c.id).limit(limit)
        if collection is not None:
            query = query.where(_jobs.c.collection == collection)
        with read(self._database) as connection:
            return [_job_of(row) for row in connection.execute(query).mappings()]

    def _work(self) -> None:
        while (job_id := self._queue.get()) is not None and not self._stopping:
            try:
                self._run(job_id)
            except Exception:  # a border: the jobs behind it must be done; this one is tried again at the next start
                log.exception("job_crashed", job=job_id)

    def _run(self, job_id: str) -> None:
        job = self.get(job_id)
        files = list(job.files)

        def save(status: str) -> None:
            nonlocal job
            job = replace(job, status=status, updated_at=_now(), files=tuple(files))
            with write(self._database) as connection:
                connection.execute(update(_jobs).where(_jobs.c.id == job_id).values(**job_json(job)))

        for i, file in enumerate(files):
            if self._stopping:
                return
            if file.is_settled:
                continue
            files[i] = replace(file, status="running")
            save("running")
            files[i] = self._ingest(job, files[i], self._folder / job_id / str(i))
            save("running")
        with suppress(FootnotedError):  # deleted meanwhile, say; the next question refreshes it, or tells
            self._engine.store.refresh(job.collection)
        failed = sum(file.status == "failed" for file in files)
        save("failed" if failed == len(files) else "partial" if failed else "done")
        shutil.rmtree(self._folder / job_id, ignore_errors=True)

    def _ingest(self, job: Job, file: JobFile, path: Path) -> JobFile:
        report = IngestReport()
        uri = f"upload:{file.name}"
        try:
            data = path.read_bytes()
            document_id = self._engine.ingester.ingest_bytes(data, uri, file.name, job.collection, report)
        except FootnotedError as error:
            return _failed(file, error)
        except OSError as error:
            return _failed(file, ReadError(f"{file.name}: {error.strerror}.", "Send it again."))
        except Exception:  # whatever it is, the other files are read, and the job comes to an end
            log.exception("file_crashed", job=job.id, file=file.name)
            return _failed(file, FootnotedError(f"{file.name} could not be taken in.", _SEE_LOG))
        status = "added" if report.added else "changed" if report.changed else "unchanged"
        notes = tuple(note for _, note in report.notes)
        return replace(file, status=status, document_id=document_id, notes=notes, passages=report.passages)


def _file_name(given: str) -> str:
    """The last part of what the client calls the file, without what cannot be shown."""
    name = PurePosixPath(given.replace("\\", "/")).name
    return "".join(c for c in name if c.isprintable()).strip() or "upload"


def _job_of(row: RowMapping) -> Job:
    return Job(**{**row, "files": tuple(_file_of(file) for file in row["files"])})


def _file_of(stored: dict[str, Any]) -> JobFile:
    """Fields that another version wrote and this one does not know are passed over."""
    known = {name: value for name, value in stored.items() if name in JobFile.__dataclass_fields__}
    return JobFile(**{**known, "notes": tuple(stored.get("notes", ()))})


def _failed(file: JobFile, error: FootnotedError) -> JobFile:
    return replace(file, status="failed", error=error.as_dict())


def job_json(job: Job) -> dict[str, Any]:
    """As the database and the wire have it."""
    fields = {name: getattr(job, name) for name in Job.__dataclass_fields__ if name != "files"}
    files = [{name: getattr(file, name) for name in JobFile.__dataclass_fields__} for file in job.files]
    return {**fields, "files": files}


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds")
