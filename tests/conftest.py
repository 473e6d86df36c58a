"""What several test folders share: the models, an engine on the bundled sample, a running server."""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
from hypothesis import settings as hypothesis_settings

from index.encode import SentenceTransformerEncoder
from service.commands.serve import SAMPLE_DOCUMENT
from service.engine import Engine
from service.settings import ENV_PREFIX, Settings

READER = "cross-encoder"
"""Which reader every test answers with: in this process, in servers and on the command line."""

# The tests' texts are short: more threads than one only wait for each other. To be set before torch is imported.
os.environ.setdefault("OMP_NUM_THREADS", "1")
# Tables of commands that run in this process have room, whatever terminal there is.
os.environ["COLUMNS"] = "400"

# No example has a deadline: the machine may have other work.
hypothesis_settings.register_profile("footnoted", deadline=None)
hypothesis_settings.load_profile("footnoted")

COMMAND = str(Path(sys.executable).with_name("footnoted"))
START_LIMIT_S = 180


def settings_for(data_dir: Path, **groups: dict) -> Settings:
    """Settings on a data folder, with the tests' reader."""
    return Settings(**{"data_dir": data_dir, **groups, "answer": {"reader": READER, **groups.get("answer", {})}})


def environment(**more: str) -> dict[str, str]:
    """The environment of a sub-process: the caller's, without its settings of Footnoted."""
    kept = {key: value for key, value in os.environ.items() if not key.upper().startswith(ENV_PREFIX)}
    return {**kept, f"{ENV_PREFIX}ANSWER__READER": READER, "COLUMNS": "400", "NO_COLOR": "1", **more}


@dataclass(frozen=True)
class RunningServer:
    """A `footnoted serve` process, and where it answers."""

    process: subprocess.Popen
    url: str
    announced: str

    def kill(self) -> None:
        """As a power cut would: nothing is tidied up."""
        self.process.kill()
        self.process.wait()


@contextmanager
def serving(data_dir: Path, *arguments: str, wait_ready: bool = True, **more: str) -> Iterator[RunningServer]:
    """Start a server on a free port; ``more`` are environment variables."""
    data_dir.parent.mkdir(parents=True, exist_ok=True)
    errors = data_dir.with_name(f"{data_dir.name}.stderr")
    command = [COMMAND, "serve", "--port", "0", "--data-dir", str(data_dir), *arguments]
    with (
        errors.open("ab") as stderr,
        subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=stderr, text=True, env=environment(**more), cwd=data_dir.parent
        ) as process,
    ):
        assert process.stdout is not None
        try:
            announced = process.stdout.readline()
            if "http://" not in announced:
                process.wait()
                pytest.fail(f"The server did not start: {errors.read_text()}")
            url = next(word for word in announced.split() if word.startswith("http://"))
            running = RunningServer(process, url, announced)
            if wait_ready:
                _wait_ready(running, errors)
            yield running
        finally:
            process.terminate()
            process.wait()


def _wait_ready(running: RunningServer, errors: Path) -> None:
    deadline = time.monotonic() + START_LIMIT_S
    while time.monotonic() < deadline and running.process.poll() is None:
        try:
            if httpx.get(f"{running.url}/readyz").status_code == 200:
                return
        except httpx.TransportError:
            pass
        time.sleep(0.1)
    pytest.fail(f"The server did not get ready: {errors.read_text()}")


@pytest.fixture(scope="session")
def reader_name() -> str:
    """The setting answer.reader of this run."""
    return READER


@pytest.fixture(scope="session")
def make_settings() -> Callable[..., Settings]:
    return settings_for


@pytest.fixture(scope="session")
def encoder() -> SentenceTransformerEncoder:
    """The default embedding model, loaded once."""
    loaded = SentenceTransformerEncoder()
    loaded.load()
    return loaded


@pytest.fixture(scope="session")
def open_engine(encoder, tmp_path_factory) -> Iterator[Callable[..., Engine]]:
    """Opens engines on new data folders, or on given ones, with settings by group; closes them at the end."""
    with ExitStack() as stack:

        def open_one(data_dir: Path | None = None, **groups: dict) -> Engine:
            folder = data_dir or tmp_path_factory.mktemp("engine") / "data"
            return stack.enter_context(Engine.open(settings_for(folder, **groups), encoder))

        yield open_one


@pytest.fixture(scope="session")
def sample_document() -> Path:
    """The bundled sample: a report on a conference, of seven paragraphs."""
    return SAMPLE_DOCUMENT


@pytest.fixture(scope="session")
def sample_folder(tmp_path_factory) -> Path:
    """The data folder of ``sample_engine``; other engines may read from it too."""
    return tmp_path_factory.mktemp("sample") / "data"


@pytest.fixture(scope="session")
def sample_engine(open_engine, sample_folder, sample_document) -> Engine:
    """An engine whose default collection holds the sample. For reading only."""
    engine = open_engine(sample_folder)
    report = engine.ingest([sample_document])
    assert (report.added, report.failed) == (1, [])
    return engine


@pytest.fixture(scope="session")
def start_server() -> Callable[..., object]:
    """`with start_server(data_dir, *arguments, **environment) as running:` for a server of one's own."""
    return serving


@pytest.fixture(scope="session")
def served_folder(tmp_path_factory) -> Path:
    """The data folder of the running server."""
    return tmp_path_factory.mktemp("server") / "data"


@pytest.fixture(scope="session")
def server(served_folder) -> Iterator[str]:
    """The address of a running server that has the sample in its default collection.

    Tests put their own documents into collections of their own, and leave the default one as it is.
    It takes uploads of 1 MiB at most.
    """
    with serving(
        served_folder,
        "--demo",
        FOOTNOTED_SERVER__MAX_UPLOAD_MB="1",
        FOOTNOTED_QUESTIONS__OVER_HTTP="true",
        FOOTNOTED_LIMITS__QUEUE_S="60",
        FOOTNOTED_LIMITS__ANSWER_CACHE_MB="0",  # a test's answer is its own, whoever asked the same before
        # All tests are one address; those of the limits have servers of their own.
        FOOTNOTED_SITES__SESSIONS_PER_MINUTE_PER_ADDRESS="10000",
        FOOTNOTED_SITES__QUESTIONS_PER_MINUTE_PER_ADDRESS="10000",
        FOOTNOTED_SITES__REQUESTS_PER_MINUTE_PER_ADDRESS="10000",
    ) as running:
        yield running.url


@pytest.fixture(scope="session")
def footnoted(tmp_path_factory) -> Callable[..., subprocess.CompletedProcess]:
    """Runs the command line in a process of its own: ``footnoted("ask", "Why?", data_dir=folder)``."""
    nowhere = tmp_path_factory.mktemp("cwd")

    def run(
        *arguments: str | Path, data_dir: Path | None = None, cwd: Path | None = None, **more: str
    ) -> subprocess.CompletedProcess:
        return _completed(_command(arguments, data_dir), cwd or nowhere, more)

    return run


def _command(arguments: Sequence[str | Path], data_dir: Path | None) -> list[str]:
    at = [] if data_dir is None else ["--data-dir", str(data_dir)]
    return [COMMAND, *map(str, arguments), *at]


def _completed(command: list[str], cwd: Path, more: dict[str, str]) -> subprocess.CompletedProcess:
    return subprocess.run(
        command, capture_output=True, text=True, encoding="utf-8", env=environment(**more), cwd=cwd, timeout=300
    )
