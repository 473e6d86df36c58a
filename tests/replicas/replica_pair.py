"""Two replicas of the service on one PostgreSQL and one Redis, behind a real proxy."""

import os
import signal
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
from llm_servers.chat_server import ChatServer, passages_of
from replica_proxy import SERVED_BY, free_port, proxied

LIMIT_S = 600  # on a machine that does much else
MOST_QUESTIONS = 5
"""In a minute, of one conversation, one address or one key."""
QUESTION = "How much fish does the otter Ida eat a day?"
SENTENCE = "The otter Ida eats two kilograms of fish a day."
StartServer = Callable[..., AbstractContextManager[Any]]


def until(is_so: Callable[[], object]) -> None:
    deadline = time.monotonic() + LIMIT_S
    while not is_so():
        assert time.monotonic() < deadline, "it did not come to that"
        time.sleep(0.05)


def upload(client: httpx.Client, name: str, text: str, collection: str = "default", **headers: str) -> str:
    """Gives where its job is."""
    sent = {"files": [("files", (name, text))], "data": {"collection": collection}}
    return client.post("/v1/documents", **sent, headers=headers).raise_for_status().headers["location"]


def quoting(body: dict) -> str:
    """A chat model's answer: the first sentence of the first passage that it is shown."""
    key, text = next(iter(passages_of(body).items()))
    return f"{text.partition('.')[0]}. [{key}]"


@dataclass
class Replica:
    """A server with a folder of its own, as on a machine of its own; its address stays when it is started again."""

    start_server: StartServer
    folder: Path
    environment: Mapping[str, str]
    port: int = field(default_factory=free_port)
    _running: ExitStack = field(default_factory=ExitStack)
    _pid: int = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        """Until it is ready."""
        arguments = ("--port", str(self.port))
        server = self.start_server(self.folder, *arguments, wait_ready=False, **self.environment)
        self._pid = self._running.enter_context(server).process.pid
        with self.client() as client:
            until(lambda: client.get("/readyz").status_code == 200)

    def stop(self) -> None:
        """As its owner does: it finishes what it has begun."""
        self._running.close()

    def kill(self) -> None:
        """As when its machine is switched off: all of its processes end at once."""
        for pid in self.processes():
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        self._running.close()

    def processes(self) -> list[int]:
        """The master first."""
        found = [self._pid]
        for pid in found:
            found += _children_of(pid)
        return found

    def reads_documents(self) -> bool:
        """Whether its background worker runs."""
        return any(b"service.jobs.worker" in _command_of(pid) for pid in self.processes())

    def is_connected_to(self, port: int) -> bool:
        """Whether a connection of it to that port of this machine is open."""
        rows = [line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:]]
        there = {f"socket:[{row[9]}]" for row in rows if row[2] == f"0100007F:{port:04X}" and row[3] == "01"}
        return any(there & _open_files(pid) for pid in self.processes())

    def client(self, **more: Any) -> httpx.Client:
        return httpx.Client(base_url=self.url, timeout=120, **more)


@dataclass
class Pair:
    """``one`` and ``other``, and the address at which either may answer; ``chat`` is the model that writes for both."""

    one: Replica
    other: Replica
    url: str
    chat: ChatServer

    def client(self, **more: Any) -> httpx.Client:
        return httpx.Client(base_url=self.url, timeout=120, **more)

    def served_by(self, response: httpx.Response) -> Replica:
        """Who answered it, of all that were tried."""
        last = response.headers[SERVED_BY].split(",")[-1].strip()
        return next(replica for replica in (self.one, self.other) if replica.url.endswith(last))

    def other_than(self, replica: Replica) -> Replica:
        return self.other if replica is self.one else self.one


@contextmanager
def running_pair(
    start_server: StartServer, folder: Path, environment: Mapping[str, str], chat: ChatServer
) -> Iterator[Pair]:
    """Both run until the end, unless a test stops them."""
    one, other = (Replica(start_server, folder / name / "data", environment) for name in ("one", "other"))
    with ExitStack() as stack:
        for replica in (one, other):
            stack.callback(replica.stop)
            replica.start()
        yield Pair(one, other, stack.enter_context(proxied([one.url, other.url], folder / "proxy")), chat)


def _children_of(pid: int) -> list[int]:
    """Whichever of its threads started them."""
    found: list[int] = []
    for thread in Path(f"/proc/{pid}/task").glob("*/children"):
        try:
            found += map(int, thread.read_text().split())
        except OSError:
            continue
    return found


def _open_files(pid: int) -> set[str]:
    found = set()
    for entry in Path(f"/proc/{pid}/fd").glob("*"):
        try:
            found.add(str(entry.readlink()))
        except OSError:
            continue
    return found


def _command_of(pid: int) -> bytes:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return b""
