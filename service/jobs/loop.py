"""Job after job, with one engine."""

import threading
import time
from collections.abc import Callable, Sequence

import structlog

from core.stages import stage
from ingest.find import find
from ingest.sources import Listing
from service.engine import Engine
from service.jobs.fencing import leave_token
from service.jobs.next_job import take_next
from service.jobs.run import JobRun
from service.jobs.store import JobStore
from service.jobs.uploads import open_uploads
from service.jobs.work import JobWork
from service.settings import Settings

_LOOK_EVERY_S = 0.2
# A worker that is killed loses nothing; only a power cut may lose the last notes of progress, never the job.
_PRAGMAS = ("synchronous = NORMAL",)

log = structlog.get_logger("footnoted")


class Worker:
    """Does job after job until it has been idle for ``settings.jobs.idle_s``, or ``stopping`` is set."""

    def __init__(self, settings: Settings, stopping: threading.Event) -> None:
        self._settings = settings
        self._stopping = stopping
        self._store = JobStore(settings.place, _PRAGMAS)
        self._uploads = open_uploads(settings.place)

    def run(self) -> None:
        """Raises IndexBroken where the data folder cannot be used; Conflict where another machine's worker does the
        jobs now; NotReady where the database is away."""
        token = leave_token(self._store)
        with Engine.open(self._settings) as engine:
            idle_since = time.monotonic()
            while not self._stopping.is_set():
                work = take_next(self._store, token)
                if work is not None:
                    self._do(engine, work)
                    idle_since = time.monotonic()
                elif time.monotonic() - idle_since >= self._settings.jobs.idle_s:
                    break
                else:
                    self._stopping.wait(_LOOK_EVERY_S)
        self._store.close()
        self._uploads.close()

    def _do(self, engine: Engine, work: JobWork) -> None:
        job = work.job
        log.info("job_started", job=job.id, kind=job.kind.value, collection=job.collection)
        with stage("job"):
            status = JobRun(engine, work, self._uploads, self._find, self._stopping).run()
        if status is None:
            log.info("job_put_back", job=job.id)
        else:
            log.info("job_settled", job=job.id, status=status.value)

    def _find(self, sources: Sequence[str], is_stopping: Callable[[], bool]) -> Listing:
        return find(sources, self._settings.web.rules(), self._settings.data_dir, is_stopping)
