"""``/v1/admin/sites``: who may embed the widget, and what it shows there."""

from dataclasses import asdict
from typing import Any

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field
from pydantic.dataclasses import dataclass

from service.routes.operator_access import OPERATOR_ONLY
from service.routes.state import State
from service.sites.records import Site, SiteLook

router = APIRouter(prefix="/v1/admin/sites", tags=["operator"], dependencies=OPERATOR_ONLY)


@dataclass(frozen=True, config=ConfigDict(extra="forbid"))
class Look(SiteLook):
    """What the widget shows. Null leaves the choice to the widget; an empty title stands for the site's name."""


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
    return {"sites": [asdict(site) for site in state.sites.all()]}


@router.post("", status_code=201)
def add_site(state: State, form: SiteForm) -> dict[str, Any]:
    """A new site with an id of its own."""
    return asdict(state.sites.add(form.name, form.collection, form.origins, form.look))


@router.get("/{site_id}")
def get_site(state: State, site_id: str) -> dict[str, Any]:
    """One site."""
    return asdict(state.sites.get(site_id))


@router.put("/{site_id}")
def change_site(state: State, site_id: str, form: SiteForm) -> dict[str, Any]:
    """Keep a site as it is given; its visitors see it from their next session on."""
    old = state.sites.get(site_id)
    new = Site(old.id, form.name, form.collection, tuple(form.origins), form.look, old.created_at, old.changed_at)
    return asdict(state.sites.change(new))


@router.delete("/{site_id}", status_code=204)
def remove_site(state: State, site_id: str) -> None:
    """Forget a site: its widget stops answering at once."""
    state.sites.remove(site_id)
