"""A client that asks without a pause, in a thread, until it is told to stop."""

import threading
from abc import ABC, abstractmethod
from typing import Self


class Asking(ABC):
    """``errors`` are those that its requests ended with."""

    def __init__(self, url: str) -> None:
        self.errors: list[str] = []
        self._url = url
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._ask)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()

    @abstractmethod
    def _ask(self) -> None:
        """Again and again, until ``_stop`` is set."""
