"""A database of the data folder that is there only once something is written to it."""

import threading
from collections.abc import Sequence
from pathlib import Path

from sqlalchemy import Engine, MetaData

from core.errors import IndexBroken
from index.schema import open_database


class DatabaseFile:
    """Opened when it is first needed, and anew when another file has taken its place."""

    def __init__(self, path: Path, tables: MetaData, format_version: int, pragmas: Sequence[str] = ()) -> None:
        self.path = path
        self._tables = tables
        self._format_version = format_version
        self._pragmas = pragmas
        self._engine: Engine | None = None
        self._inode: int | None = None
        self._opening = threading.Lock()

    def exists(self) -> bool:
        return self.path.exists()

    def opened(self) -> Engine:
        """For index.schema's read and write; makes the file. Raises IndexBroken, NotReady."""
        with self._opening:
            if self._engine is not None and self._inode != _inode(self.path):
                self._engine.dispose()  # the file was deleted or replaced: what is written there would be lost
                self._engine = None
            if self._engine is None:
                try:
                    self._engine = open_database(self.path, self._tables, self._format_version, self._pragmas)
                except OSError as error:
                    raise IndexBroken(
                        f"{self.path} cannot be written: {error.strerror}.", "Check the folder's permissions."
                    ) from error
                self._inode = _inode(self.path)
            return self._engine

    def close(self) -> None:
        if self._engine is not None:
            self._engine.dispose()


def _inode(path: Path) -> int | None:
    try:
        return path.stat().st_ino
    except OSError:
        return None
