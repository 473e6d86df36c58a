"""What is kept of a site: who may embed the widget, which documents it asks, and what it shows."""

from dataclasses import dataclass
from enum import StrEnum


class Position(StrEnum):
    """The corner of the page that the widget's button is in."""

    RIGHT = "right"
    LEFT = "left"


@dataclass(frozen=True, slots=True)
class SiteLook:
    """What the widget shows. None leaves the choice to the widget: its own words, the page's language, its colour.

    An empty ``title`` stands for the site's name. ``accent`` is a colour such as #0b57d0.
    """

    title: str = ""
    greeting: str = ""
    suggestions: tuple[str, ...] = ()
    placeholder: str | None = None
    language: str | None = None
    accent: str | None = None
    position: Position = Position.RIGHT
    takes_feedback: bool = True


@dataclass(frozen=True, slots=True)
class Site:
    """A public id, and what goes with it; the id is no secret, it is in the page's source.

    ``origins`` are in the normal form of service/sites/origins.py. Times are UTC, ISO 8601.
    """

    id: str
    name: str
    collection: str
    origins: tuple[str, ...]
    look: SiteLook
    created_at: str
    changed_at: str
