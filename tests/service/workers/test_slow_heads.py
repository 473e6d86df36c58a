"""Half a request's head holds a connection only for so long; whoever sends a whole one is not hurried."""

import socket
import time
from urllib.parse import urlsplit

import pytest

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
        assert connection.recv(10_000).startswith(b"HTTP/1.1 200")
        connection.sendall(WHOLE[:20])
        assert is_ended(connection)


def test_a_connection_is_kept_for_more_requests(address):
    with socket.create_connection(address) as connection:
        for _ in range(4):
            connection.sendall(WHOLE)
            assert connection.recv(10_000).startswith(b"HTTP/1.1 200")
            time.sleep(LIMIT_S / 2)
