"""One job, done by the engine: batches of files, with those that a worker died of apart."""

import shutil
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from pathlib import Path

import structlog

from core.errors import FootnotedError, ReadError
from ingest.sources import FileSource, Listing, Source
from service.engine import Engine
from service.ingestion.report import FileResult, FileStatus, Progress
from service.jobs.at_hand import RefusedSource, stopped_reader, watched
from service.jobs.records import JobKind, JobStatus
from service.jobs.work import JobWork, OpenFile

_WRITE_EVERY_S = 0.5
_LOOK_EVERY_S = 0.3
_FEW = 16
_SEE_LOG = "The server's log has the details; please report it."

log = structlog.get_logger("footnoted")

Find = Callable[[Sequence[str]], Listing]


class JobRun:
    """Follows the ingester for the database. ``stopping`` is set when the worker is told to stop."""

    def __init__(self, engine: Engine, work: JobWork, uploads: Path, find: Find, stopping: threading.Event) -> None:
        self._engine = engine
        self._work = work
        self._folder = uploads / work.job.id
        self._find = find
        self._stopping = stopping
        self._writing = threading.Lock()  # sources are loaded by several threads
        self._began = time.monotonic()
        self._before = 0  # files that earlier batches settled
        self._told = self._looked = 0.0
        self._cancelled = False
        self._stage: str | None = None

    # The listener

    def progress(self, progress: Progress) -> None:
        now = time.monotonic()
        if now - self._told < _WRITE_EVERY_S and progress.stage.value == self._stage:
            return
        self._told, self._stage = now, progress.stage.value
        with self._writing:
            self._work.progress(replace(progress, elapsed_s=now - self._began), self._before)

    def settled(self, result: FileResult) -> None:
        with self._writing:
            self._work.settle(result)

    def is_stopping(self) -> bool:
        now = time.monotonic()
        if not self._cancelled and now - self._looked >= _LOOK_EVERY_S:
            self._looked = now
            self._cancelled = self._work.is_cancelled()
        return self._cancelled or self._stopping.is_set()

    # The job

    def run(self) -> JobStatus | None:
        """What became of it; None where the worker is told to stop, and the next one goes on with it."""
        error = None
        try:
            if self._work.is_cancelled():
                self._cancelled = True
            elif self._work.job.kind is JobKind.UPLOAD:
                self._upload()
            else:
                self._sync()
        except FootnotedError as raised:
            error = raised
        except Exception:  # a border: the jobs behind it must be done
            log.exception("job_crashed", job=self._work.job.id)
            error = FootnotedError("The job could not be done.", _SEE_LOG)
        if error is None and not self._cancelled and self._stopping.is_set():
            self._work.put_back()
            return None
        status = self._verdict(error)
        shutil.rmtree(self._folder, ignore_errors=True)  # every file is settled, or will not be read any more
        self._work.finish(status, time.monotonic() - self._began, error)
        return status

    def _verdict(self, error: FootnotedError | None) -> JobStatus:
        if error is not None:
            return JobStatus.FAILED
        if self._cancelled:
            return JobStatus.CANCELLED
        counts = self._work.counts()
        failed = counts.pop(FileStatus.FAILED.value, 0)
        if not failed:
            return JobStatus.DONE
        return JobStatus.PARTIAL if any(counts.values()) else JobStatus.FAILED

    def _upload(self) -> None:
        # Files that a worker died of, or beside, are read a few at a time, then alone: so it comes out which it was.
        open_files = self._work.open_files()
        rounds = _rounds(file for file in open_files if not file.deaths)
        suspects = [file for file in open_files if file.deaths]
        for batch in (*rounds, *_suspect_batches(suspects)):
            if self.is_stopping():
                return
            self._upload_batch(batch)

    def _upload_batch(self, batch: Sequence[OpenFile]) -> None:
        try:
            self._ingest_files(batch)
        except FootnotedError as error:
            self._one_by_one(batch, error)
        except Exception:  # whatever it is, the other files are read, and the job comes to an end
            log.exception("batch_crashed", job=self._work.job.id)
            self._one_by_one(batch, FootnotedError("The file could not be taken in.", _SEE_LOG))

    def _ingest_files(self, batch: Sequence[OpenFile]) -> None:
        self._before = self._work.settled_count()
        self._work.use_rows(batch)
        sources = [self._watched(self._file_source(file)) for file in batch]
        self._engine.ingest_listing(Listing(sources), self._work.job.collection, self, prune=False, retry_failed=True)
        if self.is_stopping():
            return
        given = {file.position for file in batch}
        for file in self._work.open_files():
            if file.position in given and not self._work.settle_archive(file):
                self._work.refuse(file.position, ReadError(f"{file.name} holds nothing to read.", "Look into it."))

    def _one_by_one(self, batch: Sequence[OpenFile], error: FootnotedError) -> None:
        """What stopped a batch stops one file only, or, twice in the same way, all that are left."""
        open_positions = {file.position for file in self._work.open_files()}
        left = [file for file in batch if file.position in open_positions]
        if len(batch) == 1:
            for file in left:
                self._work.refuse(file.position, error)
            return
        last: FootnotedError | None = None
        for i, file in enumerate(left):
            if self.is_stopping():
                return
            try:
                self._ingest_files([file])
                last = None
            except FootnotedError as again:
                self._work.refuse(file.position, again)
                if last is not None and last.code == again.code:
                    for other in left[i + 1 :]:
                        self._work.refuse(other.position, again)
                    return
                last = again

    def _sync(self) -> None:
        job = self._work.job
        if self._stopping.is_set():
            return
        listing = self._find(job.sources)
        refused = self._work.refused()
        sources = [self._refused(one) if one.uri in refused else self._watched(one) for one in listing.sources]
        by_uri = {source.uri: source for source in sources}
        suspects = [file for file in self._work.open_files() if file.deaths and file.uri in by_uri]
        for batch in _suspect_batches(suspects):
            if self.is_stopping():
                return
            few = Listing([by_uri[file.uri] for file in batch])
            self._engine.ingest_listing(few, job.collection, self, prune=False, retry_failed=job.retry_failed)
        if not self.is_stopping():
            listing.sources = sources
            self._engine.ingest_listing(listing, job.collection, self, prune=job.prune, retry_failed=job.retry_failed)

    def _refused(self, source: Source) -> Source:
        return RefusedSource(source.uri, source.name, stopped_reader(source.name))

    def _watched(self, source: Source) -> Source:
        return watched(source, self._begin)

    def _begin(self, uri: str, name: str) -> None:
        with self._writing:
            self._work.begin(uri, name)

    def _file_source(self, file: OpenFile) -> Source:
        path = self._folder / str(file.position)
        try:
            return FileSource(path, file.uri, file.name, path.stat().st_size)
        except OSError:
            lost = ReadError(f"{file.name} is not on the server any more.", "Send it again.")
            return RefusedSource(file.uri, file.name, lost)


def _suspect_batches(suspects: Sequence[OpenFile]) -> list[list[OpenFile]]:
    """Those that were at hand at one death a few at a time, those of more alone."""
    once = _rounds(file for file in suspects if file.deaths == 1)
    few = [one[i : i + _FEW] for one in once for i in range(0, len(one), _FEW)]
    return [*few, *([file] for file in suspects if file.deaths > 1)]


def _rounds(batch: Iterable[OpenFile]) -> list[list[OpenFile]]:
    """A name that was sent twice is read twice, the later one last."""
    rounds: list[list[OpenFile]] = []
    times: dict[str, int] = {}
    for file in batch:
        turn = times.get(file.uri, 0)
        times[file.uri] = turn + 1
        if turn == len(rounds):
            rounds.append([])
        rounds[turn].append(file)
    return rounds
