"""The outermost of all: while a queue is full, questions for it are sent away before anything is done for them.

Past the log, the audit and the guards a refusal costs over a millisecond. At ten times as many questions as can be
answered, that would leave nothing to answer with (docs/load.md).
"""

import time
import uuid

import structlog
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Receive, Scope, Send

from service.dialects.errors import refusal_at
from service.load.load import Load
from service.load.questions import is_asked_at, is_search
from service.problems import problem_of
from service.sites.cors import allow_site_origin, is_site_path
from service.telemetry import metrics

_TOLD_EVERY_S = 1.0
_ROUTE = "turned away"

log = structlog.get_logger("footnoted")


class Door:
    """They are counted, and told in the log together, once a second."""

    def __init__(self, app: ASGIApp, load: Load) -> None:
        self._app = app
        self._load = load
        self._untold = 0
        self._told_at = 0.0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["method"] == "POST" and is_asked_at(scope["path"]):
            queue = self._load.searches if is_search(scope["path"]) else self._load.answers
            if error := queue.refusal():
                response = refusal_at(scope["path"], problem_of(error, public=is_site_path(scope["path"])))
                headers = MutableHeaders(raw=response.raw_headers)
                headers["X-Request-ID"] = uuid.uuid4().hex
                allow_site_origin(scope, headers)
                self._note()
                await response(scope, receive, send)
                return
        await self._app(scope, receive, send)

    def _note(self) -> None:
        metrics.count_request("POST", _ROUTE, 429, 0.0)
        self._untold += 1
        now = time.monotonic()
        if now - self._told_at >= _TOLD_EVERY_S:
            log.warning("turned_away", requests=self._untold)
            self._untold, self._told_at = 0, now
