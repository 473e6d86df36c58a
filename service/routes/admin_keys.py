"""``/v1/admin/keys``: API keys, whose secrets are shown once."""

from datetime import timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from service.access.principal import AccessScope
from service.access.records import ApiKey, key_json
from service.audit.middleware import name_target
from service.limits import Text
from service.routes.operator_access import OPERATOR_ONLY
from service.routes.state import State
from service.timestamps import timestamp, utc_now

router = APIRouter(prefix="/v1/admin/keys", tags=["operator"], dependencies=OPERATOR_ONLY)
_MOST_DAYS = 36_500
_MOST_OVERLAP_H = 24 * 90
Days = Annotated[float, Field(gt=0, le=_MOST_DAYS)]


class KeyForm(BaseModel):
    """A key to be made."""

    model_config = ConfigDict(extra="forbid")
    name: Text = Field(max_length=200, description="What it is for.", examples=["Help desk"])
    scopes: list[AccessScope] = Field(max_length=len(AccessScope), description="What it may do.", examples=[["ask"]])
    collections: list[Text] | None = Field(None, max_length=100, description="Only in these; null is all.")
    labels: list[Text] = Field([], max_length=100, description="It finds documents with these labels too.")
    expires_in_days: Days | None = Field(None, description="Null is never.")


class Rotation(BaseModel):
    """How a secret is exchanged."""

    model_config = ConfigDict(extra="forbid")
    overlap_hours: float = Field(0, ge=0, le=_MOST_OVERLAP_H, description="How long the old secret is good still.")


@router.get("")
def list_keys(state: State) -> dict[str, Any]:
    """All keys by name, without their secrets."""
    return {"keys": [_told(key) for key in state.access.keys.all()]}


@router.post("", status_code=201)
def create_key(request: Request, response: Response, state: State, form: KeyForm) -> dict[str, Any]:
    """A new key; `secret` is shown this once."""
    expires = None if form.expires_in_days is None else timedelta(days=form.expires_in_days)
    key, secret = state.access.keys.create(
        form.name, form.scopes, collections=form.collections, labels=form.labels, expires=expires
    )
    return _shown_once(request, response, state, key, secret)


@router.post("/{key_id}/rotate")
def rotate_key(request: Request, response: Response, state: State, key_id: str, rotation: Rotation) -> dict[str, Any]:
    """A new secret for a key; `secret` is shown this once."""
    key, secret = state.access.keys.rotate(key_id, timedelta(hours=rotation.overlap_hours))
    return _shown_once(request, response, state, key, secret)


@router.delete("/{key_id}")
def revoke_key(state: State, key_id: str) -> dict[str, Any]:
    """A key is good for nothing from now on; it stays in the list."""
    key = state.access.keys.revoke(key_id)
    state.access.ring.forget()
    return _told(key)


def _shown_once(request: Request, response: Response, state: State, key: ApiKey, secret: str) -> dict[str, Any]:
    state.access.ring.forget()
    name_target(request.scope, key.id)
    response.headers["Cache-Control"] = "no-store"
    return {**_told(key), "secret": secret}


def _told(key: ApiKey) -> dict[str, Any]:
    return key_json(key, timestamp(utc_now()))
