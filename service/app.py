"""The HTTP service, put together."""

import asyncio
import os
import threading
from collections.abc import AsyncIterator
from contextlib import ExitStack, asynccontextmanager, suppress
from importlib.metadata import version
from pathlib import Path

import structlog
from fastapi import FastAPI
from fastapi.staticfiles import StaticFiles
from fastapi.templating import Jinja2Templates
from fastapi_offline import FastAPIOffline
from starlette.concurrency import run_in_threadpool
from starlette.middleware.cors import CORSMiddleware
from starlette.responses import Response
from starlette.types import Scope

from core.errors import EncoderUnavailable, FootnotedError
from service.access.access import Access
from service.access.callers import Callers
from service.access.identify import Identify
from service.access.oidc import oidc_of
from service.audit.log import AuditLog, forget_acts
from service.audit.middleware import Audit
from service.dialects import routes as dialects
from service.dialects.errors import add_dialect_errors
from service.dialects.mcp_http import MCP_ROUTE, serving_mcp
from service.engine import Engine
from service.guard import BodyLimit, OriginGuard, SecurityHeaders
from service.jobs.jobs import Jobs
from service.load.gate import Gate
from service.load.load import load_of
from service.load.shared_calls import open_call_limits
from service.network_address import LOOPBACK
from service.operator import Operator
from service.problems import add_problem_handlers
from service.questions.log import QuestionLog
from service.questions.person import PersonKey
from service.questions.recorder import QuestionRecorder
from service.routes import (
    admin,
    admin_documents,
    admin_jobs,
    admin_keys,
    admin_oidc,
    admin_questions,
    admin_sites,
    admin_sync,
    ask,
    collections,
    document_address,
    documents,
    feedback,
    health,
    jobs,
    metrics,
    operator_collections,
    pages,
    passages,
    probe,
    quality,
    sessions,
    sign_in,
    sites,
    source,
    view,
    widget,
)
from service.routes.state import ServiceState
from service.secret import load_secret
from service.sessions.access import may_read
from service.sessions.store import Sessions
from service.settings import Settings
from service.sites.cors import SitesCors
from service.sites.limits import Allowance, RequestLimits
from service.sites.store import Sites
from service.sites.tokens import SessionTokens
from service.source.page_image import PdfPages
from service.source.view import SourceViews
from service.telemetry.request_log import RequestLog
from service.telemetry.telemetry import Telemetry
from service.workers.descriptors import with_tries

_HERE = Path(__file__).parent
_DAY_S = 24 * 60 * 60
_LATE_S = 0.5  # in which the log of questions of another process is written
_DESCRIPTION = "Answers from your documents, every sentence with its source. Offsets are Unicode code points."

log = structlog.get_logger("footnoted")


def create_app(settings: Settings, engine: Engine | None = None) -> FastAPI:
    """The application on a data folder or database; the models are loaded in the background after start-up.

    Raises IndexBroken, NotReady when that cannot be opened.
    """
    engine = engine or Engine.open(settings)
    place = settings.place
    secret = load_secret(place)
    access = Access(place, secret, settings.access.anonymous, settings.server.host in LOOPBACK)
    counters = open_call_limits(settings.limits.storage_url)
    is_one_of_many = place.on_server or settings.server.workers > 1
    state = ServiceState(
        settings=settings,
        engine=engine,
        jobs=Jobs(engine, settings),
        questions=QuestionRecorder(QuestionLog(place), settings.questions.keep_days, _LATE_S if is_one_of_many else 0),
        sessions=Sessions(place, settings.conversation.keep_days, PersonKey(place)),
        sites=Sites(place),
        tokens=SessionTokens(secret, settings.sites.session_minutes * 60),
        limits=RequestLimits(Allowance(**settings.sites.model_dump(exclude={"session_minutes"})), limits=counters()),
        load=load_of(settings, counters),
        access=access,
        operator=Operator.open(place, access.operator_sessions, access.operators, counters()),
        oidc=oidc_of(settings.access, counters()),
        audit=AuditLog(place),
        telemetry=Telemetry(settings.telemetry),
        sources=SourceViews(engine, PdfPages()),
        templates=Jinja2Templates(_HERE / "templates"),
        version=version("footnoted"),
    )

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        state.telemetry.start()
        engine.store.build_in_background()
        engine.keep_answers(settings.limits.answer_cache_mb)
        threading.Thread(target=_warm_up, args=(state,), name="warm-up", daemon=True).start()
        state.jobs.start()
        forgetting = asyncio.create_task(_forget_daily(state))
        async with serving_mcp(app):
            yield
        forgetting.cancel()
        try:
            with suppress(asyncio.CancelledError):
                await forgetting
        finally:
            await run_in_threadpool(_close, state)

    app = FastAPIOffline(
        redoc_url=None, title="Footnoted", version=state.version, description=_DESCRIPTION, lifespan=lifespan
    )
    app.state.service = state
    app.include_router(document_address.router)  # before the form's route at the same address
    for router in (
        ask.router,
        feedback.router,
        documents.router,
        passages.router,
        quality.router,
        sessions.router,
        collections.router,
        jobs.router,
        health.router,
        probe.router,
        metrics.router,
        pages.router,
        view.router,
        source.router,
        sites.router,
        sign_in.router,
        widget.router,
        admin.pages,
        admin.router,
        admin_documents.router,
        admin_jobs.router,
        admin_keys.router,
        admin_oidc.router,
        admin_questions.router,
        admin_sites.router,
        admin_sync.router,
        operator_collections.router,
        dialects.openai,
        dialects.anthropic,
        dialects.ai_sdk,
    ):
        app.include_router(router)
    app.router.routes.append(MCP_ROUTE)
    app.mount("/static", _RevalidatedFiles(directory=_HERE / "static"), name="static")
    add_problem_handlers(app)
    add_dialect_errors(app)
    _add_middleware(app, settings)
    return app


