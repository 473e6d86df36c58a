"""An answer's events to a client, as frames or all at once, in steps that end when the client goes away."""

import json
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Iterator, Mapping
from contextlib import aclosing, suppress
from typing import Any, Protocol

import anyio
import structlog
from fastapi import Request
from sse_starlette import EventSourceResponse, ServerSentEvent
from sse_starlette.sse import SendTimeoutError
from starlette.concurrency import run_in_threadpool
from starlette.types import Receive, Scope, Send

from core.errors import FootnotedError
from service.answer.events import Done, Event, Working
from service.problems import problem, problem_of

CLIENT_CLOSED = 499
"""Status of a request whose client left: nobody reads it, the log shows it."""
_PING_S = 15
_SEND_S = 60.0
"""A client that takes nothing for so long is gone, and holds a chat model's stream no more."""
log = structlog.get_logger("footnoted")


class ClientGone(Exception):
    """Nobody waits for the answer any more."""


class StreamWire(Protocol):
    """A protocol's frames of an answer."""

    def frames(self, event: Event) -> Iterator[ServerSentEvent]:
        """Of one event, in order."""
        ...

    def failure(self, problem: Mapping[str, Any]) -> Iterator[ServerSentEvent]:
        """Of an error after the first frame; ``problem`` is a problem document."""
        ...


def frame(data: Mapping[str, Any], event: str | None = None) -> ServerSentEvent:
    """One line of JSON."""
    return ServerSentEvent(json.dumps(data, ensure_ascii=False, separators=(",", ":")), event=event, sep="\n")


async def stepped(events: Iterator[Event]) -> AsyncGenerator[Event, None]:
    """Each step in a thread; ``Working`` is left out. When the caller stops, what the events hold, such as a chat
    model's stream, is let go."""
    async with aclosing(_stepped(events)) as steps:
        async for event in steps:
            if not isinstance(event, Working):
                yield event


async def _stepped(events: Iterator[Event]) -> AsyncGenerator[Event, None]:
    try:
        while (event := await run_in_threadpool(next, events, None)) is not None:
            yield event
    finally:
        close = getattr(events, "close", None)
        if close is not None:
            with anyio.CancelScope(shield=True):
                await run_in_threadpool(close)


async def whole(events: Iterator[Event], request: Request) -> list[Event]:
    """All events. Raises ClientGone where the client left before the last one."""
    told: list[Event] = []
    async with aclosing(_stepped(events)) as steps:
        async for event in steps:
            if not isinstance(event, Working):
                told.append(event)
            if not isinstance(event, Done) and await request.is_disconnected():
                raise ClientGone
    return told


class EventStream(EventSourceResponse):
    """Ends, without its last event, where the client takes nothing any more: that is no crash of the server's."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        with suppress(SendTimeoutError):
            await super().__call__(scope, receive, send)


async def streamed(
    events: Iterator[Event],
    wire: StreamWire,
    headers: Mapping[str, str] | None = None,
    ping: Callable[[], ServerSentEvent] | None = None,
    public: bool = False,
) -> "EventStream":
    """``public`` is ``problem_of``'s.

    Raises what the search raises: until it is done, an error is a plain response.
    """
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
            for out in wire.failure(problem_of(error, public)):
                yield out
        except Exception:  # a border: a client that waits for the end of its stream must be told
            log.exception("stream_crashed")
            hint = "The server's log has the details."
            for out in wire.failure(problem(500, "internal_error", "Something went wrong on the server.", hint)):
                yield out

    return EventStream(
        sent(),
        ping=_PING_S,
        send_timeout=_SEND_S,
        ping_message_factory=ping,
        sep="\n",
        headers={"Cache-Control": "no-cache", **(headers or {})},
    )
