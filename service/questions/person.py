"""Who asked, as a keyed hash: people can be told apart and erased by their name, but not read from the log."""

import hashlib
import hmac
import os
import secrets
from contextlib import suppress
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
        """Written whole before it has its name: a reader never sees half a key, also after a power cut."""
        self._path.parent.mkdir(parents=True, exist_ok=True)
        draft = self._path.with_name(f"{self._path.name}.{secrets.token_hex(8)}")
        try:
            with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _OWNER_ONLY), "wb") as file:
                file.write(secrets.token_bytes(_BYTES))
                file.flush()
                os.fsync(file.fileno())
            with suppress(FileExistsError):  # another process was faster
                os.link(draft, self._path)
        finally:
            draft.unlink(missing_ok=True)
        return self._path.read_bytes()
