"""Credentials to callers: a key, the operator's token, a cookie of either, or nobody in particular."""

from collections.abc import Callable
from dataclasses import dataclass

from starlette.datastructures import Headers
from starlette.requests import cookie_parser

from core.errors import FootnotedError, KeyInvalid, TooManyRequests
from service.access.access import KEY_COOKIE, Access, looks_like_key
from service.access.operators import TOKEN
from service.access.principal import AccessScope, Principal
from service.operator import COOKIE as OPERATOR_COOKIE
from service.operator import Operator
from service.sites.origins import is_of_host
from service.wrong_keys import WrongKeys

_BEARER = "bearer "
_SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


@dataclass(frozen=True, slots=True)
class Call:
    """What of a request tells who sent it. ``sends_any_key``: its clients send one whether it is needed or not."""

    method: str
    headers: Headers
    address: str
    sends_any_key: bool = False

    @property
    def credential(self) -> str | None:
        """Of ``Authorization: Bearer …``, or of ``x-api-key``, as Anthropic's clients send it."""
        given = self.headers.get("authorization", "")
        if given[: len(_BEARER)].lower() == _BEARER:
            return given[len(_BEARER) :].strip()
        return self.headers.get("x-api-key")

    @property
    def has_cookies(self) -> bool:
        given = self.headers.get("cookie", "")
        return OPERATOR_COOKIE in given or KEY_COOKIE in given

    def cookie(self, name: str) -> str | None:
        """Counts for what the server's own pages send, and for no other page: sites that may call the API by the
        setting server.allowed_origins are often of the same site, where SameSite does not part them."""
        if not self._is_own_page():
            return None
        return cookie_parser(self.headers.get("cookie", "")).get(name)

    def _is_own_page(self) -> bool:
        if self.method in _SAFE_METHODS:  # a foreign page cannot read the answer: credentials are never allowed to it
            return True
        origin = self.headers.get("origin")
        return origin is None or is_of_host(origin, self.headers.get("host", ""))


@dataclass(frozen=True, slots=True)
class Caller:
    """``refusal`` says what was wrong with a credential that made nobody of who sent it."""

    principal: Principal
    refusal: FootnotedError | None = None


class Callers:
    """Safe to use from several threads."""

    def __init__(self, access: Access, operator: Operator) -> None:
        self._access = access
        self._operator = operator
        self._wrong_keys = WrongKeys()

    def needs_no_disk(self, call: Call) -> bool:
        """Whether ``caller`` answers from memory."""
        return call.credential is None and not call.has_cookies and self._access.ring.is_fresh

    def caller(self, call: Call) -> Caller:
        """Raises IndexBroken, NotReady."""
        credential = call.credential
        if credential is not None:
            return self._with(credential, call)
        if cookie := call.cookie(OPERATOR_COOKIE):
            name = self._operator.name_of(cookie)
            if name is not None:
                return Caller(operator_principal(name))
        if (cookie := call.cookie(KEY_COOKIE)) and (key := self._access.key_of_cookie(cookie)):
            return Caller(key.principal)
        return Caller(self._access.anonymous())

    def _with(self, credential: str, call: Call) -> Caller:
        if looks_like_key(credential):
            try:
                return Caller(self._access.key_of(credential).principal)
            except KeyInvalid as error:
                return Caller(self._access.anonymous(), error)
        try:
            is_operator = self._is_token(credential, call)
        except TooManyRequests as error:
            return Caller(self._access.anonymous(), error)
        return Caller(operator_principal(TOKEN) if is_operator else self._access.anonymous())

    def _is_token(self, credential: str, call: Call) -> bool:
        """Raises TooManyRequests after five wrong ones from an address in a minute, signing in counted with them."""
        admits: Callable[[str, str], bool] = self._operator.admits
        if not call.sends_any_key:
            return admits(credential, call.address)
        if self._wrong_keys.has(credential):
            return False
        is_token = admits(credential, call.address)
        if not is_token:
            self._wrong_keys.add(credential)
        return is_token


def operator_principal(name: str) -> Principal:
    """Who is signed in to the operator's pages may do all, and see all."""
    return Principal(f"operator:{name}", frozenset(AccessScope), None, None)
