"""The bytes that documents were made from, by content hash."""

import os
from collections import deque
from collections.abc import Iterable
from pathlib import Path

from core.errors import IndexBroken, NotFound
from index.replacing import replacing


class Originals:
    """A folder of files named by the SHA-256 of their content."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def put(self, digest: str, data: bytes) -> None:
        """See put_pieces."""
        self.put_pieces(digest, [data])

    def put_pieces(self, digest: str, pieces: Iterable[bytes]) -> None:
        """Keep the bytes; a kill leaves a whole file or none. Raises IndexBroken (a full disk)."""
        path = self._path(digest)
        try:
            if path.exists():
                deque(pieces, maxlen=0)  # whoever reads them elsewhere goes on behind them
                return
            path.parent.mkdir(parents=True, exist_ok=True)
            with replacing(path) as beside, beside.open("wb") as file:
                file.writelines(pieces)
                file.flush()
                os.fsync(file.fileno())
        except OSError as error:
            raise IndexBroken(
                f"{self._folder} cannot be written: {error.strerror}.", "Check its permissions and the free space."
            ) from error

    def path(self, digest: str) -> Path:
        """Raises NotFound."""
        path = self._path(digest)
        if not path.exists():
            raise NotFound("The original file is not in the data folder.", "Ingest the document again.")
        return path

    def discard(self, digest: str) -> None:
        self._path(digest).unlink(missing_ok=True)

    def _path(self, digest: str) -> Path:
        return self._folder / digest[:2] / digest
