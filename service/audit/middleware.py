"""Every administrative act over HTTP goes to the audit log before its caller is told of it."""

import ipaddress
import threading
import time
from collections import deque
from collections.abc import Mapping
from urllib.parse import parse_qs

import structlog
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from core.errors import FootnotedError
from service.access.principal import principal_of
from service.audit.acts import WRONG_KEY, act_of
from service.audit.log import AuditLog
from service.audit.records import Act, Outcome
from service.sites.cors import is_site_path
from service.telemetry.metrics import ACTS_LOST
from service.telemetry.request_log import request_id_of
from service.telemetry.routes import route_template

_NOT_SIGNED_IN = 401
_REFUSED = frozenset({_NOT_SIGNED_IN, 403, 429})
_MOST_REFUSED = 60  # a minute: strangers who knock without end shall not fill the disk
_MINUTE_S = 60.0
_TARGET = "footnoted.act_target"

log = structlog.get_logger("footnoted")


def name_target(scope: Scope, target: str) -> None:
    """For a route whose address does not say what it is about: the id or name of what it made or changed."""
    scope[_TARGET] = target


class Audit:
    """The target is what the route named, or its path's parameters, the collection, and the address of what it made.
    Bodies are not looked at."""

    def __init__(self, app: ASGIApp, audit: AuditLog, *, networks: bool = True) -> None:
        self._app = app
        self._audit = audit
        self._networks = networks
        self._refused = _Recently(_MOST_REFUSED)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        is_told = False

        async def told(message: Message) -> None:
            nonlocal is_told
            if message["type"] == "http.response.start" and not is_told:
                is_told = True
                await self._note(scope, message["status"], Headers(raw=message.get("headers", [])))
            await send(message)

        try:
            await self._app(scope, receive, told)
        except Exception:  # answered with 500 outside of this
            if not is_told:
                await self._note(scope, 500, Headers())
            raise

    async def _note(self, scope: Scope, status: int, headers: Headers) -> None:
        name = act_of(scope["method"], route_template(scope))
        if name is None and status == _NOT_SIGNED_IN and _tries_key(scope):
            name = WRONG_KEY
        if name is None:
            return
        outcome = _outcome(status)
        if outcome is Outcome.REFUSED and not self._refused.has_room():
            log.warning("act_refused", act=name, principal=principal_of(scope).id)
            return
        network = _network(scope) if self._networks else ""
        target = _target(scope, headers)
        act = Act(principal_of(scope).id, name, target, outcome, network, request_id_of(scope))
        await run_in_threadpool(self._append, act)

    def _append(self, act: Act) -> None:
        try:
            self._audit.append(act)
        except FootnotedError as error:
            self._lost(act, error.code)
        except Exception:  # a border: the act is done, whatever is wrong with the log of it
            log.exception("act_not_kept")
            self._lost(act, "crash")

    def _lost(self, act: Act, code: str) -> None:
        ACTS_LOST.inc()
        log.error("act_lost", code=code, actor=act.actor, act=act.act, target=act.target, outcome=act.outcome.value)


class _Recently:
    """At most so many in a minute. Safe from several threads."""

    def __init__(self, most: int) -> None:
        self._times: deque[float] = deque(maxlen=most)
        self._lock = threading.Lock()

    def has_room(self) -> bool:
        now = time.monotonic()
        with self._lock:
            if len(self._times) == self._times.maxlen and now - self._times[0] < _MINUTE_S:
                return False
            self._times.append(now)
            return True


def _outcome(status: int) -> Outcome:
    if status in _REFUSED:
        return Outcome.REFUSED
    return Outcome.DONE if status < 400 else Outcome.FAILED


def _target(scope: Scope, headers: Headers) -> str:
    if named := scope.get(_TARGET):
        return str(named)
    parameters: Mapping[str, object] = scope.get("path_params") or {}
    parts = [str(value) for value in parameters.values()]
    query = parse_qs(scope["query_string"].decode("latin-1"))
    parts += [f"collection={name}" for name in query.get("collection", [])[:1]]
    if made := headers.get("location"):
        parts.append(made)
    return " ".join(parts)


def _tries_key(scope: Scope) -> bool:
    """Not of a site's visitor, whose tokens end after minutes as a matter of course."""
    return "authorization" in Headers(scope=scope) and not is_site_path(scope["path"])


def _network(scope: Scope) -> str:
    """Tells a neighbourhood, not a person: IPv4 /24, IPv6 /48."""
    client = scope.get("client")
    try:
        address = ipaddress.ip_address(client[0] if client else "")
    except ValueError:
        return ""
    if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped:
        address = address.ipv4_mapped
    return str(ipaddress.ip_network((address, 24 if address.version == 4 else 48), strict=False))
