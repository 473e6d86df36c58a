"""Which access labels a client of a dialect holds.

Such clients send a key with every call, whether one is needed or not. Unlike at the other routes, the same wrong key
is looked at once only: it is no guess at the operator's token, and must not keep the operator from signing in.
"""

import hashlib
import threading
from collections import OrderedDict
from typing import Annotated

from fastapi import Depends, Request

from service.routes.held_labels import NO_LABELS, held_labels
from service.routes.state import State

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


def client_labels(request: Request, state: State) -> frozenset[str] | None:
    """None for the operator, who may find all; the operator's token goes as the client's key (``Bearer …``)."""
    key = request.headers.get("authorization")
    wrong: WrongKeys = request.app.state.wrong_keys
    if key is not None and wrong.has(key):
        return NO_LABELS
    held = held_labels(request, state)
    if key is not None and held is not None:
        wrong.add(key)
    return held


ClientLabels = Annotated[frozenset[str] | None, Depends(client_labels)]


def _digest(key: str) -> bytes:
    return hashlib.sha256(key.encode("utf-8", "surrogatepass")).digest()
