"""A lock on a file or a folder, which the system lets go of when its holder dies."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def only_holder(path: Path) -> Iterator[bool]:
    """Whether nobody else holds it; then it is held until the end. Does not wait. Raises OSError."""
    with _opened(path) as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
        else:
            yield True


def wait_for(path: Path) -> None:
    """Until nobody holds it. Raises OSError."""
    with _opened(path) as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)


@contextmanager
def _opened(path: Path) -> Iterator[int]:
    handle = os.open(path, os.O_RDONLY if path.is_dir() else os.O_RDWR | os.O_CREAT, 0o600)
    try:
        yield handle
    finally:
        os.close(handle)
