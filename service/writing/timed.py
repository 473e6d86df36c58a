"""A blocking stream, read by a thread of its own, so that silence can be given up whatever the library does."""

import queue
import threading
import time
from collections.abc import Callable, Generator, Iterator
from contextlib import closing
from contextvars import copy_context
from dataclasses import dataclass
from typing import TypeVar

T = TypeVar("T")
_MOST_WAITING = 64
_STOP_CHECK_S = 0.5


@dataclass(frozen=True, slots=True)
class Limits:
    """Seconds to the first text (tries and pauses included), between pieces of text, and of the whole reply; how
    often a request that failed before its first text is sent again; and the most characters of a reply, since a server
    need not keep to the limit that it is told."""

    start_s: float = 30.0
    pause_s: float = 20.0
    total_s: float = 120.0
    retries: int = 2
    characters: int = 100_000


class TooSlow(Exception):
    """A limit was met; the text says which."""


@dataclass(frozen=True, slots=True)
class _End:
    error: BaseException | None


def timed(
    open_stream: Callable[[], Generator[T, None, None]],
    has_text: Callable[[T], bool],
    limits: Limits,
    start_deadline: float,
) -> Iterator[T | None]:
    """The stream's items, and None twice a second while none comes, so that whoever waits can leave. Keep-alive items
    without text do not count as progress.

    ``start_deadline`` is on the clock of ``time.monotonic``. When the iterator is closed, the thread ends, and with it
    the connection, at the stream's next item or at the client's own time-out. Raises TooSlow, and what the stream
    raises.
    """
    items: queue.Queue[T | _End] = queue.Queue(_MOST_WAITING)
    stop = threading.Event()
    run = copy_context().run  # with the trace that the request belongs to
    threading.Thread(target=run, args=(_read, open_stream, items, stop), name="chat-model", daemon=True).start()
    whole = time.monotonic() + limits.total_s
    next_text, what = start_deadline, f"no text within {limits.start_s:g} s"
    try:
        while True:
            item = _next(items, min(next_text, whole), what if next_text <= whole else f"over {limits.total_s:g} s")
            if item is None:
                yield None
                continue
            if isinstance(item, _End):
                if item.error is not None:
                    raise item.error
                return
            yield item
            if has_text(item):
                next_text, what = time.monotonic() + limits.pause_s, f"silent for {limits.pause_s:g} s"
    finally:
        stop.set()


def _next(items: "queue.Queue[T | _End]", deadline: float, what: str) -> T | _End | None:
    left = deadline - time.monotonic()
    if left <= 0:  # also where there is always an item waiting
        raise TooSlow(what)
    try:
        return items.get(timeout=min(left, _STOP_CHECK_S))
    except queue.Empty:
        return None


def _read(
    open_stream: Callable[[], Generator[T, None, None]], items: "queue.Queue[T | _End]", stop: threading.Event
) -> None:
    end = _End(None)
    try:
        with closing(open_stream()) as stream:
            for item in stream:
                if not _put(items, item, stop):
                    return
    except Exception as error:  # noqa: BLE001 - a border: the other thread raises it
        end = _End(error)
    _put(items, end, stop)


def _put(items: "queue.Queue[T | _End]", item: T | _End, stop: threading.Event) -> bool:
    """False when nobody reads any more."""
    while not stop.is_set():
        try:
            items.put(item, timeout=_STOP_CHECK_S)
            return True
        except queue.Full:
            continue
    return False
