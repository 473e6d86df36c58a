"""A worker: opens the data folder, loads the models, and answers on the port that it inherits from the master."""

import gc
import os
import signal
import threading
import time

import uvicorn
from fastapi import FastAPI

from core.errors import FootnotedError
from service.app import create_app
from service.console import err, ingest_progress, print_error
from service.engine import Engine
from service.load.door import Door
from service.logs import configure_logs
from service.routes.state import ServiceState
from service.settings import Settings
from service.workers.memory import memory_mb
from service.workers.orders import Order, Report, Stage, read_line
from service.workers.sample import SAMPLE_DOCUMENT, sample_questions
from service.workers.server import DrainingServer, Listening
from service.workers.slow_heads import protocol_with_limit

_MASTER = 0  # the descriptor of standard input
_LOOK_EVERY_S = 0.05


def main() -> None:
    """Runs until it is told to end. Exit code 1 where the data folder or, if it is to wait for them, the models
    cannot be used."""
    order = Order.from_line(read_line(_MASTER))
    for inherited in (order.listening, order.reports):
        os.set_inheritable(inherited, False)  # no process that this one starts may keep the port
    configure_logs(order.settings.telemetry)
    threading.Thread(target=_follow_master, name="follow-master", daemon=True).start()
    try:
        app = _opened(order)
    except FootnotedError as error:
        print_error(error)
        raise SystemExit(1) from error
    settings, state = order.settings, _state(app)
    Report(Stage.OPENED, next(iter(settings.chat.suggestions), None)).send(order.reports)
    server = DrainingServer(_config(app, settings), state.load, settings.server.drain_s)
    # Uvicorn raises the signal that ended it once more when it is done: to have been told so is no failure.
    signal.signal(signal.SIGTERM, lambda *_: setattr(server, "should_exit", True))
    signal.signal(signal.SIGUSR2, lambda *_: server.retire())
    threading.Thread(target=_tell_ready, args=(server, state, order.reports), name="tell-ready", daemon=True).start()
    server.run([Listening(fileno=order.listening)])
    gc.freeze()  # the interpreter would look through all that the models' libraries made: seconds, to free nothing


def _opened(order: Order) -> FastAPI:
    """Raises IndexBroken, and EncoderUnavailable where it waits for the models."""
    settings = order.settings
    engine = Engine.open(settings)
    if order.demo and not any(collection.documents for collection in engine.collections()):
        err.print("The data folder is empty: reading the sample document.")
        with ingest_progress() as progress:
            engine.ingest([SAMPLE_DOCUMENT], "default", progress)
    if not settings.chat.suggestions and _has_sample(engine):
        settings.chat.suggestions = sample_questions()
    app = create_app(settings, engine)
    if order.waits:
        engine.warm_up()
        _state(app).ready.set()
    return app


def _config(app: FastAPI, settings: Settings) -> uvicorn.Config:
    several = settings.server.workers > 1
    proxies = settings.server.trusted_proxies
    return uvicorn.Config(
        Door(app, _state(app).load),
        http=protocol_with_limit(settings.limits.body_s),
        log_config=None,
        access_log=False,
        ws="none",
        server_header=False,
        proxy_headers=bool(proxies),
        forwarded_allow_ips=proxies,
        # One connection at a turn, so that the first to wake does not take all that wait; uvloop would.
        loop="asyncio" if several else "auto",
        backlog=1 if several else 2048,
    )


def _tell_ready(server: DrainingServer, state: ServiceState, reports: int) -> None:
    while not (server.started and (state.ready.is_set() or state.failure)):
        time.sleep(_LOOK_EVERY_S)
    if state.failure:
        Report(Stage.FAILED).send(reports)
        return
    resident, own = memory_mb() or (None, None)
    Report(Stage.READY, None, resident, own).send(reports)


def _follow_master() -> None:
    """Without it nobody would start this process again, or end it, and the port would be taken for the next one."""
    while os.read(_MASTER, 2**10):
        pass
    os._exit(1)


def _has_sample(engine: Engine) -> bool:
    names = [collection.name for collection in engine.collections()]
    return "default" in names and any(row.uri == SAMPLE_DOCUMENT.as_uri() for row in engine.documents("default"))


def _state(app: FastAPI) -> ServiceState:
    state: ServiceState = app.state.service
    return state


if __name__ == "__main__":
    main()
