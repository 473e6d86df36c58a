"""Of the server processes on a data folder or database, one looks after the background worker; another when that one
ends."""

from pathlib import Path

from index.place import Place
from service.jobs.held_lock import open_lock

_FILE = "supervisor.lock"


class OnlyOne:
    """For one thread of a process."""

    def __init__(self, place: Path | Place) -> None:
        self._lock = open_lock(place, _FILE)

    def is_this(self) -> bool:
        """Whether it is this process, from now on until ``close`` or its death. Raises OSError, NotReady."""
        return self._lock.take()

    def close(self) -> None:
        """Leave it to others."""
        self._lock.close()
