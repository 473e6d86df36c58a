"""An answer's events as a response: one JSON document, or a stream of server-sent events."""

from collections.abc import Iterator, Mapping
from typing import Any

from fastapi import Request
from fastapi.responses import JSONResponse
from sse_starlette import ServerSentEvent
from starlette.responses import Response

from service.answer.events import Cited, Done, Event, SentenceDone, Started, Token, fold
from service.sites.public_answers import public_events
from service.streaming import CLIENT_CLOSED, ClientGone, frame, streamed, whole
from service.wire import answer_json, citation_json, hit_json, sentence_json

STREAM_DOCS: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "The answer; with `stream`, the events `start`, `token`, `sentence`, `citation`, `done`.",
        "content": {"application/json": {}, "text/event-stream": {}},
    }
}


async def answer_response(
    request: Request, events: Iterator[Event], collection: str, stream: bool, public: bool = False
) -> Response:
    """``public`` is for strangers, who are not told of the server's disk.

    Raises what the search raises: until it is done, an error is a plain response.
    """
    if public:
        events = public_events(events)
    if stream:
        return await streamed(events, _AnswerEvents(collection), ping=lambda: frame({}, "ping"), public=public)
    try:
        told = await whole(events, request)
    except ClientGone:
        return Response(status_code=CLIENT_CLOSED)
    return JSONResponse(answer_json(fold(told), collection))


class _AnswerEvents:
    """The frames of a streamed answer: each event by its name, an error as ``error``."""

    def __init__(self, collection: str) -> None:
        self._collection = collection

    def frames(self, event: Event) -> Iterator[ServerSentEvent]:
        match event:
            case Started():
                hits = [hit_json(hit, self._collection) for hit in event.hits]
                yield frame({"id": event.id, "understood_as": event.understood_as, "hits": hits}, "start")
            case Token():
                yield frame({"text": event.text}, "token")
            case SentenceDone():
                yield frame({"index": event.index, **sentence_json(event.sentence)}, "sentence")
            case Cited():
                yield frame(citation_json(event.citation, self._collection), "citation")
            case Done():
                yield frame(answer_json(event.answer, self._collection), "done")

    def failure(self, problem: Mapping[str, Any]) -> Iterator[ServerSentEvent]:
        yield frame(problem, "error")
