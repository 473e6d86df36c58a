"""Of the server processes on a data folder, one looks after the background worker; another when that one ends."""

import fcntl
import os
from pathlib import Path

_FILE = "supervisor.lock"


class OnlyOne:
    """For one thread of a process."""

    def __init__(self, data_dir: Path) -> None:
        self._path = data_dir / _FILE
        self._handle: int | None = None

    def is_this(self) -> bool:
        """Whether it is this process, from now on until ``close`` or its death. Raises OSError."""
        if self._handle is not None:
            return True
        handle = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(handle)
            return False
        self._handle = handle
        return True

    def close(self) -> None:
        """Leave it to others."""
        if self._handle is not None:
            os.close(self._handle)
            self._handle = None
