"""What the routes ask of jobs: to queue, to tell and to cancel them."""

from collections.abc import Sequence
from contextlib import suppress
from typing import BinaryIO

from core.errors import FootnotedError
from index.marks import NO_MARKS, Marks
from service.engine import Engine
from service.jobs.records import Job
from service.jobs.store import JobStore, new_id
from service.jobs.supervisor import Supervisor
from service.jobs.uploads import file_name, open_uploads
from service.request_key import RequestKey
from service.settings import Settings


class Jobs:
    """The jobs of a data folder or database, and the worker that does them while the server runs."""

    def __init__(self, engine: Engine, settings: Settings) -> None:
        self.store = JobStore(settings.place)
        self._uploads = open_uploads(settings.place)
        self._supervisor = Supervisor(engine, self.store, self._uploads, settings)

    def start(self) -> None:
        """Begin to work, with what a former process left undone first."""
        self._supervisor.start()

    def stop(self) -> None:
        """What is at hand waits for the next start."""
        self._supervisor.stop()
        self._uploads.close()
        self.store.close()

    def submit_upload(
        self,
        collection: str,
        files: Sequence[tuple[str, BinaryIO]],
        marks: Marks = NO_MARKS,
        request: RequestKey | None = None,
    ) -> Job:
        """Keep the uploads, and queue their reading. ``files`` are (name, readable) pairs; all get the marks.

        A second try of a request gives the job of the first. Raises InvalidRequest where the key stands for another.
        """
        if request is not None and (same := self.store.of_request(request)) is not None:
            return same
        job_id = new_id()
        try:
            self._uploads.keep(job_id, [source for _, source in files])
        except BaseException:
            with suppress(FootnotedError):  # the error at hand is the one to see; a sweep removes it
                self._uploads.forget(job_id)
            raise
        try:
            job = self.store.add_upload(job_id, collection, [file_name(name) for name, _ in files], marks, request)
        except BaseException:
            if not self._uploads.shared:  # a server may have made the job, and only its answer was lost
                self._uploads.forget(job_id)
            raise
        if job.id != job_id:  # two tries at once
            self._uploads.forget(job_id)
        self._supervisor.wake()
        return job

    def submit_sync(
        self, collection: str, sources: Sequence[str], *, prune: bool, retry_failed: bool, marks: Marks = NO_MARKS
    ) -> Job:
        """Queue a look through places: paths of this machine, or addresses."""
        job = self.store.add_sync(collection, sources, prune=prune, retry_failed=retry_failed, marks=marks)
        self._supervisor.wake()
        return job

    def submit_reindex(self, collection: str) -> Job:
        """Queue the building anew of a collection. Raises Conflict where that waits or runs already."""
        job = self.store.add_reindex(collection)
        self._supervisor.wake()
        return job

    def get(self, job_id: str) -> Job:
        """A job is told to be settled once questions find what it brought. Raises NotFound."""
        job = self.store.get(job_id)
        if job.is_settled:
            self._supervisor.show(job)
        return job

    def cancel(self, job_id: str) -> Job:
        """Raises NotFound, Conflict."""
        job = self.store.cancel(job_id)
        if job.is_settled:
            self._uploads.forget(job_id)
        return job
