"""Attacks by requests: bytes that are no HTTP, JSON without end, words that break what is behind."""

import json

import pytest

HOST = b"Host: 127.0.0.1\r\n"


def status(answer):
    """Of raw bytes; 0 where the connection was closed without a word."""
    return int(answer.split(b" ")[1]) if answer else 0


@pytest.mark.parametrize(
    "request_",
    [
        b"POST /v1/ask HTTP/1.1\r\n" + HOST + b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /x",
        b"POST /v1/ask HTTP/1.1\r\n" + HOST + b"Content-Length: 5\r\nContent-Length: 6\r\n\r\nhello!",
        b"POST /v1/ask HTTP/1.1\r\n" + HOST + b"Content-Length: -1\r\n\r\n",
        b"GET / HTTP/1.1\r\n" + HOST + b"X: a\r\n b\r\nConnection: close\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\nConnection: close\r\n\r\n",
        b"GET / HTTP/1.1\r\n" + HOST + b"X-Request-ID: a\x00b\r\nConnection: close\r\n\r\n",
        b"GET /" + b"a" * 200_000 + b" HTTP/1.1\r\n" + HOST + b"\r\n",
        b"GET / HTTP/1.1\r\n" + HOST + b"X: " + b"a" * 200_000 + b"\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\x00" * 100,
    ],
    ids=["cl-and-te", "two-lengths", "negative", "folded", "two-hosts", "nul", "long-path", "long-header", "tls"],
)
def test_what_is_no_proper_request_is_refused_or_harmless(target, request_):
    assert status(target.raw(request_)) < 500
    assert target.is_well()


@pytest.mark.parametrize("value", ["a\r\nX-Evil: 1", "a\nX-Evil: 1", "a\rX-Evil: 1"])
def test_a_request_id_adds_no_header(target, value):
    request = (
        b"GET /healthz HTTP/1.1\r\n" + HOST + b"X-Request-ID: " + value.encode() + b"\r\nConnection: close\r\n\r\n"
    )
    answer = target.raw(request)
    lines = answer.split(b"\r\n")
    assert not any(line.lower().startswith(b"x-evil") for line in lines)


@pytest.mark.parametrize("name", ["a\r\nX-Evil: 1", "ä", "\u2028", "a\x00"])
def test_what_is_sent_back_in_a_header_stays_in_it(target, name):
    for answer in (
        target.client.post("/v1/collections", json={"name": name}),
        target.client.get("/v1/documents/x/original", params={"collection": name}),
        target.client.get("/view/x", params={"collection": name}, headers={"Accept": "text/html"}),
    ):
        assert answer.status_code < 500
        assert "x-evil" not in answer.headers


BODIES = {
    "deep-array": b'{"question":"a","filters":' + b"[" * 100_000 + b"]" * 100_000 + b"}",
    "deep-filter": json.dumps({"question": "a"}).encode()[:-1]
    + b',"filters":'
    + b'{"not":' * 5_000
    + b"{}"
    + b"}" * 5_001,
    "wide-filter": json.dumps({"question": "a", "filters": {"or": [{"tag": str(i)} for i in range(20_000)]}}).encode(),
    "large-number": b'{"question":"a","top_k":' + b"9" * 5_000 + b"}",
    "infinity": b'{"question":"a","top_k":1e999}',
    "not-a-number": b'{"question":"a","top_k":NaN}',
    "half-character": b'{"question":"\\ud800 where is it?"}',
    "nul": b'{"question":"where\\u0000 is it?"}',
    "nul-collection": b'{"question":"a","collection":"\\u0000"}',
    "not-utf-8": b'{"question":"\xff\xfe"}',
    "utf-16": '{"question":"a"}'.encode("utf-16"),
    "many-keys": json.dumps({f"k{i}": i for i in range(50_000)}).encode(),
    "same-keys": b'{"question":"a",' + b'"question":"b",' * 1000 + b'"question":"c"}',
    "history": json.dumps({"question": "a", "history": [{"role": "user", "content": "b"}] * 20_000}).encode(),
}


@pytest.mark.parametrize("path", ["/v1/ask", "/v1/search", "/v1/chat/completions", "/v1/messages", "/mcp"])
@pytest.mark.parametrize("body", BODIES)
def test_no_json_crashes_the_server(target, path, body):
    headers = {"Content-Type": "application/json", "Accept": "application/json, text/event-stream"}
    answer = target.client.post(path, content=BODIES[body], headers=headers)
    assert answer.status_code < 500, answer.text
    assert target.is_well()


def test_thousands_of_parts_are_refused(target, problem):
    parts = [("files", (f"{i}.txt", b"x")) for i in range(3_000)]
    problem(target.client.post("/v1/documents", files=parts, data={"collection": "parts"}))


def test_a_body_in_another_encoding_is_not_unpacked(target, problem):
    import gzip

    packed = gzip.compress(b'{"question":"' + b"a" * 10_000_000 + b'"}')
    headers = {"Content-Type": "application/json", "Content-Encoding": "gzip"}
    problem(target.client.post("/v1/ask", content=packed, headers=headers))


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "http://127.0.0.1.evil.example"])
def test_a_page_of_a_stranger_neither_writes_nor_reads(target, origin):
    asked = target.client.post("/v1/ask", json={"question": "Where?"}, headers={"Origin": origin})
    assert asked.status_code == 403
    read = target.client.get("/v1/collections", headers={"Origin": origin})
    assert "access-control-allow-origin" not in read.headers


@pytest.mark.parametrize("path", ["/", "/admin", "/docs"])
def test_no_stranger_may_frame_a_page(target, path):
    answer = target.client.get(path)
    policy = answer.headers.get("content-security-policy", "")
    assert "frame-ancestors" in policy or answer.headers.get("x-frame-options"), path


def test_a_refusal_tells_nothing_of_the_server_s_files(target):
    for path in ("/v1/documents/x", "/v1/jobs/x", "/v1/collections/x", "/view/x", "/static/x", "/v1/sessions/x"):
        text = target.client.get(path).text
        assert str(target.data_dir) not in text
        assert "Traceback" not in text
        assert "site-packages" not in text


def test_the_server_does_not_tell_what_runs_it(target):
    assert "server" not in target.client.get("/healthz").headers
