"""``GET /metrics``: for Prometheus."""

import hmac
from functools import partial
from pathlib import Path

from anyio import CapacityLimiter
from anyio.to_thread import run_sync
from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from core.errors import Forbidden
from service.access.needs import public
from service.access.principal import AccessScope, principal_of
from service.network_address import client_address, is_loopback
from service.routes.state import State
from service.telemetry.scrape import CONTENT_TYPE, scrape

_FORWARDED = ("forwarded", "x-forwarded-for", "x-real-ip", "via")

_THREAD = CapacityLimiter(1)  # of its own: a scrape must come through when all others are at work

router = APIRouter(include_in_schema=False)


async def may_scrape(request: Request, state: State) -> None:
    """Raises Forbidden for whoever may not read the metrics: see docs/observability.md."""
    token_file = state.settings.telemetry.metrics_token_file
    if principal_of(request.scope).may(AccessScope.ADMIN):
        return
    if token_file is None and _is_of_this_machine(request):
        return
    given = _bearer(request)
    if token_file is not None and given and await run_sync(_is_token, given, token_file, limiter=_THREAD):
        return
    raise Forbidden(
        "The metrics are not for you.",
        "Ask from this machine, with an administrator's key, or with the token of telemetry.metrics_token_file.",
    )


@router.get("/metrics", dependencies=[*public("Its own rule says who may."), Depends(may_scrape)])
async def metrics(state: State) -> Response:
    """Counters and gauges, in Prometheus' text format."""
    scraped = partial(scrape, state.engine, state.jobs.store, is_ready=state.ready.is_set())
    text = await run_sync(scraped, limiter=_THREAD)
    return Response(text, headers={"Content-Type": CONTENT_TYPE, "Cache-Control": "no-store"})


def _is_of_this_machine(request: Request) -> bool:
    """Not by way of a proxy of this machine, which speaks for others."""
    return is_loopback(client_address(request.scope)) and not any(name in request.headers for name in _FORWARDED)


def _bearer(request: Request) -> str:
    kind, _, given = request.headers.get("authorization", "").partition(" ")
    return given.strip() if kind.lower() == "bearer" else ""


def _is_token(given: str, token_file: Path) -> bool:
    try:
        token = token_file.read_text(encoding="utf-8").partition("\n")[0].strip()
    except (OSError, UnicodeDecodeError):
        return False
    return bool(token) and hmac.compare_digest(given.encode(), token.encode())
