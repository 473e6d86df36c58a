"""Session tokens: signed by the server, kept by the visitor's browser, so that the server need remember nothing."""

import hashlib
import secrets
from dataclasses import dataclass
from typing import Any

from itsdangerous import BadData, URLSafeTimedSerializer

from core.errors import SessionExpired

_SALT = "footnoted.sites.session"
_RENEWABLE_S = 24 * 60 * 60
_HINT = "POST /v1/sites/{site}/session gives a new one."


@dataclass(frozen=True, slots=True)
class Session:
    """What a token says: a visitor, known by a random id, on a page of an origin, at a site."""

    site_id: str
    id: str
    origin: str


class SessionTokens:
    """Signs and reads tokens; ``lifetime_s`` is how many seconds one is good for."""

    def __init__(self, secret: bytes, lifetime_s: int) -> None:
        self.lifetime_s = lifetime_s
        self._signer = URLSafeTimedSerializer(
            secret, salt=_SALT, signer_kwargs={"key_derivation": "hmac", "digest_method": hashlib.sha256}
        )

    def issue(self, site_id: str, origin: str, old: str | None = None) -> str:
        """A new token. The session goes on where ``old`` is a token of the same site and origin that ran out less
        than a day ago."""
        former = self._read(old, self.lifetime_s + _RENEWABLE_S) if old else None
        goes_on = former is not None and (former.site_id, former.origin) == (site_id, origin)
        session_id = former.id if former and goes_on else f"ses_{secrets.token_urlsafe(16)}"
        token: str = self._signer.dumps([site_id, session_id, origin])
        return token

    def read(self, token: str | None, site_id: str) -> Session:
        """What a token says. Raises SessionExpired, also where it is none of this server's or of another site."""
        session = self._read(token, self.lifetime_s) if token else None
        if session is None:
            raise SessionExpired("There is no session token, or it is not valid any more.", _HINT)
        if session.site_id != site_id:
            raise SessionExpired("The session token is of another site.", _HINT)
        return session

    def _read(self, token: str, max_age_s: int) -> Session | None:
        try:
            said: Any = self._signer.loads(token, max_age=max_age_s)
        except (BadData, UnicodeError):
            return None
        return Session(*said)
