"""A real Milvus for the tests, in its light version (milvus-lite), on this machine only.

Import the fixtures in a conftest: ``from tests.engines.milvus_server import milvus_server, milvus_url``. Tests that
have a fresh database each are apart in one Milvus: each catalog names its collections by a chance number.
"""

import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

_START_LIMIT_S = 120


@dataclass
class MilvusServer:
    """``stop`` and ``start`` are for tests of what becomes of those who are connected."""

    folder: Path
    port: int
    process: subprocess.Popen | None = field(default=None)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        command = [
            str(Path(sys.executable).with_name("milvus-lite")), "server", "--data-dir", str(self.folder / "data"),
            "--host", "127.0.0.1", "--port", str(self.port),
        ]  # fmt: skip
        if (setpriv := shutil.which("setpriv")) is not None:  # it ends with a run of the tests that is killed
            command = [setpriv, "--pdeathsig", "KILL", *command]
        with (self.folder / "log").open("ab") as log:
            self.process = subprocess.Popen(command, stdout=log, stderr=log)
        deadline = time.monotonic() + _START_LIMIT_S
        while not self._answers():
            if self.process.poll() is not None or time.monotonic() > deadline:
                pytest.fail(f"Milvus did not start: {(self.folder / 'log').read_text()}")
            time.sleep(0.1)

    def stop(self) -> None:
        """In good order: what it was told is in its files."""
        if self.process is not None:
            self.process.send_signal(signal.SIGINT)
            try:
                self.process.wait(timeout=30)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
            self.process = None

    def forget(self) -> None:
        """As a disk that was changed. To be called while it is stopped."""
        shutil.rmtree(self.folder / "data", ignore_errors=True)

    def _answers(self) -> bool:
        with closing(socket.socket()) as asked:
            return asked.connect_ex(("127.0.0.1", self.port)) == 0


@contextmanager
def running() -> Iterator[MilvusServer]:
    """A server of one's own; skips where the package is not installed."""
    pytest.importorskip("pymilvus")
    pytest.importorskip("milvus_lite")
    with tempfile.TemporaryDirectory(prefix="footnoted-milvus-", ignore_cleanup_errors=True) as folder:
        server = MilvusServer(Path(folder), _free_port())
        try:
            server.start()
            yield server
        finally:
            server.stop()


@contextmanager
def running_milvus() -> Iterator[str]:
    """The URL of a server of one's own, which ends with the context."""
    with running() as server:
        yield server.url


def _free_port() -> int:
    with closing(socket.socket()) as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


@pytest.fixture(scope="session")
def milvus_server() -> Iterator[MilvusServer]:
    """One for all tests of a process."""
    with running() as server:
        yield server


@pytest.fixture
def milvus_url(milvus_server: MilvusServer) -> str:
    """Where the Milvus of all tests is."""
    if milvus_server.process is None:
        milvus_server.start()
    return milvus_server.url
