"""``/v1/probe``: for `footnoted doctor --url`, which wants to know what a reverse proxy does to requests and answers.

It tells the caller only how the caller's own request arrived.
"""

import json
from collections.abc import AsyncIterator
from typing import Annotated

import anyio
from fastapi import APIRouter, Query, Request
from starlette.responses import StreamingResponse
from starlette.types import Receive, Scope, Send

from core.errors import TooManyRequests
from service.access.needs import public
from service.network_address import client_address

TICKS = 5
PAUSE_S = 0.3
_AT_ONCE = 8

router = APIRouter(tags=["health"], dependencies=public("It tells callers how their own requests arrived."))


class _Probe(StreamingResponse):
    """Counts how many of it go on: each takes a connection for a second and a half, and nothing else."""

    going_on = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        _Probe.going_on += 1
        try:
            await super().__call__(scope, receive, send)
        finally:
            _Probe.going_on -= 1


@router.get("/v1/probe", response_class=StreamingResponse)
async def probe(
    request: Request, host: Annotated[str, Query(max_length=300, description="The host that the caller named.")] = ""
) -> StreamingResponse:
    """Five events, 0.3 s apart, after one that tells how the request arrived."""
    if _Probe.going_on >= _AT_ONCE:
        raise TooManyRequests("Too many probes at once.", "Try again in a few seconds.", 2)
    told = arrived(request, host)

    async def events() -> AsyncIterator[bytes]:
        yield _event("seen", told)
        for number in range(TICKS):
            await anyio.sleep(PAUSE_S)
            yield _event("tick", {"number": number})

    headers = {"Cache-Control": "no-cache, no-transform", "X-Accel-Buffering": "no"}
    return _Probe(events(), media_type="text/event-stream", headers=headers)


def arrived(request: Request, host: str) -> dict[str, object]:
    """What a proxy said of the caller, and whether it is believed (server.trusted_proxies)."""
    said = request.headers.get("x-forwarded-for", "")
    addresses = [one.strip() for one in said.split(",")]
    client = client_address(request.scope)
    return {
        "forwarded": bool(said),
        "believed": bool(said) and client in addresses,
        "scheme": request.url.scheme,
        "same_host": request.headers.get("host", "").lower() == host.lower(),
    }


def _event(name: str, data: dict[str, object]) -> bytes:
    return f"event: {name}\ndata: {json.dumps(data)}\n\n".encode()
