"""The API keys as a running server knows them: read again at least every half second, so that what changes counts."""

import threading
import time
from collections.abc import Callable

import structlog

from core.errors import FootnotedError
from service.access.keys import Keys, digest_of
from service.access.records import ApiKey
from service.timestamps import timestamp, utc_now

_FRESH_S = 0.5  # as long may a key that another process revoked still be good
_AGAIN_S = 0.05  # of wrong keys, which cost nothing to send, one in this time has the database read

log = structlog.get_logger("footnoted")


class KeyRing:
    """Safe to use from several threads. Which day a key was last used is written once a day and key."""

    def __init__(self, keys: Keys, clock: Callable[[], float] = time.monotonic) -> None:
        self.keys = keys
        self._clock = clock
        self._lock = threading.Lock()
        self._by_digest: dict[str, ApiKey] = {}
        self._ever_made = False
        self._read_at: float | None = None
        self._again_at = float("-inf")  # when it was last read on account of an unknown key
        self._noted: dict[str, str] = {}

    @property
    def is_fresh(self) -> bool:
        """Whether a look-up needs no disk."""
        read_at = self._read_at  # once: another thread may forget it meanwhile
        return read_at is not None and self._clock() - read_at < _FRESH_S

    def had_any(self) -> bool:
        """Whether a key was ever made, also one that is not good any more. Raises IndexBroken, NotReady."""
        self._secrets()
        return self._ever_made

    def of_secret(self, secret: str) -> ApiKey | None:
        """The key whose secret it is, if that is good now. Raises IndexBroken, NotReady.

        By its digest: how long it takes says nothing of the secrets that there are.
        """
        began, digest = self._clock(), digest_of(secret)
        found = self._secrets().get(digest)
        if found is None:
            found = self._secrets_as_of(began).get(digest)
        return found if found and _is_good(found) else None

    def of_mark(self, mark: str) -> ApiKey | None:
        """The key of a secret whose digest begins so, from what this server signed. Raises IndexBroken, NotReady."""
        own = (key for digest, key in self._secrets().items() if digest.startswith(mark))
        return next((key for key in own if _is_good(key)), None)

    def note_use(self, key: ApiKey) -> None:
        """A failure is told: it must not keep the key from working."""
        today = timestamp(utc_now())[:10]
        if key.used_on == today or self._noted.get(key.id) == today:
            return
        self._noted[key.id] = today
        try:
            self.keys.used([key.id], today)
        except FootnotedError as error:
            log.warning("key_use_not_kept", code=error.code, message=error.message)

    def forget(self) -> None:
        """The next look-up reads anew: for who changed a key in this process."""
        with self._lock:  # what is being read now may be older than the change
            self._read_at = None

    def _secrets(self) -> dict[str, ApiKey]:
        if not self.is_fresh:
            with self._lock:
                if not self.is_fresh:
                    self._read()
        return self._by_digest

    def _secrets_as_of(self, began: float) -> dict[str, ApiKey]:
        """Read at ``began`` or later, for a key that another process may have made since the last time: it is good from
        its first use on. But only now and then; the known keys go on to be answered from what is there."""
        with self._lock:
            read_at = self._read_at
            if (read_at is None or read_at < began) and began - self._again_at >= _AGAIN_S:
                self._again_at = began
                self._read()
        return self._by_digest

    def _read(self) -> None:
        began = self._clock()
        self._by_digest = self.keys.good_secrets()
        self._ever_made = self.keys.ever_made()
        self._read_at = began


def _is_good(key: ApiKey) -> bool:
    return key.is_good(timestamp(utc_now()))
