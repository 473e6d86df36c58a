"""``POST /v1/ask`` and ``POST /v1/search``."""

from collections.abc import AsyncIterator, Iterator
from typing import Any

from fastapi import APIRouter
from fastapi.responses import JSONResponse
from sse_starlette import EventSourceResponse, JSONServerSentEvent
from starlette.concurrency import iterate_in_threadpool
from starlette.responses import Response

from core.errors import FootnotedError, InvalidRequest, UnsupportedModel
from service.answer.events import Cited, Done, Event, SentenceDone, Started, Token, fold
from service.engine import Engine
from service.problems import problem_of
from service.routes.state import ReadyEngine, State
from service.wire import (
    AskRequest,
    SearchRequest,
    answer_json,
    citation_json,
    hit_json,
    sentence_json,
)

router = APIRouter(prefix="/v1", tags=["questions"])
_PING_S = 15
_STREAM: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "The answer; with `stream`, the events `start`, `token`, `sentence`, `citation`, `done`.",
        "content": {"application/json": {}, "text/event-stream": {}},
    }
}


@router.post("/ask", responses=_STREAM)
def ask(request: AskRequest, engine: ReadyEngine, state: State) -> Response:
    """Answer a question from the documents, every sentence with its source, or say that nothing was found."""
    _check(request, engine)
    turns = request.turns()
    events = engine.ask_events(request.question, request.collection, turns, request.top_k)
    if request.store:
        events = state.questions.recording(events, request.collection, turns, request.user)
    if not request.stream:
        return JSONResponse(answer_json(fold(events), request.collection))
    # The first event comes after the search: until then an error is still a plain response.
    first = next(events)
    return EventSourceResponse(
        _sse(first, events, request.collection),
        ping=_PING_S,
        ping_message_factory=lambda: JSONServerSentEvent({}, event="ping"),
        headers={"Cache-Control": "no-cache", "X-Accel-Buffering": "no"},
    )


@router.post("/search")
def search(request: SearchRequest, engine: ReadyEngine) -> dict[str, Any]:
    """The passages that a question finds, best first, without an answer."""
    _check_filters(request)
    hits = engine.search(request.question, request.collection, request.top_k, request.turns())
    return {"hits": [hit_json(hit) for hit in hits]}


def _check(request: AskRequest, engine: Engine) -> None:
    _check_filters(request)
    if request.model not in (None, engine.reader_name):
        raise UnsupportedModel(
            f"This server does not answer with the model {request.model!r}.",
            f"Leave it out, or name {engine.reader_name!r}.",
        )


def _check_filters(request: SearchRequest) -> None:
    if request.filters:
        raise InvalidRequest("Filters are not supported yet.", "Use collections to keep documents apart.")


async def _sse(first: Event, rest: Iterator[Event], collection: str) -> AsyncIterator[JSONServerSentEvent]:
    """Each step runs in a thread; when the client goes away, no further step is begun."""
    yield _frame(first, collection)
    try:
        async for event in iterate_in_threadpool(rest):
            yield _frame(event, collection)
    except FootnotedError as error:  # the status line is gone: the stream itself has to say it
        yield JSONServerSentEvent(problem_of(error), event="error")


def _frame(event: Event, collection: str) -> JSONServerSentEvent:
    name: str
    data: dict[str, Any]
    match event:
        case Started():
            hits = [hit_json(hit) for hit in event.hits]
            name, data = "start", {"id": event.id, "understood_as": event.understood_as, "hits": hits}
        case Token():
            name, data = "token", {"text": event.text}
        case SentenceDone():
            name, data = "sentence", {"index": event.index, **sentence_json(event.sentence)}
        case Cited():
            name, data = "citation", citation_json(event.citation, collection)
        case Done():
            name, data = "done", answer_json(event.answer, collection)
    return JSONServerSentEvent(data, event=name)
