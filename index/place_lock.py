"""A lock on a place, which is let go of when its holder dies: a file's, or one of the database server.

So that one of several processes, or of several machines, does what only one may do.
"""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Protocol

from index.file_lock import only_holder
from index.place import Place


class HeldLock(Protocol):
    """For one thread of a process."""

    def acquire(self) -> bool:
        """Whether this process has it, from now on until ``release`` or its death. Does not wait. Raises OSError,
        NotReady."""

    def release(self) -> None:
        """Leave it to others."""


def open_lock(place: Path | Place, name: str) -> HeldLock:
    """``name`` is that of its file in a folder, such as jobs.lock. Nothing is made yet. Raises SettingsError."""
    place = Place.of(place)
    if place.database_url is None:
        return FileLock(place.folder / name)
    from index.postgres.lock import SessionLock  # with its client, which the plain installation lacks

    return SessionLock(place.database_url, name)


@contextmanager
def only_holder_at(place: Place, name: str) -> Iterator[bool]:
    """Whether nobody else holds it, on any machine; then it is held until the end. Does not wait.

    Raises OSError; of a server NotReady, SettingsError.
    """
    lock = open_lock(place, name)
    try:
        yield lock.acquire()
    finally:
        lock.release()


class FileLock:
    """See HeldLock; the system lets go of it when its holder dies."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._held: ExitStack | None = None

    def acquire(self) -> bool:
        if self._held is None:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            with ExitStack() as stack:
                if stack.enter_context(only_holder(self._path)):
                    self._held = stack.pop_all()
        return self._held is not None

    def release(self) -> None:
        if self._held is not None:
            self._held.close()
            self._held = None
