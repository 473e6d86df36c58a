"""Keys that clients sent and that are not the operator's token."""

import hashlib
import threading
from collections import OrderedDict

_MOST_KEYS = 1000


class WrongKeys:
    """Digests of the wrong keys seen last. Safe to use from several threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._seen: OrderedDict[bytes, None] = OrderedDict()

    def has(self, key: str) -> bool:
        with self._lock:
            return _digest(key) in self._seen

    def add(self, key: str) -> None:
        with self._lock:
            self._seen[_digest(key)] = None
            if len(self._seen) > _MOST_KEYS:
                self._seen.popitem(last=False)


def _digest(key: str) -> bytes:
    return hashlib.sha256(key.encode("utf-8", "surrogatepass")).digest()
