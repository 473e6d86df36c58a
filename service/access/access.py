"""Who may do what on a data folder, put together for a server."""

from collections.abc import Collection
from pathlib import Path

from itsdangerous import BadData, URLSafeTimedSerializer

from core.errors import Forbidden, KeyInvalid
from index.place import Place
from service.access.key_ring import KeyRing
from service.access.keys import PREFIX, Keys, digest_of
from service.access.operator_sessions import OperatorSessions
from service.access.operators import Operators
from service.access.principal import NOBODY, AccessScope, Principal
from service.access.records import ApiKey
from service.access.tables import AccessFile

KEY_COOKIE = "footnoted_key"
KEY_COOKIE_S = 30 * 24 * 60 * 60
ON_LOOPBACK = frozenset({AccessScope.ASK, AccessScope.INGEST})
_SALT = "footnoted.key"
_MARK_CHARS = 32


class Access:
    """Safe to use from several threads.

    ``anonymous`` is what a caller without credentials may do; None leaves it to the keys: as long as none was ever
    made, and the server is reached from its own machine only (``on_loopback``), everybody may ask and ingest. The end
    of the last key opens nothing: whoever closed the server once has to open it by the setting.
    """

    def __init__(
        self,
        place: Path | Place,
        secret: bytes,
        anonymous: Collection[AccessScope] | None = None,
        on_loopback: bool = True,
    ) -> None:
        self._file = AccessFile(place)
        self.keys = Keys(self._file)
        self.ring = KeyRing(self.keys)
        self.operators = Operators(self._file)
        self.operator_sessions = OperatorSessions(self._file)
        self._anonymous = None if anonymous is None else frozenset(anonymous)
        self._on_loopback = on_loopback
        self._cookies = URLSafeTimedSerializer(secret, salt=_SALT)

    def close(self) -> None:
        self._file.close()

    def anonymous(self) -> Principal:
        """A caller without credentials. Raises IndexBroken, NotReady."""
        if self._anonymous is not None:
            return Principal(NOBODY.id, self._anonymous)
        return Principal(NOBODY.id, ON_LOOPBACK) if self._on_loopback and not self.ring.had_any() else NOBODY

    def key_of(self, secret: str) -> ApiKey:
        """Raises KeyInvalid; IndexBroken, NotReady."""
        key = self.ring.of_secret(secret)
        if key is None:
            raise KeyInvalid(
                "This API key is not valid.", "It may be mistyped, expired or revoked: ask whoever gave it to you."
            )
        self.ring.note_use(key)
        return key

    def sign_in(self, secret: str) -> str:
        """A cookie that stands for the key, as long as its secret is good. Raises KeyInvalid, Forbidden."""
        secret = secret.strip()
        if AccessScope.ASK not in self.key_of(secret).scopes:
            raise Forbidden("This key may not ask questions.", "Sign in with a key of the scope ask.")
        return str(self._cookies.dumps(digest_of(secret)[:_MARK_CHARS]))

    def key_of_cookie(self, cookie: str) -> ApiKey | None:
        """None where it was not signed here, is too old, or its secret is not good any more."""
        try:
            mark = str(self._cookies.loads(cookie, max_age=KEY_COOKIE_S))
        except BadData:
            return None
        return self.ring.of_mark(mark)


def looks_like_key(credential: str) -> bool:
    return credential.startswith(PREFIX)
