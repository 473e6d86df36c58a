"""How much of the processor is this server's."""

import os
from collections.abc import Iterator
from pathlib import Path

_OWN = Path("/proc/self/cgroup")
_CGROUPS = Path("/sys/fs/cgroup")


def cores(own: Path = _OWN, cgroups: Path = _CGROUPS) -> int:
    """Those that this process may run on; fewer where its container's or unit's quota comes to less. At least one."""
    allowed = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return max(1, min([allowed, *_quotas(own, cgroups)]))


def cores_each(workers: int) -> int:
    """The share of one of so many worker processes."""
    return max(1, cores() // workers)


def _quotas(own: Path, cgroups: Path) -> Iterator[int]:
    """In whole cores, of the control group that ``own`` names and of those above it. A container sees its own as the
    root, though ``own`` may call it by the host's name."""
    try:
        lines = own.read_text(encoding="utf-8").splitlines()
    except OSError:
        return
    named = next((line.removeprefix("0::/") for line in lines if line.startswith("0::/")), "")
    folder = cgroups / named
    for place in (folder, *folder.parents):
        if place.is_relative_to(cgroups):
            try:
                quota, period = (place / "cpu.max").read_text(encoding="ascii").split()
                yield int(quota) // int(period)
            except (OSError, ValueError, ZeroDivisionError):  # there is none, or "max"
                continue
