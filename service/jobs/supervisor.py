"""The server's side of the worker: there when there is work, gone when there is none."""

import threading
import time
from collections import OrderedDict
from contextlib import suppress

import structlog

from core.errors import FootnotedError, NotFound
from index.building import sweep
from index.place_lock import open_lock
from service.engine import Engine
from service.jobs.process import WorkerProcess
from service.jobs.records import Job
from service.jobs.store import JobStore
from service.jobs.uploads import Uploads
from service.settings import Settings

_LOCK_FILE = "supervisor.lock"
_LOOK_EVERY_S = 0.5
_REFRESH_EVERY_S = 10.0
_REFRESH_SHARE = 0.05  # of the time may go into bringing the index up to date while a job runs
_DAY_S = 24 * 60 * 60
_REMEMBERED = 10_000

log = structlog.get_logger("footnoted")


class Supervisor:
    """A thread that starts the worker when something is unfinished, and keeps this process's index up to date.

    What a job brought is in the index of this process before the job is told to be settled, so that no question
    has to wait for that.
    """

    def __init__(self, engine: Engine, store: JobStore, uploads: Uploads, settings: Settings) -> None:
        self._engine = engine
        self._store = store
        self._uploads = uploads
        self._settings = settings
        self._process = WorkerProcess(settings)
        # Of several processes on a data folder or database one looks after the worker; another when that one ends.
        self._lock = open_lock(settings.place, _LOCK_FILE)
        self._wake = threading.Event()
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._work, name="jobs", daemon=True)
        self._running: dict[str, str] = {}  # id to collection of what was unfinished at the last look
        self._shown: OrderedDict[str, None] = OrderedDict()  # settled jobs whose documents are in the index
        self._guard = threading.Lock()
        self._next_refresh = 0.0
        self._next_sweep = 0.0
        self._next_sweep_here = 0.0

    def start(self) -> None:
        self._thread.start()

    def wake(self) -> None:
        """Something was queued."""
        self._wake.set()

    def stop(self) -> None:
        """The worker writes what is done; the rest waits for the next start."""
        self._stopping.set()
        self._wake.set()
        if self._thread.is_alive():
            self._thread.join()
        self._process.stop()
        self._lock.release()

    def show(self, job: Job) -> None:
        """Have what a settled job brought in the index; quick where that was done before."""
        with self._guard:
            if job.id in self._shown:
                return
        self._refresh(job.collection)
        with self._guard:
            self._shown[job.id] = None
            while len(self._shown) > _REMEMBERED:
                self._shown.popitem(last=False)

    def _work(self) -> None:
        while not self._stopping.is_set():
            try:
                self._look()
            except FootnotedError as error:
                log.error("jobs_not_looked_at", code=error.code, message=error.message)
            except Exception:  # a border: the next look may succeed, and without it no job is ever done
                log.exception("jobs_not_looked_at")
            self._wake.wait(_LOOK_EVERY_S)
            self._wake.clear()

    def _look(self) -> None:
        unfinished = dict(self._store.unfinished())
        if unfinished and self._lock.acquire():
            self._process.start()
        else:
            self._process.look()
        for job_id in self._running.keys() - unfinished.keys():
            self.show(self._store.get(job_id, max_files=0))
        self._running = unfinished
        now = time.monotonic()
        if unfinished and now >= self._next_refresh:
            self._refresh(next(iter(unfinished.values())))
            took = time.monotonic() - now
            self._next_refresh = now + max(_REFRESH_EVERY_S, took / _REFRESH_SHARE)
        if now >= self._next_sweep and self._lock.acquire():
            self._next_sweep = now + _DAY_S
            self._sweep()
        if now >= self._next_sweep_here:
            self._next_sweep_here = now + _DAY_S
            self._sweep_here()

    def _refresh(self, collection: str) -> None:
        try:
            self._engine.store.refresh(collection)
        except NotFound:  # deleted, or nothing is in it yet
            pass
        except FootnotedError as error:  # the next question refreshes it, or tells
            log.warning("not_refreshed", collection=collection, code=error.code, message=error.message)

    def _sweep(self) -> None:
        forgotten = self._store.sweep(self._settings.jobs.keep_days)
        removed = self._uploads.sweep(self._store)
        sweep(self._engine.store)
        if forgotten or removed:
            log.info("jobs_swept", jobs=forgotten, uploads=removed)

    def _sweep_here(self) -> None:
        """What every machine has of its own."""
        self._uploads.sweep_here(self._store)
        for left in (self._settings.data_dir / "exports").glob("*"):  # whose download was cut off by a kill
            with suppress(FileNotFoundError):  # another process of this machine was faster
                if time.time() - left.stat().st_mtime > _DAY_S:
                    left.unlink()
