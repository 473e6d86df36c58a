"""Asking for pages: robots.txt, the rate limit, redirects, and one more try where a server asks for it."""

import ssl
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

import httpx

from core.errors import ReadError, SourceGone
from ingest.web.addresses import parse_address
from ingest.web.fetch import Fetched, Request, Resolve, fetch, resolve
from ingest.web.rate_limit import RateLimit
from ingest.web.robots import MAX_BYTES as ROBOTS_BYTES
from ingest.web.robots import Robots
from ingest.web.rules import WebRules

_MAX_REDIRECTS = 5
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_BUSY = frozenset({429, 503})
_LONGEST_RETRY_S = 30.0


class Web:
    """The web for one sync: what its hosts allow is asked once."""

    def __init__(
        self,
        rules: WebRules,
        resolve: Resolve = resolve,
        sleep: Callable[[float], None] = time.sleep,
        context: ssl.SSLContext | None = None,
    ) -> None:
        self.rules = rules
        self._resolve = resolve
        self._context = context
        self._sleep = sleep
        self._rate = RateLimit(rules.requests_per_second, sleep)
        self._robots = Robots(self._robots_txt, rules.user_agent.partition("/")[0])

    def get(
        self,
        url: httpx.URL,
        max_bytes: int,
        headers_at: Callable[[httpx.URL], Mapping[str, str]] = lambda url: {},
        *,
        may_be_private: bool = True,
    ) -> Fetched:
        """The answer at the end of at most 5 redirects, each checked as the first address was: a success or 304.

        ``headers_at`` gives the headers that an address is to get besides.
        Raises ReadError: SourceGone for 404 and 410, TooLarge.
        """
        answer = self._follow(url, max_bytes, headers_at, may_be_private, is_robots=False)
        if not (answer.is_success or answer.status == 304):
            raise _refusal(answer)
        return answer

    def _robots_txt(self, url: httpx.URL, may_be_private: bool) -> Fetched:
        return self._follow(url, ROBOTS_BYTES, lambda url: {}, may_be_private, is_robots=True)

    def _follow(
        self,
        url: httpx.URL,
        max_bytes: int,
        headers_at: Callable[[httpx.URL], Mapping[str, str]],
        may_be_private: bool,
        is_robots: bool,
    ) -> Fetched:
        asked = url
        for _ in range(_MAX_REDIRECTS + 1):
            delay = None
            if self.rules.obey_robots and not is_robots:
                delay = self._robots.check(url, may_be_private)
            answer = self._ask(Request(url, max_bytes, headers_at(url), may_be_private, cut=is_robots), delay)
            target = answer.headers.get("location")
            if answer.status not in _REDIRECTS or target is None:
                return answer
            url = parse_address(target, url)
            may_be_private = may_be_private and not answer.is_public
        raise ReadError(f"{asked} redirects more than {_MAX_REDIRECTS} times.", "Name the address that it leads to.")

    def _ask(self, request: Request, delay_s: float | None) -> Fetched:
        for is_last in (False, True):
            self._rate.wait(request.url.host, delay_s)
            answer = fetch(request, self.rules, self._resolve, self._context)
            wait = _retry_after(answer) if answer.status in _BUSY else None
            if is_last or wait is None or wait > _LONGEST_RETRY_S:
                break
            self._sleep(wait)
        return answer


def _retry_after(answer: Fetched) -> float | None:
    """In seconds; the header has them, or a date (RFC 9110, 10.2.3)."""
    value = answer.headers.get("retry-after", "").strip()
    if value.isascii() and value.isdigit():
        return float(value)
    try:
        at = parsedate_to_datetime(value)
    except ValueError:
        return None
    if at.tzinfo is None:  # "-0000": in UTC, from nowhere in particular
        at = at.replace(tzinfo=UTC)
    return max(0.0, (at - datetime.now(UTC)).total_seconds())


def _refusal(answer: Fetched) -> ReadError:
    message = f"{answer.url} answers {answer.status_words}."
    match answer.status:
        case 404 | 410:
            return SourceGone(message, "It is not there (any more). Check the address.")
        case 401 | 403 | 407:
            return ReadError(message, "It wants a sign-in, or turns programs away: save the page and ingest the file.")
        case 429 | 503:
            return ReadError(message, "The server is busy: try again later, or lower web.requests_per_second.")
        case _:
            return ReadError(
                message, "Try again later." if answer.status >= 500 else "Open it in a browser to see why."
            )
