"""What the routes work with, as named dependencies."""

from dataclasses import dataclass, field
from threading import Event
from typing import Annotated

from fastapi import Depends, Query, Request
from fastapi.templating import Jinja2Templates

from core.errors import FootnotedError, NotReady
from service.access.access import Access
from service.access.oidc import Oidc
from service.audit.log import AuditLog
from service.engine import Engine
from service.jobs.jobs import Jobs
from service.load.load import Load
from service.operator import Operator
from service.questions.recorder import QuestionRecorder
from service.sessions.store import Sessions
from service.settings import Settings
from service.sites.limits import RequestLimits
from service.sites.store import Sites
from service.sites.tokens import SessionTokens
from service.source.view import SourceViews
from service.telemetry.telemetry import Telemetry


@dataclass(slots=True)
class ServiceState:
    """Everything that lives as long as the server. ``ready`` is set when the models are loaded."""

    settings: Settings
    engine: Engine
    jobs: Jobs
    questions: QuestionRecorder
    sessions: Sessions
    sites: Sites
    tokens: SessionTokens
    limits: RequestLimits
    load: Load
    access: Access
    operator: Operator
    oidc: Oidc | None
    audit: AuditLog
    telemetry: Telemetry
    sources: SourceViews
    templates: Jinja2Templates
    version: str
    ready: Event = field(default_factory=Event)
    failure: tuple[type[FootnotedError], str, str] | None = None


def state_of(request: Request) -> ServiceState:
    state: ServiceState = request.app.state.service
    return state


def ready_engine(request: Request) -> Engine:
    """The engine with its models. Raises NotReady while they are being loaded, or why they could not be."""
    state = state_of(request)
    if state.failure is not None:
        kind, message, hint = state.failure
        raise kind(message, hint)
    if not state.ready.is_set():
        raise NotReady("The models are still being loaded.", "Try again in a few seconds.")
    return state.engine


async def _state(request: Request) -> ServiceState:
    """On the event loop: no route waits for a thread to get it."""
    return state_of(request)


State = Annotated[ServiceState, Depends(_state)]
ReadyEngine = Annotated[Engine, Depends(ready_engine)]
CollectionName = Annotated[str, Query(description="Which collection.")]
Offset = Annotated[int, Query(ge=0, le=2**63 - 1, description="How many to leave out.")]  # the database's largest
