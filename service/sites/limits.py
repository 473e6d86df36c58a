"""How often visitors may ask: moving windows by session and by address, in the memory of this process."""

import ipaddress
import math
import threading
from dataclasses import dataclass

from limits import RateLimitItem, RateLimitItemPerDay, RateLimitItemPerMinute
from limits.strategies import MovingWindowRateLimiter

from core.errors import TooManyRequests
from service.sites.windows import RecentCalls

_MOST_ADDRESS_CHARS = 64
_IPV6_PREFIX = 64  # what one subscriber has: whoever has one address of it has all


@dataclass(frozen=True, slots=True)
class Allowance:
    """The limits, each a number of calls."""

    questions_per_minute: int
    questions_per_minute_per_address: int
    questions_per_day: int
    sessions_per_minute_per_address: int
    requests_per_minute_per_address: int


class RequestLimits:
    """Counts calls, and refuses those beyond the allowance. A refused call is not counted."""

    def __init__(self, allowance: Allowance, calls: RecentCalls | None = None) -> None:
        self._question = RateLimitItemPerMinute(allowance.questions_per_minute, namespace="question")
        self._question_address = RateLimitItemPerMinute(
            allowance.questions_per_minute_per_address, namespace="question-address"
        )
        self._question_day = RateLimitItemPerDay(allowance.questions_per_day, namespace="question-day")
        self._session = RateLimitItemPerMinute(allowance.sessions_per_minute_per_address, namespace="session")
        self._request = RateLimitItemPerMinute(allowance.requests_per_minute_per_address, namespace="request")
        self._calls = RecentCalls() if calls is None else calls
        self._windows = MovingWindowRateLimiter(self._calls)
        self._lock = threading.Lock()

    def count_session(self, address: str) -> None:
        """Raises TooManyRequests."""
        self._count([(self._session, _network(address))], "chats are opened")

    def count_request(self, address: str) -> None:
        """Any call with a token. Raises TooManyRequests."""
        self._count([(self._request, _network(address))], "requests come")

    def count_question(self, session_id: str, address: str) -> None:
        """Raises TooManyRequests."""
        windows = [
            (self._question, session_id),
            (self._question_day, session_id),
            (self._question_address, _network(address)),
        ]
        self._count(windows, "questions come")

    def _count(self, windows: list[tuple[RateLimitItem, str]], what: str) -> None:
        with self._lock:  # all of the windows, or none
            waits = [self._wait_s(item, key) for item, key in windows if not self._windows.test(item, key)]
            if waits:
                seconds = max(waits)
                raise TooManyRequests(f"More {what} than are allowed.", f"Try again in {seconds} s.", seconds)
            for item, key in windows:
                self._windows.hit(item, key)

    def _wait_s(self, item: RateLimitItem, key: str) -> int:
        reset, _ = self._windows.get_window_stats(item, key)
        return max(1, math.ceil(reset - self._calls.clock()))


def _network(address: str) -> str:
    """The address, or of IPv6 the network that it is in."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address[:_MOST_ADDRESS_CHARS]  # a socket without an address, or what a proxy gives for one
    if parsed.version == 4:
        return str(parsed)
    if parsed.ipv4_mapped:
        return str(parsed.ipv4_mapped)
    return str(ipaddress.ip_network((parsed.packed, _IPV6_PREFIX), strict=False))
