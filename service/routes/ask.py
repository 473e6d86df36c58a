"""``POST /v1/ask`` and ``POST /v1/search``."""

from typing import Any

from fastapi import APIRouter
from starlette.responses import Response

from core.errors import UnsupportedModel
from service.engine import Engine
from service.routes.answering import STREAM_DOCS, answer_response
from service.routes.held_labels import HeldLabels
from service.routes.state import ReadyEngine, State
from service.scope_text import within
from service.wire import AskRequest, SearchRequest, hit_json

router = APIRouter(prefix="/v1", tags=["questions"])


@router.post("/ask", responses=STREAM_DOCS)
def ask(request: AskRequest, engine: ReadyEngine, state: State, labels: HeldLabels) -> Response:
    """Answer a question from the documents, every sentence with its source, or say that nothing was found."""
    _check(request, engine)
    turns = request.turns()
    asked = within(request.filters, labels)
    events = engine.ask_events(request.question, request.collection, turns, request.top_k, asked)
    if request.store:
        events = state.questions.recording(events, request.collection, turns, request.user)
    return answer_response(events, request.collection, request.stream)


@router.post("/search")
def search(request: SearchRequest, engine: ReadyEngine, labels: HeldLabels) -> dict[str, Any]:
    """The passages that a question finds, best first, without an answer."""
    asked = within(request.filters, labels)
    hits = engine.search(request.question, request.collection, request.top_k, request.turns(), asked)
    return {"hits": [hit_json(hit, request.collection) for hit in hits]}


def _check(request: AskRequest, engine: Engine) -> None:
    if request.model not in (None, engine.reader_name):
        raise UnsupportedModel(
            f"This server does not answer with the model {request.model!r}.",
            f"Leave it out, or name {engine.reader_name!r}.",
        )
