"""Half a request's head holds a connection only for so long; whoever sends a whole one is not hurried."""

import socket
import threading
import time
from contextlib import contextmanager
from urllib.parse import urlsplit

import pytest
import uvicorn

from service.workers.slow_heads import protocol_with_limit

pytestmark = pytest.mark.slow

LIMIT_S = 1
PATIENCE_S = 20
WHOLE = b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"


@pytest.fixture(scope="module")
def address(start_server, tmp_path_factory):
    with start_server(tmp_path_factory.mktemp("slow") / "data", FOOTNOTED_LIMITS__BODY_S=str(LIMIT_S)) as running:
        parts = urlsplit(running.url)
        yield parts.hostname, parts.port


def is_ended(connection: socket.socket) -> bool:
    connection.settimeout(PATIENCE_S)
    try:
        return connection.recv(1000) == b""
    except ConnectionResetError:
        return True


def is_answered(connection: socket.socket, status: int, end: bytes) -> bool:
    """Head and body may come apart."""
    connection.settimeout(PATIENCE_S)
    received = b""
    while not received.endswith(end):
        part = connection.recv(1000)
        if not part:
            return False
        received += part
    return received.startswith(b"HTTP/1.1 %d" % status)


@pytest.mark.parametrize(
    "begun", [b"", b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Slow: "], ids=["nothing", "half"]
)
def test_a_connection_without_a_whole_head_is_ended(address, begun):
    with socket.create_connection(address) as connection:
        connection.sendall(begun)
        assert is_ended(connection)


def test_drops_of_a_head_do_not_prolong_it(address):
    with socket.create_connection(address) as connection, pytest.raises(OSError):
        connection.sendall(b"GET /healthz HTTP/1.1\r\nX-Slow: ")
        deadline = time.monotonic() + PATIENCE_S
        while time.monotonic() < deadline:
            connection.sendall(b"a")
            time.sleep(0.1)


def test_half_a_head_after_an_answer_is_ended_too(address):
    with socket.create_connection(address) as connection:
        connection.sendall(WHOLE)
        assert is_answered(connection, 200, b'{"status":"ok"}')
        connection.sendall(WHOLE[:20])
        assert is_ended(connection)


def test_a_connection_is_kept_for_more_requests(address):
    with socket.create_connection(address) as connection:
        for _ in range(4):
            connection.sendall(WHOLE)
            assert is_answered(connection, 200, b'{"status":"ok"}')
            time.sleep(LIMIT_S / 2)


async def refusing(scope, receive, send):
    """Answers at once, whatever body is still to come."""
    await send({"type": "http.response.start", "status": 413, "headers": [(b"content-length", b"2")]})
    await send({"type": "http.response.body", "body": b"no"})


@pytest.fixture(scope="module", params=["h11_impl.H11Protocol", "httptools_impl.HttpToolsProtocol"])
def refuser(request):
    """The address of a server by one of uvicorn's protocols, of which h11's is always there."""
    module, _, name = request.param.partition(".")
    base = getattr(pytest.importorskip(f"uvicorn.protocols.http.{module}", exc_type=ImportError), name)
    http = protocol_with_limit(LIMIT_S, base)
    server = uvicorn.Server(
        uvicorn.Config(refusing, http=http, lifespan="off", log_config=None, ws="none", timeout_keep_alive=PATIENCE_S)
    )
    with socket.create_server(("127.0.0.1", 0)) as listening:
        thread = threading.Thread(target=server.run, args=([listening],))
        thread.start()
        yield listening.getsockname()
        server.should_exit = True
        thread.join()


@contextmanager
def answered_early(address, body: int):
    """A connection that has its answer while the body is still to be sent."""
    with socket.create_connection(address) as connection:
        connection.sendall(b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: %d\r\n\r\n" % body)
        assert is_answered(connection, 413, b"no")
        yield connection


def test_a_body_whose_answer_is_out_may_come_to_its_end(refuser):
    pieces = 10
    with answered_early(refuser, 50_000 * pieces) as connection:
        for _ in range(pieces):
            time.sleep(2.5 * LIMIT_S / pieces)
            connection.sendall(b"a" * 50_000)
        connection.sendall(WHOLE)
        assert is_answered(connection, 413, b"no")


@pytest.mark.parametrize(
    ("body", "sent"),
    [(1_000, b"a"), (4, b"aaaa"), (4, b"aaaa" + WHOLE[:20])],
    ids=["a part of the body", "the body", "half a head after it"],
)
def test_silence_after_an_early_answer_is_ended(refuser, body, sent):
    with answered_early(refuser, body) as connection:
        connection.sendall(sent)
        assert is_ended(connection)


def test_drops_of_a_body_whose_answer_is_out_do_not_prolong_it(refuser):
    with answered_early(refuser, 1_000_000) as connection, pytest.raises(OSError):
        deadline = time.monotonic() + PATIENCE_S
        while time.monotonic() < deadline:
            connection.sendall(b"a")
            time.sleep(0.1)


def test_a_connection_that_asks_for_a_websocket_is_answered_as_any_other(address):
    with socket.create_connection(address) as connection:
        connection.sendall(
            b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
            b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
        )
        assert is_answered(connection, 200, b'{"status":"ok"}')
