"""The worker: a process of its own that does the jobs of a data folder or database, started by the server.

Its standard input is the server's end: first the settings as one line of JSON, then nothing; when it closes, the
server is gone, and the worker stops as soon as what is done is written.
"""

import gc
import os
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import structlog

from core.errors import FootnotedError
from index.place import Place
from index.place_lock import open_lock
from service.logs import configure_logs
from service.settings import settings_from_json
from service.telemetry.telemetry import Telemetry
from service.workers.orders import read_line

LOCK_FILE = "jobs.lock"
NICENESS = 10
_SERVER = 0  # the descriptor of standard input
_TRY_EVERY_S = 0.3

log = structlog.get_logger("footnoted")


def _follow_server(stopping: threading.Event) -> None:
    # Not by sys.stdin: its lock, held by a thread that waits, would be in the way of the interpreter's end.
    while os.read(_SERVER, 2**10):
        pass
    stopping.set()


@contextmanager
def worker_lock(place: Path | Place, stopping: threading.Event) -> Iterator[bool]:
    """One worker a data folder or database, by a lock that is let go of when its holder dies.

    Waits for its turn; False where it is told to stop before. Raises NotReady.
    """
    lock = open_lock(place, LOCK_FILE)
    try:
        while not (held := lock.acquire()) and not stopping.wait(_TRY_EVERY_S):
            pass
        yield held
    finally:
        lock.release()


def main() -> None:
    """Runs until there is nothing to do, or the server stops. Exit code 0; 1 where the data folder cannot be used."""
    os.nice(NICENESS)  # questions come first
    settings = settings_from_json(read_line(_SERVER))
    configure_logs(settings.telemetry)
    stopping = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stopping.set())
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the server's to handle
    threading.Thread(target=_follow_server, args=(stopping,), name="follow-server", daemon=True).start()
    try:
        with Telemetry(settings.telemetry, "footnoted-worker"), worker_lock(settings.place, stopping) as held:
            if held:
                from service.jobs.loop import Worker  # with its models' libraries: who waits in line needs none

                Worker(settings, stopping).run()
        gc.freeze()  # the interpreter would look through all that the libraries made: seconds, to free nothing
    except FootnotedError as error:
        log.error("worker_failed", code=error.code, message=error.message, hint=error.hint)
        raise SystemExit(1) from error


if __name__ == "__main__":
    main()
