"""``POST /v1/ask`` and ``POST /v1/search``."""

from typing import Any

from fastapi import APIRouter, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from core.types import Turn
from service.routes.answering import STREAM_DOCS, answer_response
from service.routes.held_labels import HeldLabels
from service.routes.state import ReadyEngine, ServiceState, State
from service.scope_text import within
from service.sessions.access import may_read
from service.wire import AskRequest, SearchRequest, hit_json

router = APIRouter(prefix="/v1", tags=["questions"])


@router.post("/ask", responses=STREAM_DOCS)
async def ask(http: Request, request: AskRequest, engine: ReadyEngine, state: State, labels: HeldLabels) -> Response:
    """Answer a question from the documents, every sentence with its source, or say that nothing was found."""
    turns = await run_in_threadpool(_history, request, state, labels)
    asked = within(request.filters, labels)
    events = engine.ask_events(request.question, request.collection, turns, request.top_k, asked, request.model)
    if request.store:
        events = state.questions.recording(events, request.collection, turns, request.user)
    if request.session_id is not None:
        events = state.sessions.recording(events, request.session_id, request.collection, request.user)
    return await answer_response(http, events, request.collection, request.stream)


@router.post("/search")
def search(request: SearchRequest, engine: ReadyEngine, state: State, labels: HeldLabels) -> dict[str, Any]:
    """The passages that a question finds, best first, without an answer."""
    asked = within(request.filters, labels)
    hits = engine.search(request.question, request.collection, request.top_k, _history(request, state, labels), asked)
    return {"hits": [hit_json(hit, request.collection) for hit in hits]}


def _history(request: SearchRequest, state: ServiceState, labels: frozenset[str] | None) -> tuple[Turn, ...]:
    """The request's, or that of its session. Raises NotFound."""
    if request.session_id is None:
        return request.turns()
    return state.sessions.history(request.session_id, may_read(state.engine.store.catalog, labels))
