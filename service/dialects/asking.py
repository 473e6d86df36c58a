"""A client's question to events."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from fastapi import Request

from core.types import Turn
from service.answer.events import Event
from service.dialects.answer_text import settled
from service.dialects.links import Links
from service.engine import Engine
from service.routes.state import ServiceState
from service.scope_text import within
from service.streaming import whole


@dataclass(frozen=True, slots=True)
class Asked:
    """What a request comes to. ``store`` is False where the question is to be kept out of the log."""

    question: str
    history: tuple[Turn, ...]
    collection: str
    filters: dict[str, Any] = field(default_factory=dict)
    user: str | None = None
    store: bool = True


def answer_events(asked: Asked, engine: Engine, state: ServiceState, labels: frozenset[str] | None) -> Iterator[Event]:
    """As ``POST /v1/ask`` has them. Raises NotFound, InvalidRequest, IndexMismatch before the first event."""
    scope = within(asked.filters, labels)
    events = engine.ask_events(asked.question, asked.collection, asked.history, within=scope)
    if asked.store:
        events = state.questions.recording(events, asked.collection, asked.history, asked.user)
    return events


def links_of(request: Request, state: ServiceState, collection: str) -> Links:
    """At the public address of the settings, or else where the request came to."""
    return Links(state.settings.server.public_url or str(request.base_url), collection)


async def whole_answer(events: Iterator[Event], request: Request) -> Sequence[Event]:
    """All events, the whole answer last; what was taken back is not among them.

    Raises ClientGone where the client left before the end.
    """
    return settled(await whole(events, request))
