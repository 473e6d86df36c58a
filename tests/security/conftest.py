"""A running server to attack, with the means of a stranger and of its operator, and a canary that nobody may reach."""

import json
import socket
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest

_JOB_LIMIT_S = 120


@dataclass(frozen=True)
class Target:
    """The server; ``operator`` is a client that holds the operator's token."""

    url: str
    client: httpx.Client
    operator: httpx.Client
    data_dir: Path

    def upload(self, collection: str, files: dict[str, bytes]) -> dict[str, Any]:
        """The settled job."""
        parts = [("files", (name, content)) for name, content in files.items()]
        sent = self.client.post("/v1/documents", files=parts, data={"collection": collection})
        assert sent.status_code == 202, sent.text
        return self.settled(sent.headers["location"])

    def settled(self, location: str) -> dict[str, Any]:
        deadline = time.monotonic() + _JOB_LIMIT_S
        while time.monotonic() < deadline:
            job = self.operator.get(location).raise_for_status().json()
            if job["status"] not in ("queued", "running"):
                return job
            time.sleep(0.05)
        pytest.fail(f"The job did not come to an end: {job}")

    def documents(self, collection: str) -> list[dict[str, Any]]:
        return (
            self.client.get("/v1/documents", params={"collection": collection}).raise_for_status().json()["documents"]
        )

    def raw(self, request: bytes) -> bytes:
        """The answer to bytes that no well-behaved client sends; empty where the server closes the connection."""
        to = urlsplit(self.url)
        with socket.create_connection((to.hostname, to.port), timeout=30) as connection:
            connection.sendall(request)
            answer = b""
            try:
                while b"\r\n\r\n" not in answer and (more := connection.recv(65536)):
                    answer += more
            except ConnectionResetError:
                pass
            return answer

    def is_well(self) -> bool:
        return self.client.get("/readyz").status_code == 200


@pytest.fixture(scope="module")
def target(start_server, tmp_path_factory) -> Iterator[Target]:
    data_dir = tmp_path_factory.mktemp("attacked") / "data"
    limits = {"FOOTNOTED_INGEST__MAX_FILE_MB": "8", "FOOTNOTED_SERVER__MAX_UPLOAD_MB": "16"}
    with start_server(data_dir, "--demo", **limits) as running:
        token = (data_dir / "admin.token").read_text().strip()
        with (
            httpx.Client(base_url=running.url, timeout=120) as client,
            httpx.Client(base_url=running.url, timeout=120, headers={"Authorization": f"Bearer {token}"}) as operator,
        ):
            yield Target(running.url, client, operator, data_dir)


@dataclass
class Canary:
    """A web server of the inner network: it counts who calls."""

    url: str = ""
    port: int = 0
    seen: list[str] = field(default_factory=list)


@pytest.fixture
def canary() -> Iterator[Canary]:
    made = Canary()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            made.seen.append(self.path)
            body = json.dumps({"secret": "canary"}).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_):
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        made.port = server.server_address[1]
        made.url = f"http://127.0.0.1:{made.port}"
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield made
        server.shutdown()


@pytest.fixture
def problem() -> Callable[[httpx.Response], dict[str, Any]]:
    """Checks that a refusal is a problem document and no crash, and gives it."""

    def check(response: httpx.Response) -> dict[str, Any]:
        assert 400 <= response.status_code < 500, (response.status_code, response.text)
        return response.json()

    return check
