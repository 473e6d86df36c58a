"""Who asked, as a keyed hash: people can be told apart and erased by their name, but not read from the log."""

import hashlib
import hmac
from pathlib import Path

from index.place import Place
from service.secret import load_key

KEY_FILE = "questions.key"


class PersonKey:
    """The random key of a data folder or database; made when it is first needed."""

    def __init__(self, place: Path | Place) -> None:
        self._place = Place.of(place)
        self._kept: bytes | None = None  # of a server, where asking for it is a way over the network

    def hashed(self, name: str | None) -> str | None:
        """The hash of a name (HMAC-SHA-256); None for no name. Raises IndexBroken, NotReady."""
        if name is None or not name.strip():
            return None
        return hmac.new(self._key(), name.strip().encode(), hashlib.sha256).hexdigest()

    def _key(self) -> bytes:
        if self._kept is not None:
            return self._kept
        key = load_key(self._place, KEY_FILE, "people then count as new ones")
        if self._place.on_server:
            self._kept = key
        return key
