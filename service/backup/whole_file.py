"""A file that is under its name when it is whole and on the disk, and not before; for its owner only."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from core.errors import Conflict

PART = ".part"
"""Ends the name of a file that is being written."""


@contextmanager
def whole_file(file: Path) -> Iterator[IO[bytes]]:
    """The file, under another name until the end; what is beside it by the name ``.part.db`` goes then.

    A kill leaves both, for the next one to overwrite. Raises Conflict, OSError.
    """
    file.parent.mkdir(parents=True, exist_ok=True)
    part = Path(f"{file}{PART}")
    with os.fdopen(os.open(part, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600), "w+b") as opened:
        try:
            fcntl.flock(opened, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise Conflict(f"Another backup to {file} goes on.", "Wait for it to end.") from error
        try:
            os.fchmod(opened.fileno(), 0o600)  # one that a kill left may have another mode
            opened.truncate()
            yield opened
            opened.flush()
            os.fsync(opened.fileno())
            part.replace(file)
            _sync_folder(file.parent)
        finally:
            part.unlink(missing_ok=True)
            Path(f"{part}.db").unlink(missing_ok=True)


def _sync_folder(folder: Path) -> None:
    """So that the new name survives a power cut, too."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
