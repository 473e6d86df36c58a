"""Metrics of several processes: kept in files of one folder, which any of them adds up.

The master makes the folder before it starts a worker, gives it to each in the environment, and removes it at the end.
Whoever started a process says when it has ended, so that its gauges count no more, and its counters need no files of
their own: background workers come and go for as long as a server runs.
"""

import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from prometheus_client.mmap_dict import MmapedDict
from prometheus_client.multiprocess import mark_process_dead

VARIABLE = "PROMETHEUS_MULTIPROC_DIR"
_KINDS = ("counter", "histogram")
_ENDED = "ended"


def is_shared() -> bool:
    """Whether this process is one of several."""
    return VARIABLE in os.environ


@contextmanager
def shared_metrics() -> Iterator[dict[str, str]]:
    """For a master: what to add to the environment of the workers, as long as the block lasts.

    Not in the data folder: the files are of the running processes alone, and mapped into their memory.
    """
    folder = tempfile.mkdtemp(prefix="footnoted-metrics-")
    try:
        yield {VARIABLE: folder}
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def forget_process(environment: Mapping[str, str], pid: int) -> None:
    """It has ended: its gauges count no more. What it counted stays counted."""
    folder = Path(environment.get(VARIABLE, ""))
    if VARIABLE not in environment or not folder.is_dir():
        return
    with locked(folder, fcntl.LOCK_EX):
        mark_process_dead(pid, str(folder))  # type: ignore[no-untyped-call]
        for kind in _KINDS:
            own = folder / f"{kind}_{pid}.db"
            if own.exists():
                _add(own, folder / f"{kind}_{_ENDED}.db")
                own.unlink()


@contextmanager
def locked(folder: Path, how: int = fcntl.LOCK_SH) -> Iterator[None]:
    """A scrape must not meet counts twice, or not at all, while they are moved: a counter never goes back."""
    handle = os.open(folder / "lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(handle, how)
        yield
    finally:
        os.close(handle)


def _add(source: Path, target: Path) -> None:
    counts = [(key, value) for key, value, *_ in MmapedDict.read_all_values_from_file(str(source))]  # type: ignore[no-untyped-call]
    total = MmapedDict(str(target))  # type: ignore[no-untyped-call]
    try:
        for key, value in counts:
            before, _ = total.read_value(key)  # type: ignore[no-untyped-call]
            total.write_value(key, before + value, 0.0)  # type: ignore[no-untyped-call]
    finally:
        total.close()  # type: ignore[no-untyped-call]
