"""Puts the caller of every request into its scope, before its limits are counted and its route is found."""

import anyio
from anyio.to_thread import run_sync
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from core.errors import FootnotedError
from service.access.callers import Call, Caller, Callers
from service.access.needs import check, set_refusal
from service.access.principal import NOBODY, AccessScope, set_gave_key, set_principal
from service.dialects.errors import error_body_at, refusal_at
from service.network_address import client_address
from service.problems import problem_of
from service.sites.cors import is_site_path

# What anybody gets, and what has tokens of its own: nobody looks at the credentials of these.
_OPEN = ("/static/", "/healthz", "/readyz", "/widget.js")
# Their clients send some key with every call. A wrong one is looked at once only: it is no guess at the operator's
# token, and must not keep the operator from signing in.
_ANY_KEY = ("/mcp", "/v1/ui-messages", "/metrics")
_THREADS = 4  # of its own: a call is to be told apart, and turned away, also when all others are at work


class Identify:
    """An application around an application."""

    def __init__(self, app: ASGIApp, callers: Callers) -> None:
        self._app = app
        self._callers = callers
        self._limiter: anyio.CapacityLimiter | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        try:
            caller = await self._caller(scope)
            set_principal(scope, caller.principal)
            set_refusal(scope, caller.refusal)
            if _sends_files(scope):  # whoever may not, is told before the files are taken in
                check(scope, AccessScope.INGEST)
        except FootnotedError as error:
            await refusal_at(scope["path"], problem_of(error))(scope, receive, send)
            return
        await self._app(scope, receive, send)

    async def _caller(self, scope: Scope) -> Caller:
        path = scope["path"]
        if path.startswith(_OPEN) or is_site_path(path):
            return Caller(NOBODY)
        any_key = path.startswith(_ANY_KEY) or error_body_at(path) is not None
        call = Call(scope["method"], Headers(scope=scope), client_address(scope), any_key)
        if call.credential is not None:
            set_gave_key(scope)
        if self._callers.needs_no_disk(call):
            return self._callers.caller(call)
        if self._limiter is None:
            self._limiter = anyio.CapacityLimiter(_THREADS)
        return await run_sync(self._callers.caller, call, limiter=self._limiter)


def _sends_files(scope: Scope) -> bool:
    return Headers(scope=scope).get("content-type", "").lower().startswith("multipart/") and not is_site_path(
        scope["path"]
    )
