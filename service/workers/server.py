"""An HTTP server that ends without cutting anybody off."""

import asyncio
import math
import socket
from collections.abc import Callable

import uvicorn
from sse_starlette.sse import AppStatus

from service.load.load import Load

_LOOK_EVERY_S = 0.05
_SENDING_OVER_S = 2.0


class Listening(socket.socket):
    """The master's port, which listens already: a worker must not change the length of its queue."""

    def listen(self, backlog: int = 0, /) -> None:
        pass


class DrainingServer(uvicorn.Server):
    """At its end, answers may take ``drain_s`` seconds more; streams without an end, such as a job's, do not."""

    def __init__(self, config: uvicorn.Config, load: Load, drain_s: float) -> None:
        super().__init__(config)
        self._load = load
        self._drain_s = drain_s
        self._retires = False
        AppStatus.enable_automatic_graceful_drain = False  # it would end every stream at once

    def retire(self) -> None:
        """End, while others listen on the port: clients that are connected are told to connect anew."""
        self._retires = True
        self.should_exit = True

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        loop = asyncio.get_running_loop()
        end = loop.time() + self._drain_s
        for server in self.servers:
            server.close()
        self.server_state.default_headers = [*self.server_state.default_headers, (b"connection", b"close")]
        if self._retires:
            # A client that keeps its connection may be sending right now: it is to hear of the end with an answer.
            await self._until(lambda: not self.server_state.connections, loop.time() + _SENDING_OVER_S)
        await self._until(lambda: self._load.in_flight == 0, end)
        AppStatus.should_exit = True
        self.config.timeout_graceful_shutdown = max(1, math.ceil(end - loop.time()))
        await super().shutdown(sockets)

    @staticmethod
    async def _until(is_over: Callable[[], bool], deadline: float) -> None:
        loop = asyncio.get_running_loop()
        while not is_over() and loop.time() < deadline:
            await asyncio.sleep(_LOOK_EVERY_S)
