"""A service on a real socket, whose reader reads when the test lets it."""

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import httpx
import uvicorn

from service.answer.reader import Reader, Reading, ReadingTask
from service.app import create_app
from service.engine import Engine
from service.load.door import Door
from service.load.load import Load
from service.settings import Settings

LIMIT_S = 60
WARM_UP = "Where did the meeting take place?"


@dataclass
class GuardedReader:
    """Reads as ``within`` does, once ``open`` is set; ``reading`` counts those that wait."""

    within: Reader
    open: threading.Event = field(default_factory=threading.Event)
    reading: int = 0
    name: str = "reader"

    @property
    def default_threshold(self) -> float:
        return self.within.default_threshold

    def read(self, task: ReadingTask) -> Reading:
        if task.question != WARM_UP:
            self.reading += 1
            assert self.open.wait(LIMIT_S)
        return self.within.read(task)


@dataclass(frozen=True)
class Guarded:
    """A running service; ``load`` tells who is at work."""

    url: str
    reader: GuardedReader
    load: Load


def until(is_so: Callable[[], bool]) -> None:
    """Wait for it, or fail."""
    deadline = time.monotonic() + LIMIT_S
    while not is_so():
        assert time.monotonic() < deadline, "it did not come to that"
        time.sleep(0.01)


@contextmanager
def guarded(engine: Engine, settings: Settings, *, door: bool = False) -> Iterator[Guarded]:
    """A server in a thread, on the engine's documents; with the ``door``, as a worker serves."""
    reader = GuardedReader(engine._reader)
    own = Engine(engine.store, reader, settings)
    app = create_app(settings, own)
    own.close = lambda: None  # type: ignore[method-assign] # the store is the session's
    listening = socket.create_server(("127.0.0.1", 0))
    served = Door(app, app.state.service.load) if door else app
    server = uvicorn.Server(uvicorn.Config(served, log_config=None, access_log=False))
    thread = threading.Thread(target=server.run, args=([listening],), daemon=True)
    thread.start()
    state = app.state.service
    url = f"http://127.0.0.1:{listening.getsockname()[1]}"
    until(lambda: server.started and state.ready.is_set())
    assert httpx.get(f"{url}/readyz").status_code == 200
    try:
        yield Guarded(url, reader, state.load)
    finally:
        reader.open.set()
        server.should_exit = True
        thread.join(LIMIT_S)
