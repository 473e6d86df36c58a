"""Events as a stream of a dialect's frames."""

import json
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import aclosing
from typing import Any, Protocol

import structlog
from sse_starlette import EventSourceResponse, ServerSentEvent
from starlette.concurrency import run_in_threadpool

from core.errors import FootnotedError
from service.answer.events import Event
from service.dialects.asking import stepped
from service.problems import problem, problem_of

PING_S = 15
log = structlog.get_logger("footnoted")


class StreamWire(Protocol):
    """A dialect's frames of an answer."""

    def frames(self, event: Event) -> Iterator[ServerSentEvent]:
        """Of one event, in order."""
        ...

    def failure(self, problem: Mapping[str, Any]) -> Iterator[ServerSentEvent]:
        """Of an error after the first frame; ``problem`` is a problem document."""
        ...


def frame(data: Mapping[str, Any], event: str | None = None) -> ServerSentEvent:
    """One line of JSON."""
    return ServerSentEvent(json.dumps(data, ensure_ascii=False, separators=(",", ":")), event=event, sep="\n")


async def streamed(
    events: Iterator[Event],
    wire: StreamWire,
    headers: Mapping[str, str] | None = None,
    ping: Callable[[], ServerSentEvent] | None = None,
) -> EventSourceResponse:
    """Raises what the search raises: until it is done, an error is a plain response."""
    first = await run_in_threadpool(next, events)

    async def sent() -> AsyncIterator[ServerSentEvent]:
        try:
            for out in wire.frames(first):
                yield out
            async with aclosing(stepped(events)) as steps:
                async for event in steps:
                    for out in wire.frames(event):
                        yield out
        except FootnotedError as error:  # the status line is gone: the stream itself has to say it
            for out in wire.failure(problem_of(error)):
                yield out
        except Exception:  # a border: a client that waits for the end of its stream must be told
            log.exception("stream_crashed")
            hint = "The server's log has the details."
            for out in wire.failure(problem(500, "internal_error", "Something went wrong on the server.", hint)):
                yield out

    return EventSourceResponse(
        sent(),
        ping=PING_S,
        ping_message_factory=ping,
        sep="\n",
        headers={"Cache-Control": "no-cache", **(headers or {})},
    )
