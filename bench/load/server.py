"""A server process to be measured, and the memory that it takes."""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

_START_S = 300


@dataclass(frozen=True, slots=True)
class Served:
    """A running server; ``token`` is its operator's."""

    url: str
    token: str
    pid: int

    @property
    def operator(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"}

    def answering_mb(self, kind: str = "Pss") -> float:
        """Of the processes that answer: "Pss" is proportional, what is shared counted in part; "Anonymous" is their
        own, without files and what is shared, whose share changes as others come and go."""
        tree = process_tree(self.pid)
        return sum(_memory_mb(pid, kind) for pid, command in tree if self._answers(pid, command))

    def all_mb(self) -> float:
        """Of all processes, ingest too, proportional."""
        return sum(_memory_mb(pid, "Pss") for pid, _ in process_tree(self.pid))

    def _answers(self, pid: int, command: str) -> bool:
        return "service.workers.worker" in command or pid == self.pid


@contextmanager
def serving(data: Path, **more: str) -> Iterator[Served]:
    """``more`` are settings as in the environment, without their prefix."""
    environment = {key: value for key, value in os.environ.items() if not key.startswith("FOOTNOTED_")}
    environment |= {"OPENAI_API_KEY": "none-is-needed", **{f"FOOTNOTED_{name}": value for name, value in more.items()}}
    command = [str(Path(sys.executable).with_name("footnoted")), "serve", "--port", "0", "--data-dir", str(data)]
    with (
        tempfile.TemporaryDirectory() as place,
        (Path(place) / "log").open("wb") as log,
        subprocess.Popen(command, stdout=subprocess.PIPE, stderr=log, text=True, env=environment, cwd=place) as process,
    ):
        assert process.stdout is not None
        try:
            words = process.stdout.readline().split()
            url = next((word for word in words if word.startswith("http://")), None)
            if url is None:
                raise SystemExit((Path(place) / "log").read_text())
            _wait(url)
            yield Served(url, (data / "admin.token").read_text().strip(), process.pid)
        finally:
            process.terminate()


def _wait(url: str) -> None:
    deadline = time.monotonic() + _START_S
    while httpx.get(f"{url}/readyz").status_code != 200:
        if time.monotonic() > deadline:
            raise SystemExit("The server did not get ready.")
        time.sleep(0.2)


def process_tree(root: int) -> list[tuple[int, str]]:
    """The process and all below it, with their command lines."""
    parents: dict[int, list[int]] = {}
    commands: dict[int, str] = {}
    for place in Path("/proc").glob("[0-9]*"):
        try:
            stat, command = (place / "stat").read_text(), (place / "cmdline").read_bytes()
        except OSError:
            continue
        parents.setdefault(int(stat.rpartition(")")[2].split()[1]), []).append(int(place.name))
        commands[int(place.name)] = command.replace(b"\0", b" ").decode(errors="replace")
    found, waiting = [], [root]
    while waiting:
        pid = waiting.pop()
        found.append((pid, commands.get(pid, "")))
        waiting += parents.get(pid, [])
    return found


def _memory_mb(pid: int, kind: str) -> float:
    """``kind`` is a line of smaps_rollup. Nothing where the process is gone."""
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0.0
    return next(int(line.split()[1]) / 1024 for line in lines if line.startswith(f"{kind}:"))
