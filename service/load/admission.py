"""Who may use the models now, who waits for that, and who is sent away at once because the wait would be too long."""

import asyncio
import math
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import CancelledError
from contextlib import contextmanager, suppress
from functools import partial

from core.errors import Overloaded
from service.telemetry import metrics

_FIRST_GUESS_S = 0.1
_WEIGHT = 0.1  # of the last service time in the moving mean


class Admission:
    """Of one event loop: ``at_once`` at work, and a queue in the order of arrival, bounded by the expected wait.

    The expected wait is the number of those ahead times the moving mean of service times, over ``at_once``. Who would
    wait longer than ``queue_s`` seconds by that, or does, is refused.
    """

    def __init__(self, at_once: int, queue_s: float) -> None:
        self._at_once = at_once
        self._queue_s = queue_s
        self._mean_s = _FIRST_GUESS_S
        self._at_work = 0
        self._told = 0, 0  # to the metrics, where all queues are one sum
        self._waiting: deque[asyncio.Future[None]] = deque()

    @property
    def at_work(self) -> int:
        return self._at_work

    @property
    def waiting(self) -> int:
        return len(self._waiting)

    def expected_wait_s(self) -> float:
        """Of who comes now."""
        if self._at_work < self._at_once and not self._waiting:
            return 0.0
        return (len(self._waiting) + 1) * self._mean_s / self._at_once

    def refusal(self) -> Overloaded | None:
        """What to tell who comes now, where the wait would be too long; counted as told."""
        expected = self.expected_wait_s()
        return _refused(expected) if expected > self._queue_s else None

    async def enter(self) -> "Slot":
        """Wait for a place. Raises Overloaded, at once where the wait would be too long."""
        if refusal := self.refusal():
            raise refusal
        began = time.monotonic()
        if not await self._placed(self._queue_s):
            raise _refused(max(self.expected_wait_s(), self._queue_s))
        metrics.QUEUE_WAIT_SECONDS.observe(time.monotonic() - began)
        return Slot(self, asyncio.get_running_loop())

    async def enter_again(self) -> None:
        """Of who gave its place away for a while: before all others, and never refused."""
        await self._placed(None, first=True)

    def leave(self, took_s: float) -> None:
        """A place is free, after so many seconds of work. On the loop's thread."""
        self._mean_s += _WEIGHT * (took_s - self._mean_s)
        self._at_work -= 1
        while self._waiting and self._at_work < self._at_once:
            following = self._waiting.popleft()
            if not following.done():
                self._at_work += 1
                following.set_result(None)
        self._tell()

    async def _placed(self, limit_s: float | None, *, first: bool = False) -> bool:
        """False where the time is over. Who is cancelled gives back what it had or waited for."""
        if self._at_work < self._at_once and not self._waiting:
            self._at_work += 1
            self._tell()
            return True
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        (self._waiting.appendleft if first else self._waiting.append)(turn)
        self._tell()
        try:
            await asyncio.wait([turn], timeout=limit_s)
        except asyncio.CancelledError:
            if turn.done():
                self.leave(self._mean_s)
            else:
                self._forget(turn)
            raise
        if not turn.done():
            self._forget(turn)
        return turn.done() and not turn.cancelled()

    def _forget(self, turn: "asyncio.Future[None]") -> None:
        turn.cancel()
        with suppress(ValueError):
            self._waiting.remove(turn)
        self._tell()

    def _tell(self) -> None:
        (at_work, waiting), self._told = self._told, (self._at_work, len(self._waiting))
        metrics.AT_WORK.inc(self._at_work - at_work)
        metrics.QUEUE_LENGTH.inc(len(self._waiting) - waiting)


def _refused(wait_s: float) -> Overloaded:
    seconds = max(1, math.ceil(wait_s))
    metrics.SHED.labels("overloaded").inc()
    return Overloaded("More questions wait than can be answered soon.", f"Try again in {seconds} s.", seconds)


class Slot:
    """A place at work, which is given back once; from any thread."""

    def __init__(self, admission: Admission, loop: asyncio.AbstractEventLoop) -> None:
        self._admission = admission
        self._loop = loop
        self._lock = threading.Lock()
        self._began: float | None = time.monotonic()  # None where the place is given back

    def release(self) -> None:
        """Nothing is left to do for the models. A second call does nothing."""
        with self._lock:
            began, self._began = self._began, None
        if began is not None:
            self._on_loop(partial(self._admission.leave, time.monotonic() - began))

    @contextmanager
    def paused(self) -> Iterator[None]:
        """The place is free for others while the block waits for something else. For a thread beside the loop."""
        was_held = self._began is not None
        self.release()
        try:
            yield
        finally:
            if was_held:
                # A loop that ends cancels what waits on it: there is nothing to take a place for any more.
                with suppress(RuntimeError, CancelledError):
                    asyncio.run_coroutine_threadsafe(self._enter_again(), self._loop).result()

    async def _enter_again(self) -> None:
        await self._admission.enter_again()
        with self._lock:
            self._began = time.monotonic()

    def _on_loop(self, call: Callable[[], None]) -> None:
        with suppress(RuntimeError):  # the loop is closed: nobody waits for the place
            if asyncio._get_running_loop() is self._loop:
                call()
            else:
                self._loop.call_soon_threadsafe(call)
