"""Two replicas behind nginx, one of which is killed each minute: what clients that try once more see of it."""

import asyncio
import itertools
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import aiohttp
import httpx

from bench.load.clients import Asking, Told
from bench.load.figures import quantile_ms
from bench.load.server import process_tree
from tests.replicas.replica_proxy import free_port, proxied

_KILL_EVERY_S = 60.0
_AWAY_S = 5.0  # until somebody, or something, starts it again
_PAUSE_S = 0.5  # between the first try and the second
_LONGEST_PAUSE_S = 5.0
_LONGEST_S = 120.0
_START_S = 1800.0  # a machine that is measured may be busy


@dataclass(slots=True)
class Replica:
    """A server process with a folder of its own; started again, it has the same address."""

    folder: Path
    environment: Mapping[str, str]
    port: int = field(default_factory=free_port)
    _process: "subprocess.Popen[bytes] | None" = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> float:
        """Until it is ready; gives how many seconds that took."""
        self.folder.mkdir(parents=True, exist_ok=True)
        began = time.monotonic()
        command = [str(Path(sys.executable).with_name("footnoted")), "serve", "--port", str(self.port)]
        with (self.folder / "log").open("ab") as log:
            self._process = subprocess.Popen(
                [*command, "--data-dir", str(self.folder / "data")],
                stdout=subprocess.DEVNULL, stderr=log, env=dict(self.environment), cwd=self.folder,
            )  # fmt: skip
        while not self._is_ready():
            if self._process.poll() is not None or time.monotonic() > began + _START_S:
                raise SystemExit(f"A replica did not get ready: see {self.folder / 'log'}.")
            time.sleep(0.2)
        return time.monotonic() - began

    def kill(self) -> None:
        """All of its processes at once, as when its machine is switched off."""
        if self._process is not None:
            for pid, _ in process_tree(self._process.pid):
                with suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
            self._process.wait()

    def _is_ready(self) -> bool:
        try:
            return httpx.get(f"{self.url}/readyz").status_code == 200
        except httpx.TransportError:
            return False


@dataclass(slots=True)
class Seen:
    """What became of the questions of one kind; ``failed`` are the errors of first and of second tries."""

    told: Told = field(default_factory=Told)
    failed: tuple[list[str], list[str]] = field(default_factory=lambda: ([], []))
    refused: int = 0
    answered_at: list[float] = field(default_factory=list)


@contextmanager
def two_replicas(folder: Path, database_url: str, storage_url: str, **more: str) -> Iterator[tuple[str, list[Replica]]]:
    """The proxy's address, and the replicas; ``more`` are settings as in the environment, without their prefix."""
    settings = {"DATABASE__URL": database_url, "LIMITS__STORAGE_URL": storage_url, **more}
    kept = {name: value for name, value in os.environ.items() if not name.startswith("FOOTNOTED_")}
    environment = {**kept, "OPENAI_API_KEY": "none-is-needed"}
    environment |= {f"FOOTNOTED_{name}": value for name, value in settings.items()}
    replicas = [Replica(folder / name, environment) for name in ("one", "other")]
    with ExitStack() as stack:
        for replica in replicas:
            stack.callback(replica.kill)
            replica.start()
        proxy = folder / f"proxy-{time.time_ns()}"
        yield stack.enter_context(proxied([replica.url for replica in replicas], proxy)), replicas


async def with_deaths(
    url: str, replicas: Sequence[Replica], kind: str, questions: Sequence[str], clients: int, minutes: float
) -> None:
    """Prints what the clients saw, and how often a replica was killed."""
    seen, waiting = Seen(), itertools.cycle(questions)
    end = time.monotonic() + minutes * 60
    connector, timeout = aiohttp.TCPConnector(limit=clients), aiohttp.ClientTimeout(total=_LONGEST_S)
    async with aiohttp.ClientSession(url, connector=connector, timeout=timeout) as session:

        async def one() -> None:
            while time.monotonic() < end:
                await _ask(session, kind, next(waiting), seen)

        killing = asyncio.create_task(_kill_in_turn(replicas, end))
        began = time.monotonic()
        await asyncio.gather(*(one() for _ in range(clients)))
        lasted = time.monotonic() - began
        starts = await killing
    times = seen.told.answered_s
    p50, p95, p99 = (quantile_ms(times, at) for at in (0.5, 0.95, 0.99))
    gaps = [after - before for before, after in itertools.pairwise([began, *seen.answered_at])]
    print(
        f"{kind}, {clients} clients, {lasted / 60:.1f} minutes: {len(times)} answered ({len(times) / lasted:.1f}/s), "
        f"p50 {p50:.0f}, p95 {p95:.0f}, p99 {p99:.0f} ms, longest {max(times, default=0):.1f} s, 429 {seen.refused}"
    )
    ready = ", ".join(f"{took:.0f}" for took in starts)
    print(f"  killed {len(starts)} times, ready again {ready} s after each start")
    print(f"  no answer to anybody for {max(gaps, default=0):.1f} s at most")
    print(f"  errors at the first try: {len(seen.failed[0])}, after one retry: {len(seen.failed[1])}")
    for error in dict.fromkeys(seen.failed[0][:20] + seen.failed[1]):
        print(f"  <!-- {error} -->")


async def _ask(session: aiohttp.ClientSession, kind: str, question: str, seen: Seen) -> None:
    """Until it is answered, or failed twice; who is told to come later does, which is no try."""
    failures = 0
    began = time.monotonic()
    while failures < len(seen.failed):
        told = Told()
        pause = await Asking(session, kind, iter([question])).ask(told)
        if told.refused_s:
            seen.refused += 1
            await asyncio.sleep(min(pause, _LONGEST_PAUSE_S))
        elif told.errors:
            seen.failed[failures].append(told.errors[0])
            failures += 1
            await asyncio.sleep(_PAUSE_S)
        else:
            now = time.monotonic()
            seen.told.answered_s.append(now - began)
            seen.answered_at.append(now)
            return


async def _kill_in_turn(replicas: Sequence[Replica], end: float) -> list[float]:
    """Seconds that each start took. The last one is killed early enough to be back before the end."""
    took: list[float] = []
    due = time.monotonic() + _KILL_EVERY_S / 2
    for replica in itertools.cycle(replicas):
        if due > end:
            return took
        await asyncio.sleep(max(0.0, due - time.monotonic()))
        await asyncio.to_thread(replica.kill)
        await asyncio.sleep(_AWAY_S)
        took.append(await asyncio.to_thread(replica.start))
        due += _KILL_EVERY_S
    return took
