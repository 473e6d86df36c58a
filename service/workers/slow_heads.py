"""Connections that do not get their request's head sent in time are closed: uvicorn waits for ever for one.

Whoever holds connections open by half a head (Slowloris) takes no place and no thread, but descriptors, of which there
are not many.
"""

import asyncio
from typing import Any

from uvicorn.protocols.http.auto import AutoHTTPProtocol


def protocol_with_limit(seconds: float) -> type[asyncio.Protocol]:
    """uvicorn's protocol for HTTP, whichever is installed, with a limit from a request's first byte, or from the
    connection's beginning, to the end of its head.
    """
    base: Any = AutoHTTPProtocol

    class LimitedProtocol(base):  # type: ignore[misc]
        _due: asyncio.TimerHandle | None = None

        def connection_made(self, transport: asyncio.Transport) -> None:
            super().connection_made(transport)
            self._due = self.loop.call_later(seconds, transport.abort)

        def data_received(self, data: bytes) -> None:
            before = self.cycle
            if self._due is None and before is not None and before.response_complete:
                self._due = self.loop.call_later(seconds, self.transport.abort)
            super().data_received(data)
            if self.cycle is not before:  # a head was complete
                self._in_time()

        def connection_lost(self, exc: Exception | None) -> None:
            self._in_time()
            super().connection_lost(exc)

        def _in_time(self) -> None:
            if self._due is not None:
                self._due.cancel()
                self._due = None

    return LimitedProtocol
