"""MCP's streamable HTTP at ``/mcp``: without sessions, so that any replica can take any call."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from contextvars import ContextVar

from fastapi import FastAPI
from starlette.requests import Request
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from core.types import Turn
from service.access.needs import check
from service.access.principal import NOBODY, AccessScope, Principal
from service.answer.events import Event
from service.routes.state import ServiceState, ready_engine

_MAX_BODY_BYTES = 1024**2
# Listing resources is not told of the request that asks for it.
_CALLER: ContextVar[Principal] = ContextVar("mcp_caller", default=NOBODY)


@asynccontextmanager
async def serving_mcp(app: FastAPI) -> AsyncIterator[None]:
    """Takes calls until it is left."""
    from mcp.server.transport_security import TransportSecuritySettings

    from service.dialects.mcp_server import Reached, make_mcp_server

    state: ServiceState = app.state.service

    def record(events: Iterator[Event], collection: str, history: tuple[Turn, ...]) -> Iterator[Event]:
        return state.questions.recording(events, collection, history, None)

    def reach(request: Request | None) -> Reached:
        public = state.settings.server.public_url
        if request is None:
            caller = _CALLER.get()
            return Reached(state.engine, caller.labels, public, record, caller.collections)
        caller = check(request.scope, AccessScope.ASK)
        base = public or str(request.base_url)
        return Reached(ready_engine(request), caller.labels, base, record, caller.collections)

    server = make_mcp_server(reach, state.version)
    # Which names and origins may call is OriginGuard's to say, as for every other route.
    trusting = TransportSecuritySettings(enable_dns_rebinding_protection=False)
    server.streamable_http_app(stateless_http=True, transport_security=trusting, max_request_body_size=_MAX_BODY_BYTES)
    async with server.session_manager.run():
        app.state.mcp = server.session_manager.asgi_app
        yield


class _Mcp:
    """Hands calls to the server of the running application."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        handle: ASGIApp = scope["app"].state.mcp
        token = _CALLER.set(check(scope, AccessScope.ASK))
        try:
            await handle(scope, receive, send)
        finally:
            _CALLER.reset(token)


MCP_ROUTE = Route("/mcp", endpoint=_Mcp(), methods=["POST"], include_in_schema=False)
