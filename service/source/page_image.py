"""Pages of PDFs for readers: read and drawn in processes of their own, few at a time, the latest kept in memory."""

import threading
from collections import OrderedDict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Generic, TypeVar

from core.errors import NotReady
from ingest import pdf_isolated
from ingest.pdf_isolated import PageText

MIN_WIDTH, MAX_WIDTH = 200, 2400
_AT_ONCE = 2  # a process each; a page that fills the memory must not bring its friends
_WAIT_S = 30.0
_KEPT_BYTES = 48 * 1024**2
_KEPT_TEXTS = 64  # pages; a full one takes about a megabyte

_V = TypeVar("_V")


@dataclass(frozen=True, slots=True)
class PdfPage:
    """A page of a file, counted from 1; ``digest`` is the hash of the file's content."""

    path: Path
    digest: str
    number: int

    def picture_tag(self, width: int) -> str:
        """What names the picture of the page for ever (an ETag)."""
        return f'"{self.digest[:32]}-{self.number}-{_clamped(width)}"'


class PdfPages:
    """Safe to use from several threads."""

    def __init__(self) -> None:
        self._free = threading.BoundedSemaphore(_AT_ONCE)
        self._texts: _Recent[PageText] = _Recent(_KEPT_TEXTS, lambda _: 1)
        self._pictures: _Recent[bytes] = _Recent(_KEPT_BYTES, len)

    def text(self, page: PdfPage) -> PageText:
        """Raises ReadError, TooLarge, NotReady (too many readers at once)."""
        key = f"{page.digest}-{page.number}"
        found = self._texts.get(key)
        if found is None:
            with self._turn():
                found = pdf_isolated.page_text(page.path, page.number)
            self._texts.put(key, found)
        return found

    def png(self, page: PdfPage, width: int) -> bytes:
        """``width`` is brought within MIN_WIDTH and MAX_WIDTH. Raises ReadError, TooLarge, NotReady."""
        width = _clamped(width)
        key = f"{page.digest}-{page.number}-{width}"
        found = self._pictures.get(key)
        if found is None:
            with self._turn():
                found = pdf_isolated.page_png(page.path, page.number, width)
            self._pictures.put(key, found)
        return found

    @contextmanager
    def _turn(self) -> Iterator[None]:
        if not self._free.acquire(timeout=_WAIT_S):
            raise NotReady("Too many pages are being drawn at once.", "Try again in a few seconds.")
        try:
            yield
        finally:
            self._free.release()


def _clamped(width: int) -> int:
    """In pixels, as pages are drawn."""
    return min(max(width, MIN_WIDTH), MAX_WIDTH)


class _Recent(Generic[_V]):
    """What was used last, up to a size in all."""

    def __init__(self, limit: int, size_of: Callable[[_V], int]) -> None:
        self._limit = limit
        self._size_of = size_of
        self._kept: OrderedDict[str, _V] = OrderedDict()
        self._size = 0
        self._lock = threading.Lock()

    def get(self, key: str) -> _V | None:
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
            return self._kept.get(key)

    def put(self, key: str, value: _V) -> None:
        with self._lock:
            if key in self._kept:
                return
            self._kept[key] = value
            self._size += self._size_of(value)
            while self._size > self._limit:
                _, dropped = self._kept.popitem(last=False)
                self._size -= self._size_of(dropped)
