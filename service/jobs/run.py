"""One job, done by the engine: batches of files, with those that a worker died of apart."""

import hashlib
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import structlog

from core.errors import FootnotedError, NotReady, ReadError
from index.building import BuildProgress
from ingest.read import reader_version
from ingest.sources import FileSource, Listing, Source
from service.engine import Engine
from service.ingestion.report import FileResult, FileStatus, Progress, Stage, Stopped
from service.jobs.at_hand import RefusedSource, stopped_reader, watched
from service.jobs.leftovers import Brought, rounds, suspect_batches
from service.jobs.records import JobKind, JobStatus
from service.jobs.uploads import Uploads
from service.jobs.work import JobWork, OpenFile

_WRITE_EVERY_S = 0.5
_LOOK_EVERY_S = 0.3
_AGAIN_S = 1.0
_SEE_LOG = "The server's log has the details; please report it."

log = structlog.get_logger("footnoted")

Find = Callable[[Sequence[str], Callable[[], bool]], Listing]
"""Is called with specifications, and what tells whether to stop."""


class JobRun:
    """Follows the ingester for the database. ``stopping`` is set when the worker is told to stop."""

    def __init__(self, engine: Engine, work: JobWork, uploads: Uploads, find: Find, stopping: threading.Event) -> None:
        self._engine = engine
        self._work = work
        self._uploads = uploads
        self._folder = Path()  # of the uploaded files, once they are here
        self._find = find
        self._stopping = stopping
        self._began = time.monotonic()
        self._before = 0  # files that earlier batches settled
        self._told = self._looked = 0.0
        self._cancelled = False
        self._brought = Brought(engine, work.job, work.open_files())
        self._stage: str | None = None

    # The listener

    def progress(self, progress: Progress) -> None:
        now = time.monotonic()
        if now - self._told < _WRITE_EVERY_S and progress.stage.value == self._stage:
            return
        self._told, self._stage = now, progress.stage.value
        self._work.progress(replace(progress, elapsed_s=now - self._began), self._before)

    def before_write(self) -> None:
        self._work.check()

    def settled(self, result: FileResult) -> None:
        self._work.settle(self._brought.told(result))

    def is_stopping(self) -> bool:
        now = time.monotonic()
        if not self._cancelled and now - self._looked >= _LOOK_EVERY_S:
            self._looked = now
            with suppress(NotReady):  # the next look may tell
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
                self._patiently(self._upload)
            elif self._work.job.kind is JobKind.REINDEX:
                self._patiently(self._reindex)
            else:
                self._patiently(self._sync)
        except FootnotedError as raised:
            error = raised
        except Exception:  # a border: the jobs behind it must be done
            log.exception("job_crashed", job=self._work.job.id)
            error = FootnotedError("The job could not be done.", _SEE_LOG)
        if error is None and not self._cancelled and self._stopping.is_set():
            self._work.put_back()
            return None
        status = self._verdict(error)
        self._finish(status, error)
        return status

    def _finish(self, status: JobStatus, error: FootnotedError | None) -> None:
        """What other machines could go on with goes only once the job is told to be done: this worker may have lost its
        turn without knowing. Raises Conflict where it has; NotReady where it is told to stop."""
        if not self._uploads.shared:
            self._uploads.forget(self._work.job.id)
        while True:
            try:
                self._work.finish(status, time.monotonic() - self._began, error)
                break
            except NotReady:
                if self._stopping.wait(_AGAIN_S):
                    raise
        if self._uploads.shared:
            try:
                self._uploads.forget(self._work.job.id)
            except FootnotedError as failed:  # a sweep finds them
                log.warning("uploads_not_forgotten", job=self._work.job.id, code=failed.code, message=failed.message)

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
        self._folder = self._uploads.folder(self._work.job.id)
        # Files that a worker died of, or beside, are read a few at a time, then alone: so it comes out which it was.
        open_files = self._work.open_files()
        fresh = rounds(file for file in open_files if not file.deaths)
        for batch in (*fresh, *suspect_batches([file for file in open_files if file.deaths])):
            if self.is_stopping():
                return
            error = self._tried(batch)
            if error is not None:
                self._one_by_one(batch, error)

    def _tried(self, batch: Sequence[OpenFile]) -> FootnotedError | None:
        """Why the batch could not be done, if it could not."""
        try:
            self._work.use_rows(batch)
            self._before = self._work.settled_count()
            self._patiently(lambda: self._ingest_files(batch))
        except NotReady:  # of the jobs' database: no file is to blame
            raise
        except FootnotedError as error:
            return error
        except Exception:  # whatever it is, the other files are read, and the job comes to an end
            log.exception("batch_crashed", job=self._work.job.id)
            return FootnotedError("The file could not be taken in.", _SEE_LOG)
        return None

    def _patiently(self, do: Callable[[], None]) -> None:
        """Again and again as long as another process holds the catalog, as the end of a long `reindex` does, or the
        database is away."""
        while True:
            try:
                return do()
            except NotReady as error:
                log.warning("job_waits", job=self._work.job.id, message=error.message)
            if self.is_stopping() or self._stopping.wait(_AGAIN_S):
                return

    def _ingest_files(self, batch: Sequence[OpenFile]) -> None:
        sources = [self._watched(self._file_source(file)) for file in batch]
        # What is pruned is only what an archive of the same name held before and this one does not.
        job = self._work.job
        self._engine.ingest_listing(Listing(sources), job.collection, self, retry_failed=True, marks=job.marks)
        if self.is_stopping():
            return
        given = {file.position for file in batch}
        for file in self._work.open_files():
            if file.position in given and not self._work.settle_archive(file):
                self._work.refuse(file.position, ReadError(f"{file.name} holds nothing to read.", "Look into it."))

    def _one_by_one(self, batch: Sequence[OpenFile], error: FootnotedError) -> None:
        """What stopped a batch stops one file only, or, twice in the same way, all that are left."""
        still_open = {file.position for file in self._work.open_files()}
        left = [file for file in batch if file.position in still_open]
        last: FootnotedError | None = None
        while left and not self.is_stopping():
            file = left.pop(0)
            again = error if len(batch) == 1 else self._tried([file])
            if again is None:
                last = None
                continue
            self._work.refuse(file.position, again)
            if last is not None and last.code == again.code:
                for other in left:
                    self._work.refuse(other.position, again)
                return
            last = again

    def _sync(self) -> None:
        job = self._work.job
        if self._stopping.is_set():
            return
        self._work.start_over()
        listing = self._find(job.sources, self.is_stopping)
        if self.is_stopping():
            return
        refused = self._work.refused()
        sources = [self._refused(one) if one.uri in refused else self._watched(one) for one in listing.sources]
        by_uri = {source.uri: source for source in sources}
        suspects = [file for file in self._work.open_files() if file.deaths and file.uri in by_uri]
        for batch in suspect_batches(suspects):
            if self.is_stopping():
                return
            few = Listing([by_uri[file.uri] for file in batch])
            self._engine.ingest_listing(
                few, job.collection, self, prune=False, retry_failed=job.retry_failed, marks=job.marks
            )
        if not self.is_stopping():
            listing.sources = sources
            self._engine.ingest_listing(
                listing, job.collection, self, prune=job.prune, retry_failed=job.retry_failed, marks=job.marks
            )

    def _reindex(self) -> None:
        def told(progress: BuildProgress) -> None:
            if self.is_stopping():
                raise Stopped
            self.progress(Progress(progress.done, progress.total, "", Stage.EMBEDDING, progress.passages))

        with suppress(Stopped):  # the next build goes on with what is there
            self._engine.reindex(self._work.job.collection, told)

    def _refused(self, source: Source) -> Source:
        """Not tried in this job; nor in a later one, as long as its bytes are the same."""
        error = stopped_reader(source.name)
        if isinstance(source, FileSource):
            store = self._engine.store
            collection = store.open_collection(self._work.job.collection)
            with suppress(OSError), source.path.open("rb") as file:  # gone meanwhile: nothing to remember
                digest = hashlib.file_digest(file, "sha256").hexdigest()
                store.catalog.note_failure(collection, source.uri, digest, reader_version(), error)
        return RefusedSource(source.uri, source.name, error)

    def _watched(self, source: Source) -> Source:
        return watched(source, self._work.begin)

    def _file_source(self, file: OpenFile) -> Source:
        path = self._folder / str(file.position)
        try:
            return FileSource(path, file.uri, file.name, path.stat().st_size)
        except OSError:
            lost = ReadError(f"{file.name} is not on the server any more.", "Send it again.")
            return RefusedSource(file.uri, file.name, lost)
