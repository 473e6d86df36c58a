"""Keeping requests to a host apart in time."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field

_LONGEST_S = 10.0


@dataclass(slots=True)
class RateLimit:
    """One request to a host in ``1 / per_second`` seconds."""

    per_second: float
    sleep: Callable[[float], None] = time.sleep
    clock: Callable[[], float] = time.monotonic
    _next: dict[str, float] = field(default_factory=dict)

    def wait(self, host: str, delay_s: float | None = None) -> None:
        """Until it is this request's turn. A crawl delay of the host's own is kept up to 10 seconds."""
        apart = max(1 / self.per_second, min(delay_s or 0.0, _LONGEST_S))
        now = self.clock()
        turn = max(now, self._next.get(host, now))
        self._next[host] = turn + apart
        if turn > now:
            self.sleep(turn - now)