def _close(state: ServiceState) -> None:
    """What fails keeps nothing else open; the last error is raised when all are closed, with those before it."""
    with ExitStack() as closing:  # the last one first
        for close in (
            state.telemetry.stop,
            state.audit.close,
            state.access.close,
            state.engine.close,
            state.engine.store.save,
            state.sites.close,
            state.sessions.close,
            state.jobs.stop,
            state.questions.stop,
        ):
            closing.callback(close)


def _add_middleware(app: FastAPI, settings: Settings) -> None:
    """The last one added sees a request first."""
    server = settings.server
    state: ServiceState = app.state.service
    app.add_middleware(Gate, load=state.load, sites=state.limits)
    app.add_middleware(Identify, callers=Callers(state.access, state.operator))
    app.add_middleware(BodyLimit, max_bytes=server.max_upload_mb * 1024**2, body_s=settings.limits.body_s)
    if server.allowed_origins:
        app.add_middleware(
            CORSMiddleware,
            allow_origins=[origin.rstrip("/") for origin in server.allowed_origins],
            allow_methods=["*"],
            allow_headers=["*"],
        )
    hosts = {*server.allowed_hosts, *LOOPBACK} if server.host in LOOPBACK or server.allowed_hosts else set()
    app.add_middleware(OriginGuard, allowed_origins=server.allowed_origins, allowed_hosts=hosts)
    app.add_middleware(SecurityHeaders, frame_origins=server.allowed_origins)
    app.add_middleware(SitesCors)
    app.add_middleware(Audit, audit=state.audit, networks=settings.audit.networks)
    app.add_middleware(RequestLog, tracing=state.telemetry.tracing)


async def _forget_daily(state: ServiceState) -> None:
    while True:
        await run_in_threadpool(state.questions.forget_old)
        await run_in_threadpool(forget_acts, state.audit, state.settings.audit.keep_days)
        await run_in_threadpool(state.sessions.forget_old)
        await run_in_threadpool(state.sessions.forget_documents, may_read(state.engine.store.catalog, None))
        await asyncio.sleep(_DAY_S)


def _warm_up(state: ServiceState) -> None:
    try:
        with_tries(state.engine.warm_up)
    except FootnotedError as error:
        state.failure = type(error), error.message, error.hint
        log.error("not_ready", code=error.code, message=error.message, hint=error.hint)
        return
    except Exception:  # a border: whatever it is, /readyz must not say "still loading" for ever
        state.failure = EncoderUnavailable, "The models could not be loaded.", "The server's log has the details."
        log.exception("not_ready")
        return
    state.ready.set()
    log.info("ready")


class _RevalidatedFiles(StaticFiles):
    """Modules import each other without a version in the address, so browsers must ask whether they changed."""

    def file_response(
        self, full_path: str | os.PathLike[str], stat_result: os.stat_result, scope: Scope, status_code: int = 200
    ) -> Response:
        response = super().file_response(full_path, stat_result, scope, status_code)
        response.headers["Cache-Control"] = "no-cache"
        return response
