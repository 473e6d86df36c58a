"""What every request passes first: it gets an id, and a log line, a count and a span when it is done."""

import time
import uuid

import structlog
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from service.access.principal import principal_of
from service.telemetry.metrics import count_request
from service.telemetry.routes import route_template
from service.telemetry.tracing import Tracing

_QUIET = ("/static/", "/healthz", "/readyz", "/metrics")
_LONGEST_ID = 64
_KEY = "footnoted.request_id"

log = structlog.get_logger("footnoted")


def request_id_of(scope: Scope) -> str:
    """The id of a request; empty before it has one."""
    return str(scope.get(_KEY, ""))


class RequestLog:
    """The id is the caller's, where it is a plain word, or a new one."""

    def __init__(self, app: ASGIApp, tracing: Tracing | None = None) -> None:
        self._app = app
        self._tracing = tracing

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        given = headers.get("x-request-id", "")
        is_usable = given.isascii() and given.isprintable() and 0 < len(given) <= _LONGEST_ID
        request_id = scope[_KEY] = given if is_usable else uuid.uuid4().hex
        began = time.perf_counter()
        status = 500  # what the server makes of a crash, outside of this
        structlog.contextvars.bind_contextvars(request_id=request_id)
        ended = None if self._tracing is None else self._tracing.request(scope["method"], request_id, headers)

        async def tagged(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                MutableHeaders(scope=message)["X-Request-ID"] = request_id
            await send(message)

        try:
            await self._app(scope, receive, tagged)
        finally:
            route = route_template(scope)
            took = time.perf_counter() - began
            count_request(scope["method"], route, status, took)
            if ended is not None:
                ended(route, status)
            if not scope["path"].startswith(_QUIET):
                log.info(
                    "request",
                    method=scope["method"],
                    route=route,
                    path=scope["path"],
                    status=status,
                    ms=round(took * 1000, 1),
                    principal=principal_of(scope).id,
                )
