"""How much memory this process takes."""

from pathlib import Path

_ROLLUP = Path("/proc/self/smaps_rollup")


def memory_mb() -> tuple[int, int] | None:
    """What is resident, and of that what no other process shares, in MB; None where the system does not tell."""
    try:
        lines = _ROLLUP.read_text(encoding="ascii").splitlines()
    except OSError:
        return None
    found = {name: int(rest.split()[0]) for line in lines[1:] for name, _, rest in [line.partition(":")]}
    own = found["Private_Clean"] + found["Private_Dirty"]
    return found["Rss"] // 1024, own // 1024
