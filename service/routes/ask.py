"""``POST /v1/ask`` and ``POST /v1/search``."""

from typing import Any

from fastapi import APIRouter, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from core.types import Turn
from service.access.needs import Asks, allow
from service.access.principal import Principal
from service.asked import Asked, answer_events
from service.routes.answering import STREAM_DOCS, answer_response
from service.routes.state import ReadyEngine, ServiceState, State
from service.scope_text import within
from service.sessions.access import may_read
from service.wire import AskRequest, SearchRequest, hit_json

router = APIRouter(prefix="/v1", tags=["questions"])


@router.post("/ask", responses=STREAM_DOCS)
async def ask(http: Request, request: AskRequest, engine: ReadyEngine, state: State, caller: Asks) -> Response:
    """Answer a question from the documents, every sentence with its source, or say that nothing was found."""
    allow(caller, request.collection)
    turns = await run_in_threadpool(_history, request, state, caller)
    asked = Asked(
        request.question,
        turns,
        request.collection,
        request.filters,
        request.user,
        request.store,
        request.top_k,
        request.model,
        request.session_id,
    )
    events = answer_events(asked, engine, state, caller.labels)
    return await answer_response(http, events, request.collection, request.stream)


@router.post("/search")
def search(request: SearchRequest, engine: ReadyEngine, state: State, caller: Asks) -> dict[str, Any]:
    """The passages that a question finds, best first, without an answer."""
    allow(caller, request.collection)
    asked = within(request.filters, caller.labels)
    hits = engine.search(request.question, request.collection, request.top_k, _history(request, state, caller), asked)
    return {"hits": [hit_json(hit, request.collection) for hit in hits]}


def _history(request: SearchRequest, state: ServiceState, caller: Principal) -> tuple[Turn, ...]:
    """The request's, or that of its session. Raises NotFound."""
    if request.session_id is None:
        return request.turns()
    session_id = state.access.session_owners.seen_by(request.session_id, caller)
    state.load.callers.count_session(session_id)
    return state.sessions.history(session_id, may_read(state.engine.store.catalog, caller.labels, caller.collections))
