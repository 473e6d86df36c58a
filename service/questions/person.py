"""Who asked, as a keyed hash: people can be told apart and erased by their name, but not read from the log."""

import hashlib
import hmac
from pathlib import Path

from service.secret import load_key


class PersonKey:
    """The random key in a file of the data folder; made when it is first needed."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def hashed(self, name: str | None) -> str | None:
        """The hash of a name (HMAC-SHA-256); None for no name. Raises IndexBroken."""
        if name is None or not name.strip():
            return None
        key = load_key(self._path, "people then count as new ones")
        return hmac.new(key, name.strip().encode(), hashlib.sha256).hexdigest()
