"""Who asked, as a keyed hash: people can be told apart and erased by their name, but not read from the log."""

import hashlib
import hmac
import os
import secrets
from pathlib import Path

from core.errors import IndexBroken

_BYTES = 32
_OWNER_ONLY = 0o600


class PersonKey:
    """The random key in a file of the data folder; made when it is first needed."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def hashed(self, name: str | None) -> str | None:
        """The hash of a name (HMAC-SHA-256); None for no name. Raises IndexBroken."""
        if name is None or not name.strip():
            return None
        return hmac.new(self._key(), name.strip().encode(), hashlib.sha256).hexdigest()

    def _key(self) -> bytes:
        try:
            try:
                key = self._path.read_bytes()
            except FileNotFoundError:
                key = self._make()
        except OSError as error:
            raise IndexBroken(
                f"{self._path} cannot be read or written: {error.strerror}.", "Check the folder's permissions."
            ) from error
        if len(key) != _BYTES:
            raise IndexBroken(
                f"{self._path} does not hold a key of {_BYTES} bytes.",
                "Restore it from a copy of the data folder, or delete it: people then count as new ones.",
            )
        return key

    def _make(self) -> bytes:
        key = secrets.token_bytes(_BYTES)
        self._path.parent.mkdir(parents=True, exist_ok=True)
        try:
            file = os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _OWNER_ONLY)
        except FileExistsError:  # another process was faster
            return self._path.read_bytes()
        with os.fdopen(file, "wb") as opened:
            opened.write(key)
        return key
