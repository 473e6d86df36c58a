"""Clients that take nothing of what is sent to them."""

import asyncio
from collections.abc import Iterator
from typing import Any

from sse_starlette import ServerSentEvent

from service import streaming
from service.answer.events import Event, Token
from service.streaming import frame, streamed

SCOPE = {"type": "http", "method": "POST", "path": "/v1/ask"}


class Wire:
    def frames(self, event: Event) -> Iterator[ServerSentEvent]:
        yield frame({}, "token")

    def failure(self, problem: Any) -> Iterator[ServerSentEvent]:
        yield frame(problem, "error")


def test_a_stream_that_nobody_takes_is_let_go_and_so_is_what_writes_it(monkeypatch):
    monkeypatch.setattr(streaming, "_SEND_S", 0.2)
    over = []

    def written() -> Iterator[Event]:
        try:
            while True:
                yield Token("word ")
        finally:
            over.append(True)

    async def nothing_more() -> dict:
        await asyncio.Event().wait()
        raise AssertionError

    async def full(message: dict) -> None:
        if message["type"] == "http.response.body":
            await asyncio.Event().wait()

    async def run() -> None:
        response = await streamed(written(), Wire())
        await asyncio.wait_for(response(SCOPE, nothing_more, full), 60)

    asyncio.run(run())
    assert over == [True]
