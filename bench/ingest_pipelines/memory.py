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
            self.peak = max(self.peak, sum(map(_held, _tree(os.getpid()))))


def held() -> int:
    """Bytes that this process holds now."""
    return _held(os.getpid())


def _tree(root: int) -> list[int]:
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
