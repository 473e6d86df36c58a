"""Lets every page *read* the answers of ``/v1/sites/``; which page is *answered* is decided by the routes.

So that a page that is not on the site's list is told so, by the widget and by the browser's network log, where
the browser's own check would hide even the reason. No cookies are used: a page gets with these headers nothing
that a program without a browser would not get.
"""

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

PATH = "/v1/sites/"
_PREFLIGHT = {
    "Access-Control-Allow-Methods": "GET, POST",
    "Access-Control-Allow-Headers": "Authorization, Content-Type, X-Request-ID",
    "Access-Control-Max-Age": "600",
}
_EXPOSED = "Retry-After, X-Request-ID"


class SitesCors:
    """Answers preflights of the sites' paths, and marks every other answer, errors too."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not is_site_path(scope["path"]):
            await self._app(scope, receive, send)
            return

        async def marked(message: Message) -> None:
            if message["type"] == "http.response.start":
                allow_site_origin(scope, MutableHeaders(scope=message))
            await send(message)

        asked = Headers(scope=scope)
        if scope["method"] == "OPTIONS" and "access-control-request-method" in asked:
            await Response(status_code=204, headers=_PREFLIGHT)(scope, receive, marked)
            return
        await self._app(scope, receive, marked)


def is_site_path(path: str) -> bool:
    return path.startswith(PATH)


def allow_site_origin(scope: Scope, headers: MutableHeaders) -> None:
    """Adds the headers that let a page read an answer, where it is one of a site's paths."""
    if not is_site_path(scope["path"]):
        return
    headers.add_vary_header("Origin")
    if origin := Headers(scope=scope).get("origin"):
        headers["Access-Control-Allow-Origin"] = origin
        headers["Access-Control-Expose-Headers"] = _EXPOSED
