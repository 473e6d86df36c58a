"""The worker's process as the server sees it: started, stopped, and started again when it died."""

import os
import signal
import subprocess
import sys
import time
from contextlib import suppress

import structlog

from service.settings import Settings
from service.telemetry.processes import forget_process

_STOP_S = 30
_FIRST_WAIT_S = 1.0
_LONGEST_WAIT_S = 60.0
_LIVED_S = 60.0  # a worker that lived as long did not die of its start

log = structlog.get_logger("footnoted")


class WorkerProcess:
    """At most one at a time. After a death the next waits longer and longer. For one thread."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._process: subprocess.Popen[bytes] | None = None
        self._started = 0.0
        self._deaths = 0
        self._not_before = 0.0

    @property
    def pid(self) -> int | None:
        return self._process.pid if self._process else None

    def look(self) -> bool:
        """Whether it runs; says in the log how it ended."""
        if self._process is None:
            return False
        code = self._process.poll()
        if code is None:
            return True
        self._close_input()
        forget_process(os.environ, self._process.pid)
        if code == 0:
            log.info("worker_ended", pid=self._process.pid)
            self._deaths = 0
        else:
            lived = time.monotonic() - self._started
            self._deaths = 1 if lived > _LIVED_S else self._deaths + 1
            wait = min(_LONGEST_WAIT_S, _FIRST_WAIT_S * 2 ** (self._deaths - 1))
            self._not_before = time.monotonic() + wait
            log.error("worker_died", pid=self._process.pid, code=code, lived_s=round(lived, 1), next_in_s=wait)
        self._process = None
        return False

    def start(self) -> None:
        """Unless it runs, or died a moment ago."""
        if self.look() or time.monotonic() < self._not_before:
            return
        # -P: the working directory is no place to import from. A group of its own: Ctrl-C in the server's terminal
        # is for the server, which lets the worker finish what it writes. The same session: priorities count within one.
        command = [sys.executable, "-P", "-m", "service.jobs.worker"]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, process_group=0)
        self._started = time.monotonic()
        assert self._process.stdin is not None
        with suppress(BrokenPipeError):  # it died at once: the next look says so
            self._process.stdin.write(self._settings.model_dump_json().encode() + b"\n")
            self._process.stdin.flush()
        log.info("worker_started", pid=self._process.pid)

    def stop(self) -> None:
        """Let it write what is done; killed with its parsers where that takes too long."""
        if self._process is None:
            return
        self._close_input()
        with suppress(ProcessLookupError):
            self._process.terminate()
        try:
            self._process.wait(_STOP_S)
        except subprocess.TimeoutExpired:
            log.error("worker_killed", pid=self._process.pid)
            with suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()
        forget_process(os.environ, self._process.pid)
        self._process = None

    def _close_input(self) -> None:
        assert self._process is not None and self._process.stdin is not None
        with suppress(BrokenPipeError):
            self._process.stdin.close()
