"""``/v1/admin/sites``: who may embed the widget, and what it shows there."""

from typing import Any

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field

from service.routes.operator_access import OPERATOR_ONLY
from service.routes.state import State
from service.sites.records import Position, Site, SiteLook
from service.sites.store import site_json

router = APIRouter(prefix="/v1/admin/sites", tags=["operator"], dependencies=OPERATOR_ONLY)


class Look(BaseModel):
    """What the widget shows; null leaves the choice to the widget."""

    model_config = ConfigDict(extra="forbid")
    title: str = Field("", description="Empty: the site's name.")
    greeting: str = ""
    suggestions: list[str] = Field([], description="Questions to start with.")
    placeholder: str | None = None
    language: str | None = Field(None, examples=["de"])
    accent: str | None = Field(None, examples=["#0b57d0"])
    position: Position = Position.RIGHT
    takes_feedback: bool = True

    def record(self) -> SiteLook:
        return SiteLook(**{**self.model_dump(), "suggestions": tuple(self.suggestions), "position": self.position})


class SiteForm(BaseModel):
    """A site as it is to be."""

    model_config = ConfigDict(extra="forbid")
    name: str
    collection: str = "default"
    origins: list[str] = Field([], examples=[["https://www.example.org", "https://*.example.org"]])
    look: Look = Look()


@router.get("")
def list_sites(state: State) -> dict[str, Any]:
    """All sites by name."""
    return {"sites": [site_json(site) for site in state.sites.all()]}


@router.post("", status_code=201)
def add_site(state: State, form: SiteForm) -> dict[str, Any]:
    """A new site with an id of its own."""
    return site_json(state.sites.add(form.name, form.collection, form.origins, form.look.record()))


@router.get("/{site_id}")
def get_site(state: State, site_id: str) -> dict[str, Any]:
    """One site."""
    return site_json(state.sites.get(site_id))


@router.put("/{site_id}")
def change_site(state: State, site_id: str, form: SiteForm) -> dict[str, Any]:
    """Keep a site as it is given; its visitors see it from their next session on."""
    old = state.sites.get(site_id)
    new = Site(
        old.id, form.name, form.collection, tuple(form.origins), form.look.record(), old.created_at, old.changed_at
    )
    return site_json(state.sites.change(new))


@router.delete("/{site_id}", status_code=204)
def remove_site(state: State, site_id: str) -> None:
    """Forget a site: its widget stops answering at once."""
    state.sites.remove(site_id)
