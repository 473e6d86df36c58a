"""Connections that do not get their request's head sent in time are closed: uvicorn waits for ever for one.

Whoever holds connections open by half a head (Slowloris) takes no place and no thread, but descriptors, of which there
are not many. A body whose answer went out before it had all come (401, 413) may take its time, so that its sender gets
to read the answer, as long as it comes at some pace (as the MinRate of Apache's mod_reqtimeout).
"""

import asyncio
from typing import Any

import h11
from uvicorn.protocols.http.auto import AutoHTTPProtocol

_LEAST_RATE = 1_000  # bytes a second of a body whose answer is out


def protocol_with_limit(seconds: float, base: Any = AutoHTTPProtocol) -> type[asyncio.Protocol]:
    """uvicorn's protocol for HTTP, whichever is installed, with a limit from a request's first byte, or from the
    connection's beginning, to the end of its head.
    """

    class LimitedProtocol(base):  # type: ignore[misc]
        _due: asyncio.TimerHandle | None = None
        _is_of_head = False
        _is_in_head = False

        def connection_made(self, transport: asyncio.Transport) -> None:
            super().connection_made(transport)
            self._end_at(self.loop.time() + seconds, of_head=True)

        def data_received(self, data: bytes) -> None:
            super().data_received(data)
            if self.cycle is None:  # the first head
                return
            if not self.cycle.response_complete:
                self._in_time()
                return
            now = self.loop.time()
            if self._has_begun():
                if self._due is None or not self._is_of_head:
                    self._end_at(now + seconds, of_head=True)
            else:  # uvicorn's own limit of idle connections ended with these bytes
                due = now + seconds if self._due is None else self._due.when() + len(data) / _LEAST_RATE
                self._end_at(min(due, now + seconds), of_head=False)

        def connection_lost(self, exc: Exception | None) -> None:
            self._in_time()
            super().connection_lost(exc)

        def on_message_begin(self) -> None:  # called by httptools
            self._is_in_head = True
            super().on_message_begin()

        def on_headers_complete(self) -> None:  # called by httptools
            self._is_in_head = False
            super().on_headers_complete()

        def _has_begun(self) -> bool:
            """Whether a part of a head is there."""
            connection: h11.Connection | None = getattr(self, "conn", None)
            if connection is None:
                return self._is_in_head
            return connection.their_state is h11.IDLE and bool(connection.trailing_data[0])

        def _end_at(self, due: float, *, of_head: bool) -> None:
            self._in_time()
            self._due = self.loop.call_at(due, self.transport.abort)
            self._is_of_head = of_head

        def _in_time(self) -> None:
            if self._due is not None:
                self._due.cancel()
                self._due = None

    return LimitedProtocol
