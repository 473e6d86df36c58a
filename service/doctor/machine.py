"""The machine: Python, the libraries, room on the disk, memory, the clock."""

import os
import shutil
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from service.embedding.finding import Finding

_PACKAGES = ("torch", "sentence-transformers", "faiss-cpu", "fastapi", "onnxruntime", "pypdfium2")
_GIB = 1024**3
_LOW_DISK_GIB = 1
_LOW_MEMORY_GIB = 2
"""A server with the default models takes 1.2 GiB, of which 0.3 are libraries that its processes share."""
_AHEAD_S = 60.0
_OLDEST = datetime(2026, 1, 1, tzinfo=UTC)
_CGROUPS = (
    ("/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory.current"),
    ("/sys/fs/cgroup/memory/memory.limit_in_bytes", "/sys/fs/cgroup/memory/memory.usage_in_bytes"),
)


def machine_findings(data_dir: Path) -> Iterator[Finding]:
    """Needs no data folder and no model."""
    yield Finding("python", "ok", sys.version.split()[0])
    yield _packages()
    yield _disk(data_dir)
    yield _memory(available_memory())
    yield _clock(data_dir, datetime.now(UTC))


def _packages() -> Finding:
    found = []
    for name in _PACKAGES:
        try:
            found.append(f"{name} {version(name)}")
        except PackageNotFoundError:
            return Finding("packages", "failed", f"{name} is not installed.", "Install Footnoted again.")
    return Finding("packages", "ok", ", ".join(found))


def _disk(data_dir: Path) -> Finding:
    folder = nearest_folder(data_dir)
    free = shutil.disk_usage(folder).free / _GIB
    if not os.access(folder, os.W_OK):
        return Finding(
            "disk", "failed", f"{folder} cannot be written.", "Change its permissions or FOOTNOTED_DATA_DIR."
        )
    if free < _LOW_DISK_GIB:
        return Finding("disk", "warning", f"{free:.1f} GiB free at {folder}.", "Make room before you ingest.")
    inodes = os.statvfs(folder)
    if inodes.f_files and inodes.f_favail < inodes.f_files // 100:
        hint = "Remove small files, or use another disk: every original is a file."
        return Finding("disk", "warning", f"Only {inodes.f_favail} more files fit at {folder}.", hint)
    return Finding("disk", "ok", f"{free:.1f} GiB free at {folder}")


def nearest_folder(path: Path) -> Path:
    """The folder, or the nearest above it that is there."""
    folder = path.absolute()
    while not folder.exists():
        folder = folder.parent
    return folder


def available_memory() -> int | None:
    """Bytes that this process can still have, by the machine and by its container's limit; None where nobody says."""
    found = [] if (told := _of_machine()) is None else [told]
    for limit, used in _CGROUPS:
        try:
            found.append(int(Path(limit).read_text()) - int(Path(used).read_text()))
        except (OSError, ValueError):  # no container, or "max"
            continue
    return min(found, default=None)


def _of_machine() -> int | None:
    try:
        lines = Path("/proc/meminfo").read_text(encoding="ascii").splitlines()
        return next(int(line.split()[1]) * 1024 for line in lines if line.startswith("MemAvailable:"))
    except (OSError, StopIteration, ValueError):
        return None


def _memory(available: int | None) -> Finding:
    if available is None:
        return Finding("memory", "ok", "this system does not tell how much is free")
    free = available / _GIB
    if free < _LOW_MEMORY_GIB:
        message = f"{free:.1f} GiB free; a server with the default models takes about 1.2 GiB, a job about 1 more."
        return Finding("memory", "warning", message, "Stop other programs, or raise the container's limit.")
    return Finding("memory", "ok", f"{free:.1f} GiB free")


def _clock(data_dir: Path, now: datetime) -> Finding:
    """Whether it is past what was written already: sessions, keys and retention go by it."""
    hint = "Set it by the network: timedatectl set-ntp true. Keys, sessions and what is kept for days go by it."
    if now < _OLDEST:
        return Finding("clock", "failed", f"It says {now:%Y-%m-%d}.", hint)
    for path in sorted(data_dir.glob("*.db")):
        ahead = path.stat().st_mtime - now.timestamp()
        if ahead > _AHEAD_S:
            message = f"{path.name} was written {ahead:.0f} s after now: the clock was set back."
            return Finding("clock", "warning", message, hint)
    return Finding("clock", "ok", f"{now:%Y-%m-%d %H:%M} UTC")
