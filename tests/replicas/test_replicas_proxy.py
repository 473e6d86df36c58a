"""The proxy's configuration by itself: what it asks a second replica, and what it leaves to the client."""

import re
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import httpx
import pytest
from replica_proxy import CONFIGURATION, free_port, nginx, proxied

from service.load.questions import may_be_asked

QUESTIONS = [
    "/v1/ask",
    "/v1/search/",
    "/v1/chat/completions",
    "/v1/responses",
    "/v1/messages",
    "/v1/ui-messages",
    "/v1/sites/site_x/ask",
    "/mcp",
]
CHANGES = ["/v1/documents", "/v1/sessions", "/v1/feedback", "/v1/admin/keys", "/v1/sites/site_x/session"]

pytestmark = pytest.mark.skipif(nginx() is None, reason="nginx is not installed: apt install nginx-light")


@contextmanager
def answering(status: int, seen: list[str], **headers: str) -> Iterator[str]:
    class Handler(BaseHTTPRequestHandler):
        def reply(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length", 0)))
            seen.append(f"{self.command} {self.path} {body.decode()}".strip())
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(b"told")

        do_GET = do_POST = reply

        def log_message(self, *arguments: object) -> None:
            """Tests keep the requests themselves."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


@contextmanager
def dying(seen: list[str]) -> Iterator[str]:
    """Takes a request, and dies before the first byte of its answer."""
    with closing(socket.create_server(("127.0.0.1", 0))) as listening:

        def take() -> None:
            while True:
                try:
                    connection, _ = listening.accept()
                except OSError:
                    return
                with connection:
                    if said := connection.recv(2**16):
                        seen.append(" ".join(said.decode().split()[:2]))

        threading.Thread(target=take, daemon=True).start()
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        listening.shutdown(socket.SHUT_RDWR)


@pytest.fixture
def ask_all(tmp_path) -> Callable[..., list[httpx.Response]]:
    """Asks an nginx before the replicas so often that each of them has its turn."""

    def ask(replicas: list[str], method: str, path: str) -> list[httpx.Response]:
        body = {"content": b"words"} if method == "POST" else {}
        with proxied(replicas, tmp_path / "proxy") as url, httpx.Client(base_url=url) as client:
            return [client.request(method, path, **body) for _ in replicas]

    return ask


@pytest.mark.parametrize("path", QUESTIONS)
def test_a_question_that_a_dying_replica_had_is_asked_at_the_other(ask_all, path):
    dead: list[str] = []
    alive: list[str] = []
    with dying(dead) as first, answering(200, alive) as second:
        responses = ask_all([first, second], "POST", path)
    assert [response.status_code for response in responses] == [200, 200]
    assert set(dead) == {f"POST {path}"}
    assert alive == [f"POST {path} words"] * 2


@pytest.mark.parametrize("path", CHANGES)
def test_a_change_that_a_dying_replica_had_is_left_to_its_client(ask_all, path):
    dead: list[str] = []
    alive: list[str] = []
    with dying(dead) as first, answering(200, alive) as second:
        statuses = [response.status_code for response in ask_all([first, second], "POST", path)]
    assert sorted(statuses) == [200, 502]
    assert (dead, alive) == ([f"POST {path}"], [f"POST {path} words"])


@pytest.mark.parametrize(("method", "path"), [("POST", "/v1/documents"), ("POST", "/v1/ask"), ("GET", "/v1/jobs/x")])
def test_nothing_is_lost_where_a_replica_is_not_there(ask_all, method, path):
    alive: list[str] = []
    with answering(200, alive) as second:
        responses = ask_all([f"http://127.0.0.1:{free_port()}", second], method, path)
    assert [response.status_code for response in responses] == [200, 200]
    assert len(alive) == 2


@pytest.mark.parametrize(("method", "path"), [("POST", "/v1/ask"), ("GET", "/v1/documents")])
def test_the_other_is_asked_where_a_replica_is_starting(ask_all, method, path):
    starting: list[str] = []
    alive: list[str] = []
    with answering(503, starting) as first, answering(200, alive) as second:
        responses = ask_all([first, second], method, path)
    assert [response.status_code for response in responses] == [200, 200]
    assert starting


@pytest.mark.parametrize("status", [404, 422, 429, 500])
def test_what_a_replica_says_of_the_request_is_passed_on(ask_all, status):
    first: list[str] = []
    second: list[str] = []
    headers = {"Retry-After": "7"}
    with answering(status, first, **headers) as one, answering(status, second, **headers) as other:
        responses = ask_all([one, other], "POST", "/v1/ask")
    assert [response.status_code for response in responses] == [status, status]
    assert {response.headers["retry-after"] for response in responses} == {"7"}
    assert len(first) + len(second) == 2


def test_the_questions_of_the_proxy_are_those_of_the_service():
    [location] = re.findall(r"location ~\* (\S+) \{", CONFIGURATION.read_text(encoding="utf-8"))
    questions = re.compile(location, re.IGNORECASE)
    for path in [*QUESTIONS, *CHANGES, "/v1/asked", "/v1/sites/a/b/ask", "/V1/ASK"]:
        assert bool(questions.search(path)) == may_be_asked(path), path
