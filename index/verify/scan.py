"""Look for stretches of deleted texts in every file of a folder: ``python -m index.verify.scan FOLDER < TRACES``.

A process of its own: a process that closes a file that SQLite has open in it too loses SQLite's locks on it.
"""

import json
import mmap
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from core.errors import IndexBroken
from index.traces import WINDOW, Finder, Trace, as_blob, from_blob


def found_in(folder: Path, traces: Sequence[Trace]) -> Iterator[tuple[Path, Trace]]:
    """(file, stretch) of each place that holds one; the file's path is in the folder. Raises IndexBroken."""
    command = [sys.executable, "-m", __name__, str(folder)]
    done = subprocess.run(command, input=as_blob(traces), capture_output=True, check=False)
    if done.returncode:
        told = done.stderr.decode(errors="replace").strip().rpartition("\n")[2]
        raise IndexBroken(f"The files of {folder} could not be looked through: {told}.", "Check their permissions.")
    for line in done.stdout.splitlines():
        place, blob = json.loads(line)
        yield Path(place), from_blob(bytes.fromhex(blob))[0]


def _scan(folder: Path, finder: Finder) -> Iterator[tuple[Path, Trace]]:
    for path in sorted(path for path in folder.rglob("*") if path.is_file() and not path.is_symlink()):
        try:
            with path.open("rb") as file:
                if path.stat().st_size < WINDOW:
                    continue
                with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as mapped, memoryview(mapped) as view:
                    traces = [trace for _, trace in finder.find(view)]
        except FileNotFoundError:  # another process tidied it away meanwhile
            continue
        yield from ((path.relative_to(folder), trace) for trace in traces)


def _main() -> None:
    finder = Finder(from_blob(sys.stdin.buffer.read()))
    for place, trace in _scan(Path(sys.argv[1]), finder):
        sys.stdout.write(json.dumps([str(place), trace.as_bytes().hex()]) + "\n")


if __name__ == "__main__":
    _main()
