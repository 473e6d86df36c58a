"""A network that fails on purpose: passes a browser's connections on to a server, until a word in the answer."""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from urllib.parse import urlsplit

# A browser drops what it has not handed to the page when its connection breaks.
_BEFORE_THE_CUT_S = 0.5


@dataclass
class BadNetwork:
    """``cut_at`` ends the connection, and ``hold_at`` holds back what follows, where an answer has these bytes.

    Both can be changed while it runs; None lets everything pass.
    """

    target: str
    cut_at: bytes | None = None
    hold_at: bytes | None = None
    released: threading.Event = field(default_factory=threading.Event)
    address: str = ""
    _passing: set[asyncio.Task] = field(default_factory=set)

    async def serve(self, started: threading.Event, stop: asyncio.Event) -> None:
        server = await asyncio.start_server(self._take, "127.0.0.1", 0)
        self.address = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        started.set()
        await stop.wait()
        server.close()
        for passing in list(self._passing):
            passing.cancel()
        await asyncio.gather(*self._passing, return_exceptions=True)

    async def _take(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        passing = asyncio.current_task()
        self._passing.add(passing)
        there = urlsplit(self.target)
        far_reader, far_writer = await asyncio.open_connection(there.hostname, there.port)
        asking = asyncio.create_task(_copy(reader, far_writer))
        try:
            await self._pass(far_reader, writer)
        finally:
            asking.cancel()
            for end in (far_writer, writer):
                end.close()
                with suppress(ConnectionError):
                    await end.wait_closed()
            self._passing.discard(passing)

    async def _pass(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        seen = b""
        with suppress(ConnectionError):
            while chunk := await reader.read(65536):
                seen += chunk
                if self.cut_at is not None and self.cut_at in seen:
                    before = len(seen) - len(chunk)
                    writer.write(chunk[: max(0, seen.index(self.cut_at) - before)])
                    await writer.drain()
                    await asyncio.sleep(_BEFORE_THE_CUT_S)
                    return
                if self.hold_at is not None and self.hold_at in seen:
                    while not self.released.is_set():
                        await asyncio.sleep(0.02)
                writer.write(chunk)
                await writer.drain()


async def _copy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with suppress(ConnectionError):
        while chunk := await reader.read(65536):
            writer.write(chunk)
            await writer.drain()


@contextmanager
def bad_network(target: str) -> Iterator[BadNetwork]:
    """A network in front of the server at ``target``, which fails when it is told to."""
    network = BadNetwork(target)
    started = threading.Event()
    stops = []

    async def run() -> None:
        stop = asyncio.Event()
        stops.append((asyncio.get_running_loop(), stop))
        await network.serve(started, stop)

    thread = threading.Thread(target=lambda: asyncio.run(run()))
    thread.start()
    started.wait()
    yield network
    network.released.set()
    loop, stop = stops[0]
    loop.call_soon_threadsafe(stop.set)
    thread.join()
