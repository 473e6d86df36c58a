"""The operator: whoever holds the token of the data folder, and the signed cookie that stands for it in a browser."""

import hashlib
import hmac
import math
import os
import secrets
import time
from contextlib import suppress
from pathlib import Path

from itsdangerous import BadData, URLSafeTimedSerializer
from limits import RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter

from core.errors import IndexBroken, SignInNeeded, TooManyRequests
from service.secret import load_secret

TOKEN_FILE = "admin.token"
COOKIE = "footnoted_admin"
SESSION_S = 12 * 60 * 60
_TRIES_A_MINUTE = 5
_MOST_ADDRESSES = 10_000
_TOKEN_BYTES = 24
_SHORTEST_TOKEN = 16  # characters: a token may be chosen by hand, but not be guessed
_OWNER_ONLY = 0o600
_SALT = "footnoted.operator"


class Operator:
    """Checks tokens and cookies. A new token, made by deleting the file and starting again, ends all sessions."""

    def __init__(self, token: str, secret: bytes) -> None:
        self.token = token
        self._cookies = URLSafeTimedSerializer(secret, salt=_SALT)
        self._tries = MemoryStorage()
        self._windows = MovingWindowRateLimiter(self._tries)
        self._limit = RateLimitItemPerMinute(_TRIES_A_MINUTE)

    @classmethod
    def open(cls, data_dir: Path) -> "Operator":
        """With the data folder's token, made on the first start. Raises IndexBroken."""
        return cls(load_token(data_dir), load_secret(data_dir))

    def sign_in(self, token: str, address: str) -> str:
        """The value of the cookie. Raises SignInNeeded for a wrong token, TooManyRequests for the sixth in a minute.

        The right token is refused too once an address tried too often: else guessing would only look limited.
        """
        if not self._windows.test(self._limit, address):
            reset, _ = self._windows.get_window_stats(self._limit, address)
            seconds = max(1, math.ceil(reset - time.time()))
            hint = f"Try again in {seconds} s."
            raise TooManyRequests("Too many tries to sign in from this address.", hint, seconds)
        if not self.accepts(token):
            if len(self._tries.events) > _MOST_ADDRESSES:  # it keeps them for ever
                self._tries.reset()
            self._windows.hit(self._limit, address)
            raise SignInNeeded(
                "This is not the operator's token.",
                f"It is in the file {TOKEN_FILE} of the data folder; `footnoted serve` prints a link with it.",
            )
        return self.cookie()

    def accepts(self, token: str) -> bool:
        """Whether it is the token, told in a time that does not depend on how much of it is right."""
        return hmac.compare_digest(token.strip().encode(), self.token.encode())

    def cookie(self) -> str:
        """A signed value that is valid for SESSION_S seconds."""
        return str(self._cookies.dumps(self._mark()))

    def knows(self, cookie: str) -> bool:
        """Whether the value was signed here, for the present token, less than SESSION_S seconds ago."""
        try:
            return bool(self._cookies.loads(cookie, max_age=SESSION_S) == self._mark())
        except BadData:
            return False

    def _mark(self) -> str:
        """What the cookie holds: which token it was given for, without telling it."""
        return hashlib.sha256(self.token.encode()).hexdigest()[:16]


def load_token(data_dir: Path) -> str:
    """The operator's token, made where there is none. Raises IndexBroken."""
    path = data_dir / TOKEN_FILE
    try:
        if not path.exists():
            _make(path)
        token = path.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise IndexBroken(f"{path} cannot be read or written: {error}.", "Check the folder's permissions.") from error
    if len(token) < _SHORTEST_TOKEN:
        raise IndexBroken(
            f"{path} holds fewer than {_SHORTEST_TOKEN} characters.", "Delete it: the next start makes a new token."
        )
    return token


def _make(path: Path) -> None:
    """Written whole before it has its name: of two processes that start together, both read the same token."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f"{path.name}.{secrets.token_hex(8)}")
    try:
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _OWNER_ONLY), "w") as file:
            file.write(secrets.token_urlsafe(_TOKEN_BYTES) + "\n")
            file.flush()
            os.fsync(file.fileno())
        with suppress(FileExistsError):  # another process was faster
            os.link(draft, path)
    finally:
        draft.unlink(missing_ok=True)
