"""The most memory that a process and those that it started have held at one time. Linux only."""

import os
import threading
from pathlib import Path
from types import TracebackType

_EVERY_S = 0.5  # looking costs some milliseconds


class PeakMemory:
    """Sampled from its start to its end: proportional set sizes, so that shared pages count once."""

    def __init__(self) -> None:
        self.peak = 0
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)

    def __enter__(self) -> "PeakMemory":
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop.set()
        self._thread.join()

    @property
    def megabytes(self) -> int:
        return self.peak // 1024**2

    def _watch(self) -> None:
        while not self._stop.wait(_EVERY_S):
            self.peak = max(self.peak, sum(map(_held, tree(os.getpid()))))


def held() -> int:
    """Bytes that this process holds now."""
    return _held(os.getpid())


def cpu_seconds() -> float:
    """That this process and those that it started, as far as they still run, have had of the processors."""
    return sum(map(_cpu_ticks, tree(os.getpid()))) / os.sysconf("SC_CLK_TCK")


def tree(root: int) -> list[int]:
    """The process and all that it started, and those started."""
    found, waiting = [], [root]
    while waiting:
        pid = waiting.pop()
        found.append(pid)
        for task in Path(f"/proc/{pid}/task").glob("*/children"):
            try:
                waiting += map(int, task.read_text().split())
            except OSError:  # it ended meanwhile
                continue
    return found


def _held(pid: int) -> int:
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) * 1024 for line in lines if line.startswith("Pss:")), 0)


def _cpu_ticks(pid: int) -> int:
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0
    return int(fields[11]) + int(fields[12])
