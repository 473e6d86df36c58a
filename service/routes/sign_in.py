"""``/v1/sign-in``: a person's key becomes a cookie, so that a browser can ask where callers without a key may not."""

from typing import Any

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from core.errors import KeyInvalid
from service.access.access import KEY_COOKIE, KEY_COOKIE_S
from service.access.needs import public
from service.network_address import client_address
from service.routes.state import State

router = APIRouter(prefix="/v1/sign-in", tags=["access"])
_REFUSALS: dict[int | str, dict[str, Any]] = {
    401: {"description": "The key is not valid (`key_invalid`)."},
    403: {"description": "The key may not ask (`forbidden`)."},
    429: {"description": "Five wrong keys in a minute (`too_many_requests`)."},
}


class KeySignIn(BaseModel):
    """What signs a person in."""

    model_config = ConfigDict(extra="forbid")
    key: str = Field(max_length=500, description="An API key of the scope ask.")


@router.post("", responses=_REFUSALS, dependencies=public("The key is in the request."))
def sign_in(request: Request, response: Response, state: State, given: KeySignIn) -> dict[str, Any]:
    """Exchange an API key for a cookie of 30 days that no script can read, good as long as the key is."""
    try:
        cookie = state.access.sign_in(given.key)
    except KeyInvalid:
        state.operator.count_wrong(client_address(request.scope))
        raise
    response.set_cookie(
        KEY_COOKIE,
        cookie,
        max_age=KEY_COOKIE_S,
        httponly=True,
        samesite="lax",  # a link to an answer's source, in a mail, opens
        secure=request.url.scheme == "https",
    )
    response.headers["Cache-Control"] = "no-store"
    return {"expires_in": KEY_COOKIE_S}


@router.delete("", status_code=204, dependencies=public("It takes away what this browser has."))
def sign_out(response: Response) -> None:
    """Take the cookie back."""
    response.delete_cookie(KEY_COOKIE, httponly=True, samesite="lax")
