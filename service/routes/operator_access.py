"""Who may use the operator's pages and their API."""

from typing import Annotated

from fastapi import Depends, Request

from core.errors import SignInNeeded
from service.operator import COOKIE
from service.routes.site_session import client_address
from service.routes.state import State
from service.sites.origins import is_of_host

_BEARER = "bearer "
_SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


def is_operator(request: Request, state: State) -> bool:
    """Whether the request carries the token, or the cookie of a browser that was given it.

    The cookie counts for what the server's own pages send, and for no other page: sites that may call
    the API by the setting server.allowed_origins are often of the same site, where SameSite does not part them.
    Raises TooManyRequests after five wrong tokens from an address in a minute, signing in counted with them.
    """
    given = request.headers.get("authorization", "")
    if given[: len(_BEARER)].lower() == _BEARER:
        return state.operator.admits(given[len(_BEARER) :], client_address(request))
    cookie = request.cookies.get(COOKIE)
    return cookie is not None and _is_own_page(request) and state.operator.knows(cookie)


def _is_own_page(request: Request) -> bool:
    if request.method in _SAFE_METHODS:  # a foreign page cannot read the answer: credentials are never allowed to it
        return True
    origin = request.headers.get("origin")
    return origin is None or is_of_host(origin, request.headers.get("host", ""))


def operator_only(allowed: Annotated[bool, Depends(is_operator)]) -> None:
    """Raises SignInNeeded."""
    if not allowed:
        raise SignInNeeded(
            "This is for the operator.",
            "Sign in at /admin, or send the token of the file admin.token as `Authorization: Bearer …`.",
        )


IsOperator = Annotated[bool, Depends(is_operator)]
OPERATOR_ONLY = [Depends(operator_only)]
