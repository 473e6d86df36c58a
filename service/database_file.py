"""A database of the data folder that is there only once something is written to it; or its schema on a server."""

import sqlite3
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Connection, Engine, MetaData

from core.errors import IndexBroken, NotReady
from index.place import Place
from index.purge import checkpoint
from index.schema import open_database, write

_WAIT_S = 1.0
PRAGMAS_OF_LOGS = (
    "secure_delete = ON",  # what is deleted is overwritten with zeros, not only unlinked
    "busy_timeout = 1000",  # a locked log loses an entry rather than hold up the next question
)
"""For what people asked and were told."""


class DatabaseFile:
    """Opened when it is first needed, and anew when another file has taken its place."""

    def __init__(
        self, place: Path | Place, file: str, tables: MetaData, format_version: int, pragmas: Sequence[str] = ()
    ) -> None:
        """``file`` is its name in a folder, such as jobs.db; ``pragmas`` are SQLite's."""
        self.place = Place.of(place)
        self._at = self.place.database(file)
        self._tables = tables
        self._format_version = format_version
        self._pragmas = pragmas
        self._engine: Engine | None = None
        self._inode: int | None = None
        self._opening = threading.Lock()

    @property
    def path(self) -> Path:
        """Of the file, where there is one."""
        return self._at.path

    def exists(self) -> bool:
        """Whether there can be anything to read. On a server its tables are made when they are first looked at."""
        return self.place.on_server or self.path.exists()

    def opened(self) -> Engine:
        """For index.schema's read and write; makes the file. Raises IndexBroken, NotReady."""
        with self._opening:
            if self._engine is not None and not self.place.on_server and self._inode != _inode(self.path):
                self._engine.dispose()  # the file was deleted or replaced: what is written there would be lost
                self._engine = None
            if self._engine is None:
                try:
                    self._engine = open_database(self._at, self._tables, self._format_version, self._pragmas)
                except OSError as error:
                    raise IndexBroken(
                        f"{self.path} cannot be written: {error.strerror}.", "Check the folder's permissions."
                    ) from error
                self._inode = _inode(self.path)
            return self._engine

    @contextmanager
    def erasing(self) -> Iterator[Connection]:
        """A transaction; what it deletes leaves the write-ahead log, too, where it would stay readable.

        A server keeps it in its own files until it has cleaned up (autovacuum, its log's age). Raises IndexBroken,
        NotReady.
        """
        with write(self.opened()) as connection:
            yield connection
        if self.place.on_server:
            return
        try:
            is_empty = checkpoint(self.path, _WAIT_S)
        except sqlite3.Error as error:
            raise IndexBroken(f"{self.path} cannot be written: {error}.", "Check the folder and its disk.") from error
        if not is_empty:
            raise NotReady(
                f"It is erased, but its bytes stay in {self.path.name}-wal while another process reads.",
                "Erase anything once more when nothing else has the file open.",
            )

    def close(self) -> None:
        if self._engine is not None:
            self._engine.dispose()


def _inode(path: Path) -> int | None:
    try:
        return path.stat().st_ino
    except OSError:
        return None
