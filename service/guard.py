"""What every request passes: a body limit, the origins that may write, and what browsers are told."""

import math
from collections.abc import Collection
from urllib.parse import urlsplit

import anyio
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from core.errors import TookTooLong
from service.dialects.errors import error_body_at, refusal_at
from service.load.questions import may_be_asked
from service.problems import problem, problem_of, problem_response
from service.sites.cors import is_site_path
from service.sites.origins import is_of_host

_SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
_MAX_SITE_BYTES = 1024**2  # strangers send a question and its history, no files
# Pictures that a chat client sends along, which are not used, have room in it.
_MAX_CHAT_BYTES = 16 * 1024**2
_PAGE_POLICY = "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; frame-ancestors 'self'"
_FRAME_POLICY = "frame-ancestors 'self'"


class SecurityHeaders:
    """Tells browsers what the pages may load, and which other sites may show them in a frame."""

    def __init__(self, app: ASGIApp, frame_origins: Collection[str]) -> None:
        self._app = app
        self._policy = " ".join([_PAGE_POLICY, *frame_origins])

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def secured(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers["X-Content-Type-Options"] = "nosniff"
                headers.setdefault("Referrer-Policy", "same-origin")
                if headers.get("content-type", "").startswith("text/html"):
                    policy = _FRAME_POLICY if _is_api_page(scope["path"]) else self._policy
                    headers.setdefault("Content-Security-Policy", policy)
            await send(message)

        await self._app(scope, receive, secured if scope["type"] == "http" else send)


class OriginGuard:
    """Refuses what a browser sends on behalf of a page that has no business here.

    Without keys, whoever reaches the port may write: so a page of another origin may not (cross-site request
    forgery), and on a loopback address neither may a name that was made to point there (DNS rebinding).
    """

    def __init__(self, app: ASGIApp, allowed_origins: Collection[str], allowed_hosts: Collection[str]) -> None:
        self._app = app
        self._origins = {origin.rstrip("/") for origin in allowed_origins}
        self._hosts = {host.lower() for host in allowed_hosts}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and (refusal := self._refusal(scope)):
            await problem_response(problem(403, "forbidden", *refusal))(scope, receive, send)
            return
        await self._app(scope, receive, send)

    def _refusal(self, scope: Scope) -> tuple[str, str] | None:
        headers = Headers(scope=scope)
        host = headers.get("host", "")
        name = _name_of(host)
        if self._hosts and name not in self._hosts:
            return f"This server does not answer to the name {name!r}.", "Add it to the setting server.allowed_hosts."
        origin = headers.get("origin")
        if origin is None or scope["method"] in _SAFE_METHODS or origin.rstrip("/") in self._origins:
            return None
        if is_site_path(scope["path"]):  # each site has a list of its own
            return None
        if is_of_host(origin, host):
            return None
        return f"Pages of {origin} may not call this server.", "Add it to the setting server.allowed_origins."


def _name_of(host: str) -> str:
    """Without the port; empty where it is no host at all, so that it matches nothing that is allowed."""
    try:
        return urlsplit(f"//{host}").hostname or ""
    except ValueError:
        return ""


class BodyLimit:
    """Refuses bodies beyond ``max_bytes``, by their declared length or as they come; strangers may send less.

    All but uploads have to come within ``body_s`` seconds: whoever sends slowly would hold a connection for ever.
    """

    def __init__(self, app: ASGIApp, max_bytes: int, body_s: float = math.inf) -> None:
        self._app = app
        self._max = max_bytes
        self._body_s = body_s

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        most, hint = self._max, "Send fewer or smaller files, or raise the setting server.max_upload_mb."
        if is_site_path(scope["path"]):
            most, hint = _MAX_SITE_BYTES, "Send less of the conversation's history."
        elif may_be_asked(scope["path"]):  # it is held in memory until its turn comes
            most, hint = min(most, _MAX_CHAT_BYTES), "Send less of the conversation's history."
        if error_body_at(scope["path"]) is not None:
            most, hint = min(most, _MAX_CHAT_BYTES), "Send less of the conversation's history, and no files."

        async def refuse() -> None:
            members = problem(413, "request_too_large", f"The request is larger than {most / 1024**2:.0f} MiB.", hint)
            await refusal_at(scope["path"], members)(scope, receive, send)

        declared = Headers(scope=scope).get("content-length", "0")
        if declared.isdigit() and int(declared) > most:
            await refuse()
            return
        received = 0
        answered = is_whole = False
        deadline: float | None = math.inf if _is_upload(scope) else None  # from when it is first read

        async def counted() -> Message:
            nonlocal received, is_whole, deadline
            message: Message | None = None
            if deadline is None:
                deadline = anyio.current_time() + self._body_s
            with anyio.CancelScope(deadline=math.inf if is_whole else deadline):
                message = await receive()
            if message is None:
                raise _BodyTooLate
            if message["type"] == "http.request":
                is_whole = not message.get("more_body", False)
                received += len(message.get("body", b""))
                if received > most:
                    raise _BodyTooLong
            return message

        async def watched(message: Message) -> None:
            nonlocal answered
            answered = answered or message["type"] == "http.response.start"
            await send(message)

        try:
            await self._app(scope, counted, watched)
        except _BodyTooLong:
            if not answered:
                await refuse()
        except _BodyTooLate:
            if not answered:
                late = problem_of(TookTooLong("The request's body did not come in time.", "Send it at once."))
                await refusal_at(scope["path"], late)(scope, receive, send)


class _BodyTooLate(BaseException):
    """As ``_BodyTooLong``."""


class _BodyTooLong(BaseException):
    """Passes every handler of the application on its way out."""


def _is_upload(scope: Scope) -> bool:
    """Files may take as long as they take; only who may send any gets as far as to be read."""
    kind = Headers(scope=scope).get("content-type", "").lower()
    return kind.startswith("multipart/") and scope["path"].rstrip("/") == "/v1/documents"


def _is_api_page(path: str) -> bool:
    """FastAPI's own documentation pages start themselves by an inline script."""
    return path.startswith(("/docs", "/redoc"))
