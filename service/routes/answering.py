"""An answer's events as a response: one JSON document, or a stream of server-sent events."""

from collections.abc import AsyncIterator, Iterator
from typing import Any

from fastapi.responses import JSONResponse
from sse_starlette import EventSourceResponse, JSONServerSentEvent
from starlette.concurrency import iterate_in_threadpool
from starlette.responses import Response

from core.errors import FootnotedError
from service.answer.events import Cited, Done, Event, SentenceDone, Started, Token, fold
from service.problems import problem_of
from service.sites.public_answers import public_events
from service.wire import answer_json, citation_json, hit_json, sentence_json

STREAM_DOCS: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "The answer; with `stream`, the events `start`, `token`, `sentence`, `citation`, `done`.",
        "content": {"application/json": {}, "text/event-stream": {}},
    }
}
_PING_S = 15


def answer_response(events: Iterator[Event], collection: str, stream: bool, public: bool = False) -> Response:
    """``public`` is for strangers, who are not told of the server's disk.

    Raises what the search raises: until it is done, an error is a plain response.
    """
    if public:
        events = public_events(events)
    if not stream:
        return JSONResponse(answer_json(fold(events), collection))
    first = next(events)  # comes after the search
    return EventSourceResponse(
        _sse(first, events, collection, public),
        ping=_PING_S,
        ping_message_factory=lambda: JSONServerSentEvent({}, event="ping"),
        headers={"Cache-Control": "no-cache"},
    )


async def _sse(
    first: Event, rest: Iterator[Event], collection: str, public: bool
) -> AsyncIterator[JSONServerSentEvent]:
    """Each step runs in a thread; when the client goes away, no further step is begun."""
    yield _frame(first, collection)
    try:
        async for event in iterate_in_threadpool(rest):
            yield _frame(event, collection)
    except FootnotedError as error:  # the status line is gone: the stream itself has to say it
        yield JSONServerSentEvent(problem_of(error, public), event="error")


def _frame(event: Event, collection: str) -> JSONServerSentEvent:
    name: str
    data: dict[str, Any]
    match event:
        case Started():
            hits = [hit_json(hit, collection) for hit in event.hits]
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
