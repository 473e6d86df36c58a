"""Clients: so many that ask one question after the other, or one question after so much time whatever happens.

They share the machine with the server, so they are made with aiohttp, whose parser is C: a client that is itself
busy would be measured, not the server.
"""

import asyncio
import itertools
import time
from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass, field

import aiohttp

_LONGEST_S = 120.0
_MOST_PAUSE_S = 5.0
STREAMED = frozenset({"write"})
PATHS = {"search": "/v1/search", "ask": "/v1/ask", "write": "/v1/ask"}


@dataclass(slots=True)
class Told:
    """What became of requests: seconds of those that were answered, and of those that were sent away (429)."""

    answered_s: list[float] = field(default_factory=list)
    first_s: list[float] = field(default_factory=list)
    refused_s: list[float] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    lasted_s: float = 0.0


@dataclass(frozen=True, slots=True)
class Asking:
    """How requests of one kind are made; each question is asked once, until all were."""

    client: aiohttp.ClientSession
    kind: str
    questions: Iterator[str]

    async def ask(self, told: Told) -> float:
        """Notes how it went; gives the seconds after which to come again."""
        model = {"model": "reader"} if self.kind == "ask" else {}
        stream = {"stream": True} if self.kind in STREAMED else {}
        body = {"question": next(self.questions), **model, **stream}
        began = time.perf_counter()
        try:
            async with self.client.post(PATHS[self.kind], json=body) as response:
                first = 0.0
                whole = b""
                async for piece in response.content.iter_any():
                    if not first and b"event: token" in piece:
                        first = time.perf_counter() - began
                    whole = piece if stream else whole + piece
        except (aiohttp.ClientError, TimeoutError) as error:
            told.errors.append(repr(error))
            return 0.0
        took = time.perf_counter() - began
        if response.status == 429:
            told.refused_s.append(took)
            return float(response.headers["retry-after"])
        if response.status != 200 or (stream and b"event: error" in whole):
            told.errors.append(f"{response.status} {whole[-300:]!r}")
            return 0.0
        told.answered_s.append(took)
        if first:
            told.first_s.append(first)
        return 0.0


async def closed_loop(asking: Asking, clients: int, seconds: float) -> Told:
    """Each client asks when it has its answer; who is sent away comes again when it was told to, 5 s at most."""
    told = Told()
    end = time.perf_counter() + seconds

    async def one() -> None:
        while time.perf_counter() < end:
            pause = await asking.ask(told)
            await asyncio.sleep(min(pause, _MOST_PAUSE_S, max(0.0, end - time.perf_counter())))

    await _timed(told, asyncio.gather(*(one() for _ in range(clients))))
    return told


async def open_loop(asking: Asking, per_second: float, seconds: float) -> Told:
    """So many a second, whether or not they are answered; nobody heeds Retry-After."""
    told = Told()
    waiting: set[asyncio.Task[float]] = set()
    began = time.perf_counter()
    for number in itertools.count():
        due = began + number / per_second
        if due > began + seconds:
            break
        await asyncio.sleep(max(0.0, due - time.perf_counter()))
        task = asyncio.create_task(asking.ask(told))
        waiting.add(task)
        task.add_done_callback(waiting.discard)
    told.lasted_s = time.perf_counter() - began
    await asyncio.gather(*waiting)
    return told


async def with_clients(
    url: str, kind: str, questions: Sequence[str], use: Callable[[Asking], Awaitable[Told]], connections: int
) -> Told:
    """Calls ``use`` with connections to the server."""
    connector = aiohttp.TCPConnector(limit=connections)
    timeout = aiohttp.ClientTimeout(total=_LONGEST_S)
    async with aiohttp.ClientSession(url, connector=connector, timeout=timeout) as client:
        return await use(Asking(client, kind, itertools.cycle(questions)))


async def _timed(told: Told, work: "asyncio.Future[list[None]]") -> None:
    began = time.perf_counter()
    await work
    told.lasted_s = time.perf_counter() - began
