"""The master: holds the port, keeps the workers running, and renews them without a gap."""

import os
import selectors
import socket
import time
from collections.abc import Callable

import structlog

from core.errors import FootnotedError
from service.load.cores import cores, cores_each
from service.settings import Settings
from service.telemetry.processes import forget_process, shared_metrics
from service.workers.child import Child
from service.workers.descriptors import raise_limit
from service.workers.orders import Stage
from service.workers.signals import Signals

_LOOK_EVERY_S = 0.5
_LONGEST_START_S = 300.0
_FIRST_WAIT_S = 0.5
_LONGEST_WAIT_S = 30.0
_LIVED_S = 60.0  # a worker that lived as long did not die of its start
AFTER_DRAIN_S = 45.0
"""For what is written at the end, beyond server.drain_s: the background worker's batch, the index."""

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
        renewed: Callable[[Settings], None],
        *,
        demo: bool = False,
    ) -> None:
        """``told`` is called once, when the data folder is open, with a question to try, if there is one; ``renewed``
        with the settings of new workers that took over. ``read_settings`` gives those as of now; it may refuse them by
        a FootnotedError. Of what it gives, the address is ``listening``'s."""
        self._listening = listening
        self._settings = settings
        self._read_settings = read_settings
        self._told = told
        self._renewed = renewed
        self._demo = demo
        self._serving: list[Child] = []
        self._coming: list[Child] = []  # in the others' place, once all of them are ready
        self._coming_settings = settings
        self._leaving: list[Child] = []
        self._environment: dict[str, str] = {}
        self._signals = Signals()
        self._deaths = 0
        self._not_before = 0.0

    def run(self) -> int:
        """Until the end; gives the exit code, 1 where the first worker could not open the data folder."""
        raise_limit()
        with shared_metrics() as environment, self._signals.heard() as wake:
            self._environment = environment
            first = self._start(self._settings, waits=False, demo=self._demo)
            self._serving.append(first)
            while first.stage is Stage.STARTING and not self._signals.ends:
                if first.ended() is not None:
                    first.close()
                    return 1  # it has told why
                self._wait(wake)
            if not self._signals.ends:
                self._told(first.suggestion)
            while not self._signals.ends:
                self._keep_running()
                self._renew()
                self._wait(wake)
            return self._end(wake)

    def _start(self, settings: Settings, *, waits: bool, demo: bool = False) -> Child:
        environment = dict(self._environment)
        workers = settings.server.workers
        if workers > 1 or cores() < (os.cpu_count() or 1):  # the libraries know of no share and of no quota
            environment["OMP_NUM_THREADS"] = os.environ.get("OMP_NUM_THREADS", str(cores_each(workers)))
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
        if self._signals.renews and not self._coming:
            self._signals.renews = False
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
                child.retire(self._settings.server.drain_s + AFTER_DRAIN_S)
            self._leaving += self._serving
            self._serving, self._coming = self._coming, []
            self._settings = self._coming_settings
            self._deaths, self._not_before = 0, 0.0
            log.info("renewed", pids=[child.pid for child in self._serving])
            self._renewed(self._settings)
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
            child.stop(self._settings.server.drain_s + AFTER_DRAIN_S)
        self._leaving += [*self._serving, *self._coming]
        self._serving, self._coming = [], []
        while self._leaving:
            if self._signals.ends > 1:
                for child in self._leaving:
                    child.kill()
            self._see_off()
            if self._leaving:
                self._wait(wake)
        return 0
