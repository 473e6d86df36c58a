"""One at a time writes to a collection in Milvus, of all threads and processes."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from index.place import Place
from index.place_lock import only_holder_at

_WAIT_S = 60.0  # for another process, which takes up what this one wrote, too
_POLL_S = 0.02


class Alone:
    """Locks by the number of a collection."""

    def __init__(self, place: Place) -> None:
        self._place = place
        self._guard = threading.Lock()
        self._locks: dict[int, threading.Lock] = {}

    @contextmanager
    def holding(self, collection_id: int, *, wait: bool) -> Iterator[bool]:
        """Whether no other thread or process writes to it. Raises NotReady."""
        with self._guard:
            lock = self._locks.setdefault(collection_id, threading.Lock())
        if not lock.acquire(blocking=wait, timeout=_WAIT_S if wait else -1):
            yield False
            return
        try:
            until = time.monotonic() + _WAIT_S
            while True:
                with only_holder_at(self._place, f"milvus-{collection_id}.lock") as alone:
                    if alone or not wait or time.monotonic() > until:
                        yield alone
                        return
                time.sleep(_POLL_S)
        finally:
            lock.release()
