"""``POST /v1/ask`` and ``POST /v1/search``."""

from typing import Any

from fastapi import APIRouter, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from core.types import Turn
from service.access.needs import Asks, allow
from service.access.principal import Principal
from service.asked import Asked, answer_events
from service.request_key import GivenKey
from service.routes.answering import STREAM_DOCS, answer_response
from service.routes.state import ReadyEngine, ServiceState, State
from service.scope_text import within
from service.sessions.access import may_read
from service.wire import AskRequest, SearchRequest, hit_json

router = APIRouter(prefix="/v1", tags=["questions"])


@router.post("/ask", responses=STREAM_DOCS)
async def ask(
    http: Request,
    request: AskRequest,
    engine: ReadyEngine,
    state: State,
    caller: Asks,
    idempotency_key: GivenKey = None,
) -> Response:
    """Answer a question from the documents, every sentence with its source, or say that nothing was found.

    In a session, a second try with the same `Idempotency-Key` takes the place of the first.
    """
    allow(caller, request.collection)
    turns = await run_in_threadpool(_history, request, state, caller, idempotency_key)
    asked = Asked(
        question=request.question,
        history=turns,
        collection=request.collection,
        filters=request.filters,
        user=request.user,
        store=request.store,
        top_k=request.top_k,
        model=request.model,
        session_id=request.session_id,
        request_key=idempotency_key,
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


def _history(
    request: SearchRequest, state: ServiceState, caller: Principal, key: str | None = None
) -> tuple[Turn, ...]:
    """The request's, or that of its session. Raises NotFound."""
    if request.session_id is None:
        return request.turns()
    may = may_read(state.engine.store.catalog, caller.labels, caller.collections)
    history = state.sessions.history(request.session_id, may, caller.id, key)
    state.load.callers.count_session(request.session_id)  # after: foreign ids count to nobody's session
    return history
