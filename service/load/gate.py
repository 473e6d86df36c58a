"""What a request passes before it is worked on: its caller's limits, and for a question the queue."""

import asyncio
from collections import deque
from contextlib import suppress
from functools import partial
from typing import Any

import anyio
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from core.errors import AnswerTooSlow, FootnotedError, TookTooLong
from service.dialects.errors import refusal_at
from service.load.admission import Admission, Slot
from service.load.caller_limits import CallerLimits
from service.load.load import Load
from service.load.place import PLACE
from service.load.questions import is_asked, is_counted, is_search, may_ask
from service.network_address import client_address
from service.problems import problem_of
from service.sites.cors import is_site_path
from service.sites.limits import RequestLimits
from service.streaming import CLIENT_CLOSED


class Gate:
    """Reads a question's body before it takes a place, so that nobody holds one while sending slowly."""

    def __init__(self, app: ASGIApp, load: Load, sites: RequestLimits) -> None:
        self._app = app
        self._load = load
        self._sites = sites

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        try:
            if may_ask(scope):
                await self._take(scope, receive, send)
                return
            await self._count(scope, asks=False)
        except _Refused as refused:
            await _refuse(refused.error, scope, receive, send)
            return
        await self._app(scope, receive, send)

    async def _take(self, scope: Scope, receive: Receive, send: Send) -> None:
        body = _Body(receive)
        with anyio.move_on_after(self._load.body_s) as limit:
            await body.read()
        if limit.cancelled_caught:
            raise _Refused(TookTooLong("The request's body did not come in time.", "Send it at once."))
        asks = is_asked(scope["path"], body.content)
        await self._count(scope, asks=asks)
        try:
            if asks:
                await self._ask(scope, body, send)
            else:
                await self._app(scope, body.receive, send)
        finally:
            body.close()

    async def _count(self, scope: Scope, *, asks: bool) -> None:
        """Before the queue: a site's visitors by their address, since their tokens are looked at after it."""
        limits: CallerLimits | RequestLimits
        if is_site_path(scope["path"]):
            limits, count = self._sites, partial(self._sites.count_request, client_address(scope))
        elif is_counted(scope):
            limits, count = self._load.callers, partial(self._load.callers.count, scope, asks=asks)
        else:
            return
        try:
            if limits.blocks:
                await run_in_threadpool(count)
            else:
                count()
        except FootnotedError as error:
            raise _Refused(error) from error

    async def _ask(self, scope: Scope, body: "_Body", send: Send) -> None:
        self._load.in_flight += 1
        try:
            await self._ask_in_turn(scope, body, send)
        finally:
            self._load.in_flight -= 1

    async def _ask_in_turn(self, scope: Scope, body: "_Body", send: Send) -> None:
        try:
            slot = await _entered(self._load.searches if is_search(scope["path"]) else self._load.answers, body)
        except FootnotedError as error:
            raise _Refused(error) from error
        if slot is None:
            await Response(status_code=CLIENT_CLOSED)(scope, body.receive, send)
            return
        sent = _Sent(send, slot)
        before = PLACE.set(slot)
        try:
            with anyio.move_on_after(self._load.request_s) as limit:
                await self._app(scope, body.receive, sent)
            # Of an answer that has begun, the end of its connection tells that it is not whole.
            if limit.cancelled_caught and not sent.started:
                raise _Refused(AnswerTooSlow("The answer took too long.", "Ask something narrower, or later."))
        finally:
            PLACE.reset(before)
            slot.release()


async def _entered(admission: Admission, body: "_Body") -> Slot | None:
    """A place; None where the client left before its turn. Raises Overloaded."""
    entering = asyncio.ensure_future(admission.enter())
    try:
        await asyncio.sleep(0)
        if not entering.done():
            either: list[asyncio.Future[Any]] = [entering, body.left()]
            await asyncio.wait(either, return_when=asyncio.FIRST_COMPLETED)
        if entering.done():
            return entering.result()
    except asyncio.CancelledError:
        if entering.done() and not entering.cancelled() and entering.exception() is None:
            entering.result().release()
        raise
    finally:
        entering.cancel()
    with suppress(asyncio.CancelledError):
        await entering
    return None


class _Body:
    """A request's body, read whole; then it waits for what comes after it, which is that the client leaves."""

    def __init__(self, receive: Receive) -> None:
        self._receive = receive
        self._messages: deque[Message] = deque()
        self._after: asyncio.Future[Message] | None = None
        self.content = b""

    async def read(self) -> None:
        chunks = []
        while True:
            message = await self._receive()
            self._messages.append(message)
            chunks.append(message.get("body", b""))
            if message["type"] != "http.request" or not message.get("more_body", False):
                break
        self.content = b"".join(chunks)

    def left(self) -> "asyncio.Future[Message]":
        if self._after is None:
            self._after = asyncio.ensure_future(self._receive())
        return self._after

    async def receive(self) -> Message:
        """As the server would give it to the application."""
        if self._messages:
            return self._messages.popleft()
        after = self.left()
        return after.result() if after.done() else await asyncio.shield(after)

    def close(self) -> None:
        if self._after is not None:
            self._after.cancel()


class _Sent:
    """Sends, and gives the place back when a whole answer is there; of a stream, the answerer does."""

    def __init__(self, send: Send, slot: Slot) -> None:
        self._send = send
        self._slot = slot
        self.started = False

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.started = True
            headers = {name.lower(): value for name, value in message.get("headers", ())}
            if not headers.get(b"content-type", b"").startswith(b"text/event-stream"):
                self._slot.release()
        await self._send(message)


class _Refused(Exception):
    """Carries the reason to where it is told; no error that the application raises is taken for one."""

    def __init__(self, error: FootnotedError) -> None:
        self.error = error


async def _refuse(error: FootnotedError, scope: Scope, receive: Receive, send: Send) -> None:
    """In the shape of the address's dialect."""
    members = problem_of(error, public=is_site_path(scope["path"]))
    await refusal_at(scope["path"], members)(scope, receive, send)
