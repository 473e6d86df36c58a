"""Every administrative act over HTTP goes to the audit log before its caller is told of it."""

from collections.abc import Mapping
from urllib.parse import parse_qs

import structlog
from limits import RateLimitItemPerMinute
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from core.errors import FootnotedError, TooManyRequests
from service.access.principal import gave_key, principal_of
from service.audit.acts import WRONG_KEY, act_at, act_of
from service.audit.log import AuditLog
from service.audit.records import Act, Outcome
from service.call_limits import CallLimits
from service.network_address import client_address, neighbourhood_of
from service.telemetry.metrics import ACTS_LOST
from service.telemetry.request_log import request_id_of
from service.telemetry.routes import route_template

_NOT_SIGNED_IN = 401
_REFUSED = frozenset({_NOT_SIGNED_IN, 403, 429})
# Strangers who knock without end shall not fill the disk.
_REFUSED_KEPT = RateLimitItemPerMinute(60, namespace="refused-acts")
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
        self._refused = CallLimits()

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
        if name is None and status in _REFUSED:  # maybe before the route was found
            name = act_at(scope["method"], scope["path"])
        if name is None and status == _NOT_SIGNED_IN and gave_key(scope):
            name = WRONG_KEY
        if name is None:
            return
        outcome = _outcome(status)
        if outcome is Outcome.REFUSED and not self._has_room():
            log.warning("act_refused", act=name, principal=principal_of(scope).id)
            return
        network = neighbourhood_of(client_address(scope)) if self._networks else ""
        target = _target(scope, headers)
        act = Act(principal_of(scope).id, name, target, outcome, network, request_id_of(scope))
        await run_in_threadpool(self._append, act)

    def _has_room(self) -> bool:
        """For one more refused act."""
        try:
            self._refused.count([(_REFUSED_KEPT, "")], "")
        except TooManyRequests:
            return False
        return True

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
