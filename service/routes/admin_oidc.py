"""``/admin/oidc``: to the issuer and back."""

import hmac
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Cookie, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse
from itsdangerous import BadData, URLSafeTimedSerializer
from starlette.responses import Response

from core.errors import FootnotedError, NotFound, SignInNeeded, TooManyRequests
from service.access.needs import public
from service.access.oidc import Oidc
from service.audit.middleware import name_target
from service.network_address import client_address
from service.routes.admin import set_operator_cookie
from service.routes.state import ServiceState, State
from service.secret import load_secret

router = APIRouter(
    prefix="/admin/oidc", include_in_schema=False, dependencies=public("The issuer says who comes back.")
)
_COOKIE = "footnoted_oidc"
_PATH = "/admin/oidc"
_WAIT_S = 600
_SALT = "footnoted.oidc"
_MOST_CHARS = 4000
# A redirect from the issuer's page would not carry the cookie, which no other site may send; this page's own does.
_BACK = '<!doctype html><meta http-equiv="refresh" content="0;url={0}"><title>…</title><a href="{0}">/admin</a>'


@router.get("")
def begin(request: Request, state: State) -> Response:
    """Send the browser to the issuer. Raises NotFound."""
    oidc = _oidc(state)
    try:
        begun = oidc.begin(_redirect_uri(request, state), client_address(request.scope))
    except FootnotedError as error:
        return _failed(error)
    response = RedirectResponse(begun.address, 303, {"Cache-Control": "no-store"})
    under_way = str(_signer(state).dumps([begun.state, begun.nonce, begun.verifier]))
    secure = request.url.scheme == "https"
    response.set_cookie(_COOKIE, under_way, max_age=_WAIT_S, httponly=True, samesite="lax", path=_PATH, secure=secure)
    return response


@router.get("/callback")
def finish(
    request: Request,
    state: State,
    code: Annotated[str, Query(max_length=_MOST_CHARS)] = "",
    given: Annotated[str, Query(alias="state", max_length=_MOST_CHARS)] = "",
    under_way: Annotated[str, Cookie(alias=_COOKIE)] = "",
) -> Response:
    """Sign in who comes back from the issuer, or tell at /admin why not."""
    try:
        expected, nonce, verifier = _begun(state, under_way)
        if not code or not hmac.compare_digest(expected.encode(), given.encode()):
            raise _lost()
        address = client_address(request.scope)
        name = _oidc(state).finish(_redirect_uri(request, state), code, nonce, verifier, address)
    except NotFound:
        raise
    except FootnotedError as error:
        response = _failed(error)
    else:
        name_target(request.scope, f"operator:{name}")
        response = HTMLResponse(_BACK.format("/admin"))
        set_operator_cookie(request, response, state.operator.cookie(name))
    response.delete_cookie(_COOKIE, path=_PATH, httponly=True, samesite="lax")
    return response


def _failed(error: FootnotedError) -> HTMLResponse:
    """/admin says why."""
    page = _BACK.format(f"/admin#{urlencode({'error': error.message})}")
    if isinstance(error, TooManyRequests):
        return HTMLResponse(page, 429, {"Retry-After": str(error.retry_after_s)})
    return HTMLResponse(page, 401 if isinstance(error, SignInNeeded) else 502)


def _begun(state: ServiceState, under_way: str) -> tuple[str, str, str]:
    try:
        expected, nonce, verifier = _signer(state).loads(under_way, max_age=_WAIT_S)
    except BadData:
        raise _lost() from None
    return expected, nonce, verifier


def _lost() -> SignInNeeded:
    return SignInNeeded("This sign-in was not begun in this browser, or took too long.", "Begin again at /admin.")


def _oidc(state: ServiceState) -> Oidc:
    """Raises NotFound where none is set up."""
    if state.oidc is None:
        raise NotFound("This server has no OpenID Connect.", "Set access.oidc_issuer.")
    return state.oidc


def _redirect_uri(request: Request, state: ServiceState) -> str:
    return f"{(state.settings.server.public_url or str(request.base_url)).rstrip('/')}{_PATH}/callback"


def _signer(state: ServiceState) -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(load_secret(state.settings.place), salt=_SALT)
