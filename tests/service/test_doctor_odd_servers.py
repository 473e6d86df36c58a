"""``footnoted doctor --origin`` at servers and pages that send odd or endless things: findings all the same."""

import gzip
import itertools
import json
import socketserver
import ssl
import threading
import time
import tracemalloc
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager

import pytest
from host_site import host_site

from core.errors import InvalidRequest
from service.commands.embedding import embedding_findings
from service.embedding.bounded_http import BoundedHttp, CallFailed
from service.embedding.finding import Finding

SITE = "site_4f9Qm2xKc0aZ"
Reply = Callable[[str, str], Iterable[bytes]]


@contextmanager
def raw_server(reply: Reply) -> Iterator[str]:
    """Sends the bytes that ``reply`` gives for a method and path, until they end or nobody takes them."""

    class Handler(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            try:
                if not (asked := self.rfile.readline()):  # who looks for an address may connect to one it does not use
                    return
                method, path, _ = asked.decode("latin-1").split(" ", 2)
                size = 0
                while (line := self.rfile.readline().strip()) != b"":
                    name, _, value = line.partition(b":")
                    size = int(value) if name.lower() == b"content-length" else size
                self.rfile.read(size)
                for piece in reply(method, path):
                    self.wfile.write(piece)
            except OSError:
                pass

    class Server(socketserver.ThreadingTCPServer):
        daemon_threads = True

    with Server(("127.0.0.1", 0), Handler) as listening:
        thread = threading.Thread(target=listening.serve_forever, args=(0.01,))
        thread.start()
        yield f"http://127.0.0.1:{listening.server_address[1]}"
        listening.shutdown()
        thread.join()


def answer(body: bytes, kind: str = "text/html", status: str = "200 OK", **headers: str) -> list[bytes]:
    head = {"Content-Type": kind, "Access-Control-Allow-Origin": "*", **headers}
    lines = [f"{name.replace('_', '-')}: {value}\r\n" for name, value in head.items()]
    return [f"HTTP/1.1 {status}\r\nConnection: close\r\n{''.join(lines)}\r\n".encode("latin-1"), body]


def events(done: str) -> bytes:
    return f"event: start\ndata: {{}}\n\nevent: done\ndata: {done}\n\n".encode()


def session(**told: object) -> bytes:
    return json.dumps({"token": "t", "site": {"title": "Handbook"}, **told}).encode()


def like_footnoted(
    session: bytes = session(),
    stream: bytes = events('{"timings_ms": {}}'),
    changed: Mapping[str, list[bytes]] | None = None,
) -> Reply:
    """The answers of a server that is well, but for what is given."""
    by_path = {
        "/healthz": answer(b'{"status": "ok"}', "application/json"),
        "/widget.js": answer(
            b"1", "text/javascript", Cross_Origin_Resource_Policy="cross-origin", X_Content_Type_Options="nosniff"
        ),
        "/session": answer(session, "application/json"),
        "/ask": answer(stream, "text/event-stream", Access_Control_Allow_Headers="authorization, content-type"),
        "/page": answer(b"<p>"),
    }
    by_path.update(changed or {})
    return lambda method, path: by_path[path if path in by_path else "/" + path.rpartition("/")[2]]


def checked(page: str, server: str, site: str | None = SITE) -> dict[str, list[Finding]]:
    found: dict[str, list[Finding]] = {}
    for one in embedding_findings(page, server, site):
        assert one.hint or one.level == "ok"
        assert (one.message + one.hint).isprintable()
        found.setdefault(one.check, []).append(one)
    return found


def levels(found: dict[str, list[Finding]]) -> dict[str, str]:
    return {check: one.level for check, [one] in found.items()}


WELL = dict.fromkeys(
    ("server", "page", "widget.js", "site", "preflight", "stream", "page's policy", "script tag"), "ok"
) | {"script tag": "warning"}


def test_the_plain_server_of_these_tests_is_found_well():
    with raw_server(like_footnoted()) as server:
        assert levels(checked(f"{server}/page", server)) == WELL


# Pages


@pytest.mark.parametrize(
    "charset",
    ["foo", "hex", "idna", "punycode", "unicode_escape", "undefined", "utf-16", "latin-1", "'utf-8'", "", "é"],
)
def test_a_page_of_any_charset_is_read(charset):
    tag = f'<script src="/widget.js" data-site="{SITE}"></script>é'
    body = tag.encode("utf-16" if charset == "utf-16" else "latin-1")
    page = answer(body, f"text/html; charset={charset}")
    with raw_server(like_footnoted(changed={"/page": page})) as server:
        assert levels(checked(f"{server}/page", server)) == WELL | {"script tag": "ok"}


@pytest.mark.parametrize(
    "location",
    [
        "http://exa_mple..org/", "http://[::1/", "http://a:99999/", "http://a:x/", "http:///", "ftp://a.example/",
        "http://" + "a" * 300 + "/", "http://0x7f000001.0x/", "http://*/", "//", "http://\xff/", "javascript:1",
        "/page", "/\x7f", "data:text/html,<p>", "http://xn--/",
    ],
)  # fmt: skip
def test_a_redirect_that_leads_nowhere_is_told(location):
    away = answer(b"", status="302 Found", Location=location)
    with raw_server(like_footnoted(changed={"/page": away})) as server:
        assert levels(checked(f"{server}/page", server))["page"] == "warning"
    with raw_server(like_footnoted(changed={"/healthz": away})) as server:
        assert levels(checked(f"{server}/page", server))["server"] == "failed"


@pytest.mark.parametrize("head", ['<base href="http://[">', ""])
@pytest.mark.parametrize(
    "source", ["http://[/widget.js", "//a:99999/widget.js", "//a:x/widget.js", "http://[x]/widget.js"]
)
def test_addresses_in_a_page_that_are_none_are_passed_over(head, source):
    page = answer(f'{head}<script src="{source}" data-site="x"></script><p>'.encode())
    with raw_server(like_footnoted(changed={"/page": page})) as server:
        found = checked(f"{server}/page", server)
    assert found["page"][0].level == "ok"
    assert found["script tag"][0].level in ("warning", "failed")


@pytest.mark.parametrize(
    "policy", ["script-src http://a:" + "9" * 5000, "script-src http://a:99999", "script-src http://["]
)
def test_policies_with_addresses_that_are_none_allow_nothing(policy):
    page = answer(b"<p>", Content_Security_Policy=policy)
    with raw_server(like_footnoted(changed={"/page": page})) as server:
        assert levels(checked(f"{server}/page", server))["page's policy"] == "failed"


@pytest.mark.parametrize(
    "wrong", ["", "x", "4f9Qm2xKc0aZ", "site_", "site_../../healthz?", "site_a/b", "site_é", "site_a\n"]
)
def test_an_id_that_is_none_is_told_and_never_asked_for(wrong):
    with pytest.raises(InvalidRequest, match="--site"):
        embedding_findings("http://127.0.0.1/", "http://127.0.0.1", wrong)
    asked = []
    page = answer(f'<script src="/widget.js" data-site="{wrong}"></script>'.encode())
    reply = like_footnoted(changed={"/page": page})

    def noted(method: str, path: str) -> Iterable[bytes]:
        asked.append(path)
        return reply(method, path)

    with raw_server(noted) as server:
        found = checked(f"{server}/page", server, None)
    assert found["site"][0].level in ("warning", "failed")
    assert set(asked) == {"/healthz", "/page", "/widget.js"}


# Answers of the server


@pytest.mark.parametrize(
    "body",
    [
        b"", b"[]", b"null", b"{", b"[" * 100_000, b"\xff", b'{"a": ' + b"9" * 5000 + b"}", b"{}", b'"x"',
        session(site="Handbook"), session(site=["Handbook"]), session(site=None), session(token=None), session(token=7),
        session(token=""), session(code=["not_found"], token={}),
    ],
)  # fmt: skip
def test_a_session_that_is_none_is_told(body):
    with raw_server(like_footnoted(session=body)) as server:
        found = levels(checked(f"{server}/page", server))
    assert found["site"] == "failed"
    assert "stream" not in found


@pytest.mark.parametrize("token", ["a\r\nX: y", "é\u2028", "\ud800", "x" * 200_000])
def test_a_token_that_no_header_can_carry_is_told(token):
    with raw_server(like_footnoted(session=session(token=token))) as server:
        found = levels(checked(f"{server}/page", server))
    assert found["site"] == "ok"
    assert found["stream"] in ("failed", "ok")


def test_what_a_server_says_of_itself_does_not_reach_the_terminal():
    told = session(site={"title": "\x1b[2J\x1b]0;owned\x07\ud800" + "x" * 100_000})
    with raw_server(like_footnoted(session=told)) as server:
        [site] = checked(f"{server}/page", server)["site"]
    assert (site.level, len(site.message) < 3000) == ("ok", True)
    refusal = answer(json.dumps({"detail": {"a": 1}, "hint": ["\x1b"]}).encode(), status="400 Bad Request")
    with raw_server(like_footnoted(changed={"/session": refusal, "/ask": refusal, "/widget.js": refusal})) as server:
        assert levels(checked(f"{server}/page", server))["site"] == "failed"


@pytest.mark.parametrize(
    "done",
    [
        "", "x", "[]", "[1]", "null", "7", "{}", "{" * 100_000, "[" * 100_000, '{"timings_ms": null}',
        '{"timings_ms": []}', '{"timings_ms": 5}', '{"timings_ms": {"read": "5"}}', '{"timings_ms": {"read": null}}',
        '{"timings_ms": {"read": NaN}}', '{"timings_ms": {"read": 1e999}}', '{"timings_ms": {"read": -1}}',
        '{"timings_ms": {"read": ' + "9" * 4000 + "}}", '{"timings_ms": {"read": ' + "9" * 5000 + "}}",
    ],
)  # fmt: skip
def test_an_answer_that_ends_in_an_odd_way_is_no_whole_stream(done):
    with raw_server(like_footnoted(stream=events(done))) as server:
        [stream] = checked(f"{server}/page", server)["stream"]
    assert stream.level == "failed"
    assert "no whole event stream" in stream.message


# Bounds


def bomb() -> bytes:
    """A gzip file that unpacks to 1 GiB."""
    packer = zlib.compressobj(9, wbits=16 + zlib.MAX_WBITS)
    start = packer.compress(b"") + packer.flush(zlib.Z_FULL_FLUSH)
    block = packer.compress(bytes(1024**2)) + packer.flush(zlib.Z_FULL_FLUSH)
    return start + block * 1024


def endless(kind: str, tail: Callable[[], Iterable[bytes]], **headers: str) -> Callable[[], Iterable[bytes]]:
    headers |= {
        "Cross_Origin_Resource_Policy": "cross-origin",
        "X_Content_Type_Options": "nosniff",
        "Access_Control_Allow_Headers": "authorization, content-type",
    }
    return lambda: itertools.chain(answer(b"", kind, **headers), tail())


def gibibyte(start: bytes = b"", piece: bytes = b"x" * 65536) -> Callable[[], Iterable[bytes]]:
    return lambda: itertools.chain([start], itertools.repeat(piece, 1024**3 // len(piece)))


@pytest.mark.parametrize(
    ("tail", "headers"),
    [
        (gibibyte(), {}),
        (gibibyte(b"event: start\ndata: 1\n\nevent: done\ndata: ", b"[" * 65536), {}),
        (gibibyte(piece=b"event: %s\n" % (b"x" * 90) * 600), {}),
        (gibibyte(piece=b"<p>" * 20000), {}),
        (lambda: [bomb()], {"Content_Encoding": "gzip"}),
        (gibibyte(gzip.compress(b"<p>")), {"Content_Encoding": "gzip"}),  # more after its end
        (gibibyte(b"\x1f\x8b\x08\x08\0\0\0\0\0\0"), {"Content_Encoding": "gzip"}),  # a file name without end
        (gibibyte(), {"Content_Encoding": "gzip"}),
        (gibibyte(), {"Content_Encoding": "br"}),
        (gibibyte(), {"Content_Encoding": "gzip, gzip"}),
    ],
    ids=[
        "text",
        "line",
        "lines",
        "elements",
        "bomb",
        "gzip-and-more",
        "gzip-of-nothing",
        "no-gzip",
        "brotli",
        "gzip-twice",
    ],
)
def test_a_server_that_sends_without_end_is_left(tail, headers):
    """Whatever it answers so: memory stays bounded, and every check says something."""
    kinds = {
        "/page": "text/html",
        "/widget.js": "text/javascript",
        "/session": "application/json",
        "/ask": "text/event-stream",
    }
    hostile = {path: endless(kind, tail, **headers) for path, kind in kinds.items()}
    well = like_footnoted()

    def only(*paths: str) -> Reply:
        def reply(method: str, path: str) -> Iterable[bytes]:
            last = "/" + path.rpartition("/")[2]
            return hostile[last]() if last in paths else well(method, path)

        return reply

    tracemalloc.start()
    try:
        with raw_server(only(*kinds)) as server:
            found = checked(f"{server}/page", server)
        assert {"page", "widget.js", "preflight"} < found.keys()
        assert found["site"][0].level == "failed"
        with raw_server(only("/ask")) as server:
            assert checked(f"{server}/page", server)["stream"][0].level == "failed"
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 100 * 1024**2


def test_the_body_of_a_redirect_is_not_read():
    away = endless("text/html", gibibyte(), Location="/end")

    def reply(method: str, path: str) -> Iterable[bytes]:
        if path == "/away":
            return (piece.replace(b"200 OK", b"302 Found") for piece in away())
        return well(method, path)

    well = like_footnoted(changed={"/end": answer(b"<p>")})
    with raw_server(reply) as server:
        assert checked(f"{server}/away", server)["page"][0].level == "ok"


def slowly(*pieces: bytes) -> Iterator[bytes]:
    """The first piece at once, and then nothing but the last one, again and again."""
    yield from pieces
    while True:
        time.sleep(0.05)
        yield pieces[-1]


@pytest.mark.parametrize(
    "pieces",
    [
        (b"",),
        (b"H",),
        (b"HTTP/1.1 100 Continue\r\n\r\n",),
        (b"HTTP/1.1 200 OK\r\nX: ", b"y"),
        (b"HTTP/1.1 200 OK\r\n\r\n", b"y"),
        (b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n" + gzip.compress(b"")[:5], b""),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", b"1\r\ny\r\n"),
    ],
    ids=["silent", "no-head", "informing", "long-header", "body", "gzip", "chunks"],
)
def test_a_server_that_goes_on_slowly_is_left_in_time(pieces):
    http = BoundedHttp(ssl.create_default_context(), whole_s=0.5)
    with raw_server(lambda method, path: slowly(*pieces)) as server, pytest.raises(CallFailed, match="not complete"):
        http.call("GET", f"{server}/", follow=True)


def test_redirects_without_end_are_left():
    count = itertools.count()
    onward = lambda method, path: answer(b"", status="302 Found", Location=f"/{next(count)}")  # noqa: E731
    with raw_server(onward) as server, host_site() as host:
        found = checked(f"{server}/", host.origin)
    assert "redirects" in found["page"][0].message
