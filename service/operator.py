"""The operator: whoever holds the token of the data folder, and the signed cookie that stands for it in a browser."""

import hashlib
import hmac
import secrets
from pathlib import Path

from itsdangerous import BadData, URLSafeTimedSerializer
from limits import RateLimitItemPerMinute

from core.errors import IndexBroken, SignInNeeded
from service.call_limits import CallLimits, network_of
from service.secret import load_secret, make_owner_file

TOKEN_FILE = "admin.token"
COOKIE = "footnoted_admin"
SESSION_S = 12 * 60 * 60
_TOKEN_BYTES = 24
_SHORTEST_TOKEN = 16  # characters: a token may be chosen by hand, but not be guessed
_SALT = "footnoted.operator"
_TRIES = RateLimitItemPerMinute(5)
_TOO_MANY = "Too many tries to sign in from this address."


class Operator:
    """Checks tokens and cookies. A new token, made by deleting the file and starting again, ends all sessions."""

    def __init__(self, token: str, secret: bytes) -> None:
        self.token = token
        self._cookies = URLSafeTimedSerializer(secret, salt=_SALT)
        self._tries = CallLimits()

    @classmethod
    def open(cls, data_dir: Path) -> "Operator":
        """With the data folder's token, made on the first start. Raises IndexBroken."""
        return cls(load_token(data_dir), load_secret(data_dir))

    def sign_in(self, token: str, address: str) -> str:
        """The value of the cookie. Raises SignInNeeded for a wrong token; TooManyRequests as ``admits`` does."""
        if not self.admits(token, address):
            raise SignInNeeded(
                "This is not the operator's token.",
                f"It is in the file {TOKEN_FILE} of the data folder; `footnoted serve` prints a link with it.",
            )
        return self.cookie()

    def admits(self, token: str, address: str) -> bool:
        """Whether it is the token. Raises TooManyRequests for the sixth wrong one from an address in a minute.

        The right token is refused too once an address tried too often: else guessing would only look limited.
        """
        windows = [(_TRIES, network_of(address))]
        if hmac.compare_digest(token.strip().encode(), self.token.encode()):  # in a time that tells nothing
            self._tries.check(windows, _TOO_MANY)
            return True
        self._tries.count(windows, _TOO_MANY)
        return False

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
            make_owner_file(path, f"{secrets.token_urlsafe(_TOKEN_BYTES)}\n".encode())
        token = path.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise IndexBroken(f"{path} cannot be read or written: {error}.", "Check the folder's permissions.") from error
    if len(token) < _SHORTEST_TOKEN:
        raise IndexBroken(
            f"{path} holds fewer than {_SHORTEST_TOKEN} characters.", "Delete it: the next start makes a new token."
        )
    return token
