"""A question over HTTP to events, in whatever dialect it came: asked, and kept where it is to be kept."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from core.types import Turn
from service.answer.events import Event
from service.engine import Engine
from service.routes.state import ServiceState
from service.scope_text import within


@dataclass(frozen=True, slots=True)
class Asked:
    """What a request comes to; ``filters`` are as on the wire, ``model`` is the engine's.

    ``store`` is False where the question is to be kept out of the log, which the session of ``session_id`` is not.
    ``request_key`` is the same for each try of a question of a session.
    """

    question: str
    history: tuple[Turn, ...]
    collection: str
    filters: dict[str, Any] = field(default_factory=dict)
    user: str | None = None
    store: bool = True
    top_k: int = 5
    model: str | None = None
    session_id: str | None = None
    request_key: str | None = None


def answer_events(asked: Asked, engine: Engine, state: ServiceState, labels: frozenset[str] | None) -> Iterator[Event]:
    """For who holds the labels (None: all).

    Raises NotFound, InvalidRequest, IndexMismatch before the first event, UnsupportedModel at once.
    """
    scope = within(asked.filters, labels)
    events = engine.ask_events(asked.question, asked.collection, asked.history, asked.top_k, scope, asked.model)
    if asked.store:
        events = state.questions.recording(events, asked.collection, asked.history, asked.user)
    if asked.session_id is not None:
        key = asked.request_key
        events = state.sessions.recording(events, asked.session_id, asked.collection, asked.user, key)
    return events
