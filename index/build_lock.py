"""One process at a time builds, copies or imports a collection in a data folder."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from core.errors import Conflict

_FILE = "building.lock"


@contextmanager
def build_lock(data_dir: Path) -> Iterator[None]:
    """Held by a lock that the system lets go of when its holder dies. Raises Conflict while another has it."""
    handle = os.open(data_dir / _FILE, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise Conflict(
                f"Another collection of {data_dir} is being built anew, copied or imported.", "Wait for it to end."
            ) from error
        yield
    finally:
        os.close(handle)
