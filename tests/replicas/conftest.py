"""What the tests of replicas share: a PostgreSQL, a Redis, two servers behind a proxy and an administrator's key.

The pair is started once, since that takes a while: a test that stops or kills a replica starts it again.
"""

import json
import shutil
import socket
import subprocess
import time
from collections.abc import Callable, Iterator

import httpx
import pytest
from engines.postgres_server import running
from llm_servers.chat_server import serving_chat
from replica_pair import LIMIT_S, MOST_QUESTIONS, SENTENCE, Pair, quoting, running_pair, upload
from replica_proxy import free_port, nginx

_START_S = 30


@pytest.fixture(scope="session")
def redis_url(tmp_path_factory) -> Iterator[str]:
    """A Redis of the tests' own."""
    server = shutil.which("redis-server") or shutil.which("valkey-server")
    if server is None:
        pytest.skip("Redis is not installed. To run this test: apt install redis-server")
    port, folder = free_port(), tmp_path_factory.mktemp("redis")
    command = [server, "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--dir", str(folder)]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL) as process:
        deadline = time.monotonic() + _START_S
        while time.monotonic() < deadline and process.poll() is None:
            try:
                socket.create_connection(("127.0.0.1", port)).close()
                break
            except ConnectionRefusedError:
                time.sleep(0.05)
        yield f"redis://127.0.0.1:{port}/0"
        process.kill()


@pytest.fixture(scope="session")
def replicas_database_url() -> Iterator[str]:
    """A database of the pair's own."""
    with running() as server, server.database() as url:
        yield url


@pytest.fixture(scope="session")
def pair(start_server, replicas_database_url, redis_url, tmp_path_factory, settle) -> Iterator[Pair]:
    """Two replicas whose default collection has one sentence."""
    if nginx() is None:
        pytest.skip("nginx is not installed. To run this test: apt install nginx-light")
    with serving_chat(quoting) as chat:
        settings = {
            "DATABASE__URL": replicas_database_url,
            "LIMITS__STORAGE_URL": redis_url,
            "LIMITS__QUEUE_S": "60",
            "LIMITS__ANSWER_CACHE_MB": "0",  # a test's answer is its own, whoever asked the same before
            "LIMITS__QUESTIONS_PER_MINUTE_PER_SESSION": str(MOST_QUESTIONS),
            "LIMITS__QUESTIONS_PER_MINUTE_PER_ADDRESS": str(MOST_QUESTIONS),
            "LIMITS__QUESTIONS_PER_MINUTE_PER_KEY": str(MOST_QUESTIONS),
            "QUESTIONS__OVER_HTTP": "true",
            "ACCESS__ANONYMOUS": '["ask", "ingest"]',  # also after a key was made
            "MODEL__NAME": "openai:scripted",
            "MODEL__BASE_URL": chat.url,
        }
        environment = {f"FOOTNOTED_{name}": value for name, value in settings.items()}
        environment["OPENAI_API_KEY"] = "sk-made-up-key"
        with running_pair(start_server, tmp_path_factory.mktemp("replicas"), environment, chat) as running:
            with running.one.client() as client:
                settle(client, upload(client, "otter.txt", SENTENCE))
            yield running


@pytest.fixture(scope="session")
def create_key(pair, footnoted) -> Callable[..., str]:
    """On the command line, as on a third machine: only the database is the same. Gives the secret."""

    def create(name: str, *options: str) -> str:
        made = footnoted("keys", "create", name, *options, "--json", **pair.one.environment)
        assert made.returncode == 0, made.stderr
        return json.loads(made.stdout)["secret"]

    return create


@pytest.fixture(scope="session")
def admin(create_key) -> dict[str, str]:
    """The headers of an administrator."""
    scopes = [word for scope in ("admin", "ingest", "ask") for word in ("--scope", scope)]
    return {"Authorization": f"Bearer {create_key('first', *scopes)}"}


@pytest.fixture(scope="session")
def settle() -> Callable[[httpx.Client, str], dict]:
    """Waits until a job is done; replicas may come and go meanwhile."""

    def wait(client: httpx.Client, location: str) -> dict:
        deadline = time.monotonic() + LIMIT_S
        while time.monotonic() < deadline:
            response = client.get(location)
            if response.status_code not in (502, 503):
                job = response.raise_for_status().json()
                if job["status"] not in ("queued", "running"):
                    assert job["status"] == "done", job
                    return job
            time.sleep(0.2)
        pytest.fail(f"{location} was not settled")

    return wait
