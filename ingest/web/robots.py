"""What a site's robots.txt allows (RFC 9309)."""

from collections.abc import Callable
from dataclasses import dataclass, field

import httpx
from protego import Protego

from core.errors import ReadError
from ingest.web.addresses import port_of
from ingest.web.fetch import Fetched

MAX_BYTES = 500 * 1024  # as much of it as the RFC wants read

_Key = tuple[str, str, int, bool]


@dataclass(slots=True)
class Robots:
    """Asks each origin once. ``get`` fetches an address: (url, whether it may be private)."""

    get: Callable[[httpx.URL, bool], Fetched]
    agent: str
    _found: dict[_Key, Protego | ReadError] = field(default_factory=dict)

    def check(self, url: httpx.URL, may_be_private: bool) -> float | None:
        """The delay in seconds that the site wants between requests, if any. Raises ReadError where it forbids."""
        rules = self._rules(url, may_be_private)
        if not rules.can_fetch(str(url), self.agent):
            raise ReadError(
                f"The robots.txt of {url.host} forbids {url}.",
                "Ask its operator; for a site of your own, the setting web.obey_robots may be false.",
            )
        return rules.crawl_delay(self.agent)

    def _rules(self, url: httpx.URL, may_be_private: bool) -> Protego:
        key = (url.scheme, url.host, port_of(url), may_be_private)
        if key not in self._found:
            try:
                self._found[key] = self._ask(url.copy_with(raw_path=b"/robots.txt"), may_be_private)
            except ReadError as error:  # a host that is down is not tried for every page of it
                self._found[key] = error
        found = self._found[key]
        if isinstance(found, ReadError):
            raise found
        return found

    def _ask(self, url: httpx.URL, may_be_private: bool) -> Protego:
        answer = self.get(url, may_be_private)
        if answer.is_success:
            return Protego.parse(answer.body.decode("utf-8", errors="replace"))
        if answer.status >= 500 or answer.status == 429:  # whether it forbids anything is not known
            raise ReadError(
                f"{url} answers {answer.status_words}, so that nothing is fetched from {url.host}.",
                "Try again later; for a site of your own, the setting web.obey_robots may be false.",
            )
        return Protego.parse("")
