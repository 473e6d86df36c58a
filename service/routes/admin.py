"""The operator's pages at ``/admin``, and signing in to them."""

from typing import Annotated, Any, Self

from fastapi import APIRouter, Cookie, Query, Request, Response
from fastapi.responses import HTMLResponse
from pydantic import BaseModel, ConfigDict, Field, model_validator

from service.access.needs import public
from service.audit.middleware import name_target
from service.limits import Text
from service.network_address import client_address
from service.operator import COOKIE, SESSION_S
from service.routes.operator_access import OPERATOR_ONLY, IsOperator
from service.routes.state import State

pages = APIRouter(include_in_schema=False)
router = APIRouter(prefix="/v1/admin", tags=["operator"])
# No other site may frame these pages, whatever server.allowed_origins says of the others: a frame that lies
# unseen below a button could make the operator delete things.
_POLICY = "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; form-action 'self'; "
_NOT_STORED = {"Cache-Control": "no-store"}
_REFUSALS: dict[int | str, dict[str, Any]] = {
    401: {"description": "Not the operator's token (`sign_in_needed`)."},
    429: {"description": "Five wrong tokens in a minute (`too_many_requests`)."},
}


OperatorCookie = Annotated[str | None, Cookie(alias=COOKIE, include_in_schema=False)]


class SignIn(BaseModel):
    """What signs an operator in: the token, or a name with its password and, where it has one, a code."""

    model_config = ConfigDict(extra="forbid")
    token: str | None = Field(None, max_length=500, description="The content of the data folder's file `admin.token`.")
    name: Text | None = Field(None, max_length=200, description="Of `footnoted operators add`.")
    password: str | None = Field(None, max_length=1000)
    code: str | None = Field(None, max_length=20, description="Of the authenticator app.")

    @model_validator(mode="after")
    def _one(self) -> Self:
        by_name = self.name is not None and self.password is not None and self.token is None
        by_token = self.token is not None and self.name is self.password is self.code is None
        if not (by_name or by_token):
            raise ValueError("give either token, or name and password")
        return self


@pages.get("/admin", response_class=HTMLResponse, dependencies=public("It asks who is there."))
def admin(request: Request, state: State, signed_in: IsOperator) -> HTMLResponse:
    """One page; its script shows the sections. Without a valid cookie it asks for the token."""
    context = {
        "title": state.settings.chat.title,
        "version": state.version,
        "signed_in": signed_in,
        "has_operators": bool(state.access.operators.all()),
        "has_oidc": state.settings.access.oidc_issuer is not None,
        "public_url": state.settings.server.public_url or "",
        "upload_limit_mb": state.settings.server.max_upload_mb,
    }
    headers = {"Content-Security-Policy": f"{_POLICY}frame-ancestors 'none'", **_NOT_STORED}
    return state.templates.TemplateResponse(request, "admin.html", context, headers=headers)


@pages.get("/admin/preview/{site_id}", response_class=HTMLResponse, dependencies=OPERATOR_ONLY)
def preview(request: Request, state: State, site_id: str) -> HTMLResponse:
    """A page that embeds a site's widget, for the frame beside its settings."""
    site = state.sites.get(site_id)
    context = {"site": site, "version": state.version}
    headers = {"Content-Security-Policy": f"{_POLICY}frame-ancestors 'self'", **_NOT_STORED}
    return state.templates.TemplateResponse(request, "admin_preview.html", context, headers=headers)


@router.post("/session", responses=_REFUSALS, dependencies=public("The credentials are in the request."))
def sign_in(request: Request, response: Response, state: State, given: SignIn) -> dict[str, Any]:
    """Exchange the token, or name and password, for a cookie of 12 hours that no script can read."""
    address = client_address(request.scope)
    if given.token is not None:
        cookie = state.operator.sign_in(given.token, address)
    else:
        name_target(request.scope, f"operator:{given.name}")
        cookie = state.operator.sign_in_by_name(given.name or "", given.password or "", given.code, address)
    set_operator_cookie(request, response, cookie)
    return {"expires_in": SESSION_S}


def set_operator_cookie(request: Request, response: Response, cookie: str) -> None:
    """For this browser only, and for what the server's own pages send."""
    response.set_cookie(
        COOKIE,
        cookie,
        max_age=SESSION_S,
        httponly=True,
        samesite="strict",
        secure=request.url.scheme == "https",
    )
    response.headers.update(_NOT_STORED)


@router.delete("/session", status_code=204, dependencies=public("It ends what this browser has."))
def sign_out(
    response: Response,
    state: State,
    cookie: OperatorCookie = None,
    everywhere: Annotated[bool, Query(description="On every browser of the operator.")] = False,
) -> None:
    """End the session: the cookie is good for nothing any more, also where it was copied."""
    if cookie is not None:
        state.operator.sign_out(cookie, everywhere)
    response.delete_cookie(COOKIE, httponly=True, samesite="strict")
