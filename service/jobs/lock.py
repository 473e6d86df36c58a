"""One worker a data folder: a lock that the system lets go of when its holder dies."""

import fcntl
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

FILE = "jobs.lock"
_TRY_EVERY_S = 0.3


@contextmanager
def worker_lock(data_dir: Path, stopping: threading.Event) -> Iterator[bool]:
    """Waits for its turn; False where it is told to stop before."""
    data_dir.mkdir(parents=True, exist_ok=True)
    handle = os.open(data_dir / FILE, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        while not (held := _try(handle)) and not stopping.wait(_TRY_EVERY_S):
            pass
        yield held
    finally:
        os.close(handle)


def _try(handle: int) -> bool:
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
