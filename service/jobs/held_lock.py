"""A lock that a process holds until it lets go or dies: of a file of the data folder, or of the database of all
replicas, so that one of several machines does what only one may do."""

import fcntl
import os
from pathlib import Path
from typing import Protocol

from index.place import Place


class HeldLock(Protocol):
    """For one thread of a process."""

    def take(self) -> bool:
        """Whether this process has it, from now on until ``close`` or its death. Does not wait. Raises OSError,
        NotReady."""

    def close(self) -> None:
        """Leave it to others."""


def open_lock(place: Path | Place, name: str) -> HeldLock:
    """``name`` is that of its file in a folder, such as jobs.lock. Nothing is made yet. Raises SettingsError."""
    place = Place.of(place)
    return FileLock(place.folder / name) if place.database_url is None else ServerLock(place.database_url, name)


class FileLock:
    """See HeldLock; the system lets go of it when its holder dies."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._handle: int | None = None

    def take(self) -> bool:
        if self._handle is not None:
            return True
        self._path.parent.mkdir(parents=True, exist_ok=True)
        handle = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(handle)
            return False
        self._handle = handle
        return True

    def close(self) -> None:
        if self._handle is not None:
            os.close(self._handle)
            self._handle = None


class ServerLock:
    """See HeldLock. A connection that broke has lost it: the next ``take`` asks anew."""

    def __init__(self, url: str, name: str) -> None:
        from index.postgres.lock import SessionLock  # with its client, which the plain installation lacks

        self._lock = SessionLock(url, name)

    def take(self) -> bool:
        return self._lock.acquire()

    def close(self) -> None:
        self._lock.release()
