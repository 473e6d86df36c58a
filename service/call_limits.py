"""How often somebody may call: moving windows, counted in the memory of this process."""

import math
import threading
import time
from bisect import bisect_right
from collections import OrderedDict
from collections.abc import Callable, Sequence
from typing import NoReturn

from limits import RateLimitItem
from limits.storage import MovingWindowSupport, Storage
from limits.strategies import MovingWindowRateLimiter

from core.errors import TooManyRequests

_MOST_KEYS = 50_000

Window = tuple[RateLimitItem, str]
"""A limit, and whose calls it counts."""


class CallLimits:
    """Counts calls, and refuses those beyond a limit, which do not count. Safe to use from several threads."""

    blocks = False
    """Whether a call may wait for another machine."""

    def __init__(self, calls: "RecentCalls | None" = None) -> None:
        calls = RecentCalls() if calls is None else calls
        self._clock = calls.clock
        self._windows = MovingWindowRateLimiter(calls)
        self._lock = threading.Lock()

    def count(self, windows: Sequence[Window], refusal: str) -> None:
        """Count a call in all of the windows, or in none. Raises TooManyRequests with the message ``refusal``."""
        with self._lock:
            self._check(windows, refusal)
            for item, key in windows:
                self._windows.hit(item, key)

    def check(self, windows: Sequence[Window], refusal: str) -> None:
        """Whether a call could be counted now. Raises TooManyRequests."""
        with self._lock:
            self._check(windows, refusal)

    def _check(self, windows: Sequence[Window], refusal: str) -> None:
        self._refuse([self._wait_s(item, key) for item, key in windows if not self._windows.test(item, key)], refusal)

    @staticmethod
    def _refuse(waits: Sequence[int], refusal: str) -> None:
        """``waits`` are the seconds of each limit that is reached. Raises TooManyRequests where there is one."""
        if waits:
            seconds = max(waits)
            raise TooManyRequests(refusal, f"Try again in {seconds} s.", seconds)

    def _wait_s(self, item: RateLimitItem, key: str) -> int:
        reset, _ = self._windows.get_window_stats(item, key)
        return max(1, math.ceil(reset - self._clock()))


class RecentCalls(Storage, MovingWindowSupport):
    """A storage of the library `limits`, for moving windows. Not for several threads at once.

    The library's own keeps every key for ever, and looks through all of them after each call: with 50,000 visitors
    that takes most of a core. Here a call costs the same however many there are: keys lie in the order of their last
    call, and those whose last call does not count any more are dropped from the front, as are those beyond
    ``most_keys`` for each length of a window: who was not there for longest starts anew.
    """

    STORAGE_SCHEME = None

    def __init__(self, most_keys: int = _MOST_KEYS, clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__()
        self.clock = clock
        self._most_keys = most_keys
        self._by_length: dict[int, OrderedDict[str, list[float]]] = {}

    def __len__(self) -> int:
        return sum(map(len, self._by_length.values()))

    def acquire_entry(self, key: str, limit: int, expiry: int, amount: int = 1) -> bool:
        """Count ``amount`` calls, or none if there would be more than ``limit`` in the last ``expiry`` seconds."""
        now = self.clock()
        windows = self._by_length.setdefault(expiry, OrderedDict())
        calls = windows.get(key, [])
        del calls[: bisect_right(calls, now - expiry)]
        if len(calls) + amount > limit:
            return False
        calls += [now] * amount
        windows[key] = calls
        windows.move_to_end(key)
        while len(windows) > self._most_keys or next(iter(windows.values()))[-1] <= now - expiry:
            windows.popitem(last=False)
        return True

    def get_moving_window(self, key: str, limit: int, expiry: int) -> tuple[float, int]:
        """The time of the first call that counts (now where there is none), and how many count."""
        now = self.clock()
        windows = self._by_length.get(expiry)
        calls = windows.get(key, []) if windows else []
        first = bisect_right(calls, now - expiry)
        return (calls[first] if first < len(calls) else now), len(calls) - first

    def clear(self, key: str) -> None:
        for windows in self._by_length.values():
            windows.pop(key, None)

    def reset(self) -> int:
        count = len(self)
        self._by_length.clear()
        return count

    def check(self) -> bool:
        return True

    @property
    def base_exceptions(self) -> type[Exception]:
        return ValueError

    # Of other strategies, which this storage is not for.

    def incr(self, key: str, expiry: int, amount: int = 1) -> NoReturn:
        raise NotImplementedError

    def get(self, key: str) -> NoReturn:
        raise NotImplementedError

    def get_expiry(self, key: str) -> NoReturn:
        raise NotImplementedError
