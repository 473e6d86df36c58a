"""Where calls are counted: in this process, or in a Redis that several replicas and worker processes share."""

import math
import time
from collections.abc import Callable, Sequence

import structlog
from limits.errors import ConfigurationError, StorageError
from limits.storage import MovingWindowSupport, Storage, storage_from_string
from limits.strategies import MovingWindowRateLimiter

from core.errors import SettingsError
from service.call_limits import CallLimits, Window

_TIMEOUT_S = 0.5
_TRY_AGAIN_S = 5.0

log = structlog.get_logger("footnoted")


def open_call_limits(storage_url: str | None) -> Callable[[], CallLimits]:
    """Gives counters; all of them count in the one storage where there is a URL, else each in its own memory.

    Nothing is connected yet. Raises SettingsError for a URL that names no storage, or one whose client is missing.
    """
    if storage_url is None:
        return CallLimits
    try:
        storage = storage_from_string(
            storage_url, wrap_exceptions=True, socket_timeout=_TIMEOUT_S, socket_connect_timeout=_TIMEOUT_S
        )
    except (ConfigurationError, ValueError, TypeError) as error:
        raise SettingsError(
            f"limits.storage_url cannot be used: {_why(error, storage_url)}.",
            "Write it as redis://HOST:PORT/0, and install its client: pip install 'footnoted[redis]'.",
        ) from error
    if not isinstance(storage, Storage) or not isinstance(storage, MovingWindowSupport):
        raise SettingsError("limits.storage_url names a storage without moving windows.", "Use Redis or Valkey.")
    return lambda: SharedCallLimits(storage)


def _why(error: Exception, storage_url: str) -> str:
    """Without the URL, which may have a password in it, and which some messages repeat in whole or in part."""
    if isinstance(error, ConfigurationError):
        scheme = storage_url.partition("://")[0] if "://" in storage_url else ""
        return str(error).replace(storage_url, f"{scheme}://…")
    return "it is no URL of a storage"


class SharedCallLimits(CallLimits):
    """Counts in a storage of the library `limits`; in the memory of this process while that does not answer.

    Another process may count between the look at a limit and the count: then a call too many is let in, and not two.
    """

    blocks = True

    def __init__(self, storage: Storage) -> None:
        super().__init__()
        self._shared = MovingWindowRateLimiter(storage)
        self._not_before = 0.0

    def count(self, windows: Sequence[Window], refusal: str) -> None:
        def count() -> None:
            self._refuse(self._waits_shared(windows), refusal)
            for item, key in windows:
                self._shared.hit(item, key)

        if not self._asked(count):
            super().count(windows, refusal)

    def check(self, windows: Sequence[Window], refusal: str) -> None:
        if not self._asked(lambda: self._refuse(self._waits_shared(windows), refusal)):
            super().check(windows, refusal)

    def _waits_shared(self, windows: Sequence[Window]) -> list[int]:
        """Seconds, of each limit that is reached."""
        waits = []
        for item, key in windows:
            reset, left = self._shared.get_window_stats(item, key)
            if left <= 0:
                waits.append(max(1, math.ceil(reset - time.time())))
        return waits

    def _asked(self, call: Callable[[], None]) -> bool:
        """Whether the storage was there for the call, which may raise TooManyRequests."""
        if time.monotonic() < self._not_before:
            return False
        try:
            call()
        except StorageError as error:
            self._not_before = time.monotonic() + _TRY_AGAIN_S
            log.warning("limits_storage_away", reason=str(error.storage_error), next_try_in_s=_TRY_AGAIN_S)
            return False
        return True
