"""Operators: whoever holds the token of the data folder, or signs in by name; and the cookie that stands for them."""

import hashlib
import hmac
import secrets
import threading
from pathlib import Path

from itsdangerous import BadData, URLSafeTimedSerializer
from limits import RateLimitItemPerMinute

from core.errors import IndexBroken, SignInNeeded, TooManyRequests
from index.place import Place
from service.access.operator_sessions import OperatorSessions
from service.access.operators import TOKEN, Operators, same_for
from service.call_limits import CallLimits
from service.network_address import network_of
from service.secret import load_or_make, load_secret, where

TOKEN_FILE = "admin.token"
COOKIE = "footnoted_admin"
SESSION_S = 12 * 60 * 60
_TOKEN_BYTES = 24
_SHORTEST_TOKEN = 16  # characters: a token may be chosen by hand, but not be guessed
_SALT = "footnoted.operator"
_TRIES = RateLimitItemPerMinute(5, namespace="sign-in")
_TRIES_OF_NAME = RateLimitItemPerMinute(10, namespace="sign-in-name")  # a code is one of a million: nobody may try many
_LONGEST_NAME = 100
_MOST_AT_ONCE = 4
_TOO_MANY = "Too many tries to sign in from this address."


class Operator:
    """Checks tokens, passwords and cookies. A new token, made by deleting the file and starting again, ends the
    sessions that the old one began. With ``sessions``, each can be ended; without, they last until they run out."""

    def __init__(
        self,
        token: str,
        secret: bytes,
        sessions: OperatorSessions | None = None,
        operators: Operators | None = None,
        tries: CallLimits | None = None,
    ) -> None:
        self.token = token
        self._sessions = sessions
        self._operators = operators
        self._cookies = URLSafeTimedSerializer(secret, salt=_SALT)
        self._tries = tries or CallLimits()
        self._signing_in = threading.BoundedSemaphore(_MOST_AT_ONCE)
        self._one_by_one = threading.Lock()

    @classmethod
    def open(
        cls,
        place: Path | Place,
        sessions: OperatorSessions | None = None,
        operators: Operators | None = None,
        tries: CallLimits | None = None,
    ) -> "Operator":
        """With the token of the data folder or database, made on the first start. Raises IndexBroken, NotReady."""
        return cls(load_token(place), load_secret(place), sessions, operators, tries)

    def sign_in(self, token: str, address: str) -> str:
        """The value of the cookie. Raises SignInNeeded for a wrong token; TooManyRequests as ``admits`` does."""
        if not self.admits(token, address):
            raise SignInNeeded(
                "This is not the operator's token.",
                "`footnoted operators token` prints it.",
            )
        return self.cookie()

    def sign_in_by_name(self, name: str, password: str, code: str | None, address: str) -> str:
        """The value of the cookie. Which of the three was wrong is not told. Raises SignInNeeded, TooManyRequests."""
        windows = [(_TRIES, network_of(address)), (_TRIES_OF_NAME, same_for(name[:_LONGEST_NAME]))]
        if not self._signing_in.acquire(blocking=False):  # a password takes a while: not all threads shall wait here
            raise TooManyRequests("Too many sign in at once.", "Try again in a second.", 1)
        try:
            # Else tries that come together would all be looked at before one is counted, and each takes 64 MiB.
            with self._one_by_one:
                self._tries.check(windows, _TOO_MANY)
                known = self._operators.checked(name, password, code) if self._operators else None
                if known is None:
                    self._tries.count(windows, _TOO_MANY)
        finally:
            self._signing_in.release()
        if known is None:
            raise SignInNeeded(
                "The name, the password or the code is wrong.",
                "A code is good once: wait for the next one. `footnoted operators` sets all of them.",
            )
        return self.cookie(known)

    def admits(self, token: str, address: str) -> bool:
        """Whether it is the token. Raises TooManyRequests for the sixth wrong one from an address in a minute.

        The right token is refused too once an address tried too often: else guessing would only look limited.
        """
        windows = [(_TRIES, network_of(address))]
        if hmac.compare_digest(token.strip().encode("utf-8", "surrogatepass"), self.token.encode()):
            self._tries.check(windows, _TOO_MANY)
            return True
        self.count_wrong(address)
        return False

    def count_wrong(self, address: str) -> None:
        """A try to sign in that failed. Raises TooManyRequests."""
        self._tries.count([(_TRIES, network_of(address))], _TOO_MANY)

    def cookie(self, name: str = TOKEN) -> str:
        """A signed value that is valid for SESSION_S seconds, of the operator of that name."""
        session_id = self._sessions.begin(name, SESSION_S) if self._sessions else ""
        return str(self._cookies.dumps([name, session_id, self._mark_of(name)]))

    def knows(self, cookie: str) -> bool:
        """Whether it is of somebody who is signed in."""
        return self.name_of(cookie) is not None

    def name_of(self, cookie: str) -> str | None:
        """Whose the value is: signed here less than SESSION_S seconds ago, its session not ended since, and if the
        token began it, by the present one."""
        said = self._said(cookie)
        if said is None:
            return None
        name, session_id, mark = said
        if mark != self._mark_of(name):
            return None
        return name if self._sessions is None or self._sessions.operator_of(session_id) == name else None

    def sign_out(self, cookie: str, everywhere: bool = False) -> None:
        """End the session, or all of its operator. A cookie that counts no more ends none."""
        name = self.name_of(cookie)
        said = self._said(cookie)
        if self._sessions is None or name is None or said is None:
            return
        if everywhere:
            self._sessions.end_all(name)
        else:
            self._sessions.end(said[1])

    def _said(self, cookie: str) -> tuple[str, str, str] | None:
        try:
            name, session_id, mark = self._cookies.loads(cookie, max_age=SESSION_S)
        except (BadData, TypeError, ValueError):  # also what a former version signed
            return None
        return str(name), str(session_id), str(mark)

    def _mark_of(self, name: str) -> str:
        """Of who has the token: which one, without telling it."""
        return hashlib.sha256(self.token.encode()).hexdigest()[:16] if name == TOKEN else ""


def load_token(place: Path | Place) -> str:
    """The operator's token, made where there is none. Raises IndexBroken, NotReady."""
    kept = load_or_make(place, TOKEN_FILE, lambda: f"{secrets.token_urlsafe(_TOKEN_BYTES)}\n".encode())
    again = "Delete it: the next start makes a new token."
    try:
        token = kept.decode().strip()
    except UnicodeDecodeError as error:
        raise IndexBroken(f"{where(place, TOKEN_FILE)} is no text.", again) from error
    if len(token) < _SHORTEST_TOKEN:
        raise IndexBroken(f"{where(place, TOKEN_FILE)} holds fewer than {_SHORTEST_TOKEN} characters.", again)
    return token
