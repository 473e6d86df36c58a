"""A worker as the master sees it."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from contextlib import suppress

import structlog

from service.settings import Settings
from service.workers.orders import Order, Report, Stage

_FEWER_ARENAS = {"MALLOC_ARENA_MAX": "2"}
"""glibc gives threads arenas of their own, eight for each core. In each of them, what writes the keyword index after a
change leaves some 14 MB behind: on two cores 200 MB, hour by hour. Two were as quick (docs/load.md).
"""

log = structlog.get_logger("footnoted")


class Child:
    """A running worker. For one thread."""

    def __init__(
        self, settings: Settings, listening: int, environment: Mapping[str, str], *, waits: bool, demo: bool = False
    ) -> None:
        """Start it. ``environment`` is added to the master's. The rest is as in Order."""
        self.stage = Stage.STARTING
        self.suggestion: str | None = None
        self.began = time.monotonic()
        self.leaves_by: float | None = None
        self._heard = b""
        self._reports, writes = os.pipe()
        os.set_blocking(self._reports, False)
        # -P: the working directory is no place to import from. A group of its own: Ctrl-C in the terminal is for the
        # master, which lets the workers finish.
        command = [sys.executable, "-P", "-m", "service.workers.worker"]
        self._process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            pass_fds=(listening, writes),
            process_group=0,
            env={**_FEWER_ARENAS, **os.environ, **environment},
        )
        os.close(writes)
        assert self._process.stdin is not None
        with suppress(BrokenPipeError):  # it died at once: the next look says so
            self._process.stdin.write(Order(settings, listening, writes, waits, demo).to_line())
            self._process.stdin.flush()

    @property
    def pid(self) -> int:
        return self._process.pid

    def fileno(self) -> int:
        """Readable when there is a report, or the worker died."""
        return self._reports

    def hear(self) -> None:
        """Take in what it reported."""
        with suppress(BlockingIOError):
            while more := os.read(self._reports, 2**16):
                self._heard += more
        *lines, self._heard = self._heard.split(b"\n")
        for report in map(Report.from_line, lines):
            self.stage = report.stage
            self.suggestion = report.suggestion or self.suggestion
            if report.stage is Stage.READY:
                took = round(time.monotonic() - self.began, 1)
                memory = {"memory_mb": report.memory_mb, "own_mb": report.own_mb}
                log.info("server_ready", pid=self.pid, seconds=took, **memory)

    def ended(self) -> int | None:
        """Its exit code; None while it runs."""
        return self._process.poll()

    def stop(self, within_s: float) -> None:
        """Let it finish what it has begun; what is left after that is cut off."""
        self._signal(signal.SIGTERM, within_s)

    def retire(self, within_s: float) -> None:
        """The same, while others take its place: it also sends connected clients over to them."""
        self._signal(signal.SIGUSR2, within_s)

    def kill(self) -> None:
        with suppress(ProcessLookupError):
            self._process.kill()

    def close(self) -> None:
        """After its end."""
        self._process.wait()
        os.close(self._reports)
        assert self._process.stdin is not None
        with suppress(BrokenPipeError):
            self._process.stdin.close()

    def _signal(self, number: signal.Signals, within_s: float) -> None:
        self.leaves_by = time.monotonic() + within_s
        with suppress(ProcessLookupError):
            self._process.send_signal(number)
