"""What the routes ask of jobs: to queue, to tell and to cancel them."""

import shutil
from collections.abc import Sequence
from typing import BinaryIO

from index.marks import NO_MARKS, Marks
from service.engine import Engine
from service.jobs.records import Job
from service.jobs.store import JobStore, new_id
from service.jobs.supervisor import Supervisor
from service.jobs.uploads import file_name, keep_upload
from service.settings import Settings


class Jobs:
    """The jobs of a data folder, and the worker that does them while the server runs."""

    def __init__(self, engine: Engine, settings: Settings) -> None:
        self.store = JobStore(settings.data_dir)
        self._folder = settings.data_dir / "uploads"
        self._supervisor = Supervisor(engine, self.store, settings)

    def start(self) -> None:
        """Begin to work, with what a former process left undone first."""
        self._supervisor.start()

    def stop(self) -> None:
        """What is at hand waits for the next start."""
        self._supervisor.stop()
        self.store.close()

    def submit_upload(self, collection: str, files: Sequence[tuple[str, BinaryIO]], marks: Marks = NO_MARKS) -> Job:
        """Keep the uploads, and queue their reading. ``files`` are (name, readable) pairs; all get the marks."""
        job_id = new_id()
        folder = self._folder / job_id
        try:
            keep_upload(folder, [source for _, source in files])
            job = self.store.add_upload(job_id, collection, [file_name(name) for name, _ in files], marks)
        except BaseException:
            shutil.rmtree(folder, ignore_errors=True)
            raise
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
            shutil.rmtree(self._folder / job_id, ignore_errors=True)
        return job
