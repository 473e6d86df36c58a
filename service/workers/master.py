"""The master: holds the port, keeps the workers running, and renews them without a gap."""

import math
import os
import selectors
import signal
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

import structlog

from core.errors import FootnotedError
from service.settings import Settings
from service.telemetry.processes import forget_process, shared_metrics
from service.workers.child import Child
from service.workers.orders import Stage

_LOOK_EVERY_S = 0.5
_LONGEST_START_S = 300.0
_FIRST_WAIT_S = 0.5
_LONGEST_WAIT_S = 30.0
_LIVED_S = 60.0  # a worker that lived as long did not die of its start
_AFTER_DRAIN_S = 45.0  # for what is written at the end: the background worker's batch, the index

log = structlog.get_logger("footnoted")


class Master:
    """SIGTERM and SIGINT: the workers finish what they have begun, and all ends; a second one ends it at once.
    SIGHUP: new workers are started with the settings as they are now, and take over when their models are loaded."""

    def __init__(
        self,
        listening: socket.socket,
        settings: Settings,
        read_settings: Callable[[], Settings],
        told: Callable[[str | None], None],
        *,
        demo: bool = False,
    ) -> None:
        """``told`` is called once, when the data folder is open, with a question to try, if there is one."""
        self._listening = listening
        self._settings = settings
        self._read_settings = read_settings
        self._told = told
        self._demo = demo
        self._serving: list[Child] = []
        self._coming: list[Child] = []  # in the others' place, once all of them are ready
        self._coming_settings = settings
        self._leaving: list[Child] = []
        self._environment: dict[str, str] = {}
        self._ends = 0
        self._renews = False
        self._deaths = 0
        self._not_before = 0.0

    def run(self) -> int:
        """Until the end; gives the exit code, 1 where the first worker could not open the data folder."""
        with shared_metrics() as environment, self._signals() as wake:
            self._environment = environment
            first = self._start(self._settings, waits=False, demo=self._demo)
            self._serving.append(first)
            while first.stage is Stage.STARTING and not self._ends:
                if first.ended() is not None:
                    first.close()
                    return 1  # it has told why
                self._wait(wake)
            if not self._ends:
                self._told(first.suggestion)
            while not self._ends:
                self._keep_running()
                self._renew()
                self._wait(wake)
            return self._end(wake)

    @contextmanager
    def _signals(self) -> Iterator[socket.socket]:
        """Count signals; gives what becomes readable with each."""
        wake, woken = socket.socketpair()
        for end in (wake, woken):
            end.setblocking(False)
        before = signal.set_wakeup_fd(woken.fileno(), warn_on_full_buffer=False)
        handlers = {number: signal.signal(number, self._note) for number in (signal.SIGTERM, signal.SIGINT)}
        handlers[signal.SIGHUP] = signal.signal(signal.SIGHUP, self._note)
        try:
            yield wake
        finally:
            signal.set_wakeup_fd(before)
            for number, handler in handlers.items():
                signal.signal(number, handler)
            wake.close()
            woken.close()

    def _note(self, number: int, frame: FrameType | None) -> None:
        if number == signal.SIGHUP:
            self._renews = True
        else:
            self._ends += 1

    def _start(self, settings: Settings, *, waits: bool, demo: bool = False) -> Child:
        environment = dict(self._environment)
        workers = settings.server.workers
        if workers > 1:  # each has its share of the cores
            threads = max(1, math.floor((os.cpu_count() or 1) / workers))
            environment["OMP_NUM_THREADS"] = os.environ.get("OMP_NUM_THREADS", str(threads))
        child = Child(settings, self._listening.fileno(), environment, waits=waits, demo=demo)
        log.info("server_started", pid=child.pid)
        return child

    def _wait(self, wake: socket.socket) -> None:
        """For a report, a death or a signal."""
        children = [*self._serving, *self._coming, *self._leaving]
        with selectors.DefaultSelector() as selector:
            selector.register(wake, selectors.EVENT_READ)
            for child in children:
                if child.ended() is None:
                    selector.register(child, selectors.EVENT_READ)
            for key, _ in selector.select(_LOOK_EVERY_S):
                if key.fileobj is wake:
                    wake.recv(1024)
        for child in children:
            child.hear()

    def _keep_running(self) -> None:
        for child in [child for child in self._serving if child.ended() is not None]:
            self._serving.remove(child)
            lived = time.monotonic() - child.began
            self._deaths = 1 if lived > _LIVED_S else self._deaths + 1
            wait = min(_LONGEST_WAIT_S, _FIRST_WAIT_S * 2 ** (self._deaths - 1))
            self._not_before = time.monotonic() + wait
            log.error("server_died", pid=child.pid, code=child.ended(), lived_s=round(lived, 1), next_in_s=wait)
            self._forget(child)
        while len(self._serving) < self._settings.server.workers and time.monotonic() >= self._not_before:
            others_answer = any(child.stage is Stage.READY for child in self._serving)
            self._serving.append(self._start(self._settings, waits=others_answer))
        self._see_off()

    def _see_off(self) -> None:
        for child in list(self._leaving):
            if child.ended() is not None:
                log.info("server_ended", pid=child.pid, code=child.ended())
                self._leaving.remove(child)
                self._forget(child)
            elif child.leaves_by is not None and time.monotonic() > child.leaves_by:
                log.error("server_killed", pid=child.pid)
                child.kill()

    def _forget(self, child: Child) -> None:
        child.close()
        forget_process(self._environment, child.pid)

    def _renew(self) -> None:
        if self._renews and not self._coming:
            self._renews = False
            try:
                self._coming_settings = self._read_settings()
            except FootnotedError as error:
                log.error("not_renewed", code=error.code, message=error.message, hint=error.hint)
                return
            count = self._coming_settings.server.workers
            self._coming = [self._start(self._coming_settings, waits=True) for _ in range(count)]
            log.info("renewing", pids=[child.pid for child in self._coming])
        if self._coming and all(child.stage is Stage.READY for child in self._coming):
            for child in self._serving:
                child.retire(self._settings.server.drain_s + _AFTER_DRAIN_S)
            self._leaving += self._serving
            self._serving, self._coming = self._coming, []
            self._settings = self._coming_settings
            self._deaths, self._not_before = 0, 0.0
            log.info("renewed", pids=[child.pid for child in self._serving])
        elif any(self._is_lost(child) for child in self._coming):
            log.error("not_renewed", message="A new worker did not get ready; the old ones go on.")
            for child in self._coming:
                child.kill()
            self._leaving += self._coming
            self._coming = []

    @staticmethod
    def _is_lost(child: Child) -> bool:
        late = time.monotonic() > child.began + _LONGEST_START_S
        return child.ended() is not None or child.stage is Stage.FAILED or (late and child.stage is not Stage.READY)

    def _end(self, wake: socket.socket) -> int:
        self._listening.close()
        for child in (*self._serving, *self._coming):
            child.stop(self._settings.server.drain_s + _AFTER_DRAIN_S)
        self._leaving += [*self._serving, *self._coming]
        self._serving, self._coming = [], []
        while self._leaving:
            if self._ends > 1:
                for child in self._leaving:
                    child.kill()
            self._see_off()
            if self._leaving:
                self._wait(wake)
        return 0
