"""The bytes that documents were made from, by content hash."""

import os
from collections import deque
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Protocol

from sqlalchemy import Connection, Engine

from core.errors import IndexBroken, NotFound
from index.place import COPIES, Place
from index.replacing import replacing


class Originals(Protocol):
    """By the SHA-256 of their content.

    ``connection`` is of the catalog's transaction that they are part of: where they are in its database, a second one
    would be waited for by whoever holds what it waits for. A folder needs none.
    """

    def put(self, digest: str, data: bytes, connection: Connection | None = None) -> None:
        """See put_pieces."""

    def put_pieces(self, digest: str, pieces: Iterable[bytes]) -> None:
        """Keep the bytes; a kill leaves all of them or none. Raises IndexBroken (a full disk), NotReady."""

    def path(self, digest: str) -> Path:
        """Where they can be read on this machine. Raises NotFound, IndexBroken, NotReady."""

    def discard(self, digest: str, connection: Connection | None = None) -> None:
        """Forget them."""

    def tidy(self) -> int:
        """Forget what is of no document and that no folder shows; gives how many there were. Raises NotReady."""


class OriginalFiles:
    """A folder of files named by the SHA-256 of their content."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def put(self, digest: str, data: bytes, connection: Connection | None = None) -> None:
        self.put_pieces(digest, [data])

    def put_pieces(self, digest: str, pieces: Iterable[bytes]) -> None:
        path = path_in(self._folder, digest)
        if path.exists():
            deque(pieces, maxlen=0)  # whoever reads them elsewhere goes on behind them
        else:
            write_whole(path, pieces)

    def path(self, digest: str) -> Path:
        path = path_in(self._folder, digest)
        if not path.exists():
            raise not_kept("data folder")
        return path

    def discard(self, digest: str, connection: Connection | None = None) -> None:
        path_in(self._folder, digest).unlink(missing_ok=True)

    def tidy(self) -> int:
        return 0  # every file shows


def open_originals(place: Place, catalog: Engine) -> Originals:
    """Raises IndexBroken, NotReady."""
    if not place.on_server:
        return OriginalFiles(place.folder / "originals")
    from index.postgres.originals import StoredOriginals

    return StoredOriginals(catalog, place.folder / COPIES)


def path_in(folder: Path, digest: str) -> Path:
    """Where a folder has the bytes with a hash."""
    return folder / digest[:2] / digest


def write_whole(path: Path, pieces: Iterable[bytes], check: Callable[[], None] = lambda: None) -> None:
    """A kill leaves a whole file or none; ``check`` is called before it takes its place. Raises IndexBroken."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with replacing(path) as beside:
            with beside.open("wb") as file:
                file.writelines(pieces)
                file.flush()
                os.fsync(file.fileno())
            check()
    except OSError as error:
        raise IndexBroken(
            f"{path.parent.parent} cannot be written: {error.strerror}.", "Check its permissions and the free space."
        ) from error


def not_kept(where: str) -> NotFound:
    """The document is there without the bytes that it was made from."""
    return NotFound(f"The original file is not in the {where}.", "Ingest the document again.")
