"""The operator's pages at ``/admin``, and signing in to them."""

from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse
from pydantic import BaseModel, ConfigDict, Field

from service.operator import COOKIE, SESSION_S
from service.routes.operator_access import OPERATOR_ONLY, IsOperator
from service.routes.site_session import client_address
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


class SignIn(BaseModel):
    """What signs an operator in."""

    model_config = ConfigDict(extra="forbid")
    token: str = Field(max_length=500, description="The content of the file `admin.token` in the data folder.")


@pages.get("/admin", response_class=HTMLResponse)
def admin(request: Request, state: State, signed_in: IsOperator) -> HTMLResponse:
    """One page; its script shows the sections. Without a valid cookie it asks for the token."""
    context = {
        "title": state.settings.chat.title,
        "version": state.version,
        "signed_in": signed_in,
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


@router.post("/session", responses=_REFUSALS)
def sign_in(request: Request, response: Response, state: State, given: SignIn) -> dict[str, Any]:
    """Exchange the token for a cookie of 12 hours that no script can read."""
    cookie = state.operator.sign_in(given.token, client_address(request))
    response.set_cookie(
        COOKIE,
        cookie,
        max_age=SESSION_S,
        httponly=True,
        samesite="strict",
        secure=request.url.scheme == "https",
    )
    response.headers.update(_NOT_STORED)
    return {"expires_in": SESSION_S}


@router.delete("/session", status_code=204)
def sign_out(response: Response) -> None:
    """Take the cookie back."""
    response.delete_cookie(COOKIE, httponly=True, samesite="strict")
