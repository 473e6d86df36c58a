"""Pages of the web: asked for politely, bounded, and at no address that was not checked."""

import gzip
import socket
import ssl
import threading
import time
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import httpx
import pytest
import trustme
from web_server import Page, Site, serving_site, web_of

from core.errors import ReadError, SourceGone, TooLarge
from ingest.web.addresses import parse_address
from ingest.web.client import Web
from ingest.web.gunzip import Gunzip
from ingest.web.names import as_file, file_name
from ingest.web.rate_limit import RateLimit
from ingest.web.rules import WebRules
from ingest.web.source import WebSource

LIMIT = 1024**2


def load(web: Web, url: str, known: dict[str, str] | None = None, max_bytes: int = LIMIT, **more: bool):
    return WebSource(web, parse_address(url), **more).load(known or {}, max_bytes)


def test_a_page_is_loaded_and_every_request_says_who_asks(site: Site):
    site.pages["/a.html"] = Page(b"<p>Otters</p>", headers={"Content-Type": "text/html"})
    assert load(web_of(user_agent="Footnoted/1 (+mailto:a@b.example)"), f"{site.url}/a.html").data == b"<p>Otters</p>"
    assert [path for path, _ in site.asked] == ["/robots.txt", "/a.html"]
    assert {headers["user-agent"] for _, headers in site.asked} == {"Footnoted/1 (+mailto:a@b.example)"}
    assert site.asked[1][1]["host"] == f"127.0.0.1:{site.port}"


@pytest.mark.parametrize("validator", [{"ETag": '"v1"'}, {"Last-Modified": "Wed, 21 Oct 2015 07:28:00 GMT"}])
def test_what_did_not_change_is_not_sent_again(site: Site, validator):
    site.pages["/a"] = [Page(b"text", headers=validator), Page(status=304)]
    first = load(web_of(), f"{site.url}/a")
    assert load(web_of(), f"{site.url}/a", dict(first.metadata)) is None
    sent = site.asked[-1][1]
    assert (sent.get("if-none-match"), sent.get("if-modified-since")) in (
        ('"v1"', None), (None, "Wed, 21 Oct 2015 07:28:00 GMT"),
    )  # fmt: skip


def test_a_304_that_nobody_asked_for_is_an_error(site: Site):
    site.pages["/a"] = Page(status=304)
    with pytest.raises(ReadError, match="304"):
        load(web_of(), f"{site.url}/a")


def test_the_mark_of_one_address_is_not_shown_to_another(site: Site):
    site.pages["/a"] = [
        Page(status=302, headers={"Location": "/one"}), Page(status=302, headers={"Location": "/two"}),
    ]  # fmt: skip
    site.pages["/one"] = Page(b"one", headers={"ETag": '"1"'})
    site.pages["/two"] = Page(b"two", headers={"ETag": '"1"'})
    first = load(web_of(), f"{site.url}/a")
    assert load(web_of(), f"{site.url}/a", dict(first.metadata)).data == b"two"
    assert "if-none-match" not in site.asked[-1][1]


def test_redirects_are_followed_up_to_five(site: Site):
    for at in range(6):
        site.pages[f"/{at}"] = Page(status=301, headers={"Location": f"/{at + 1}"})
    site.pages["/6"] = Page(b"end")
    assert load(web_of(), f"{site.url}/1").data == b"end"
    with pytest.raises(ReadError, match="more than 5 times"):
        load(web_of(), f"{site.url}/0")


@pytest.mark.parametrize(
    "target",
    [
        "http://10.0.0.1/", "http://127.0.0.2/", "http://169.254.169.254/latest/meta-data/", "http://[::1]/",
        "http://[::ffff:127.0.0.2]/", "http://2130706434/", "http://0x7f.2/", "//localhost.localdomain.invalid/",
        "http://0.0.0.0/",
    ],
)  # fmt: skip
def test_a_redirect_to_a_private_address_is_refused(site: Site, target):
    site.pages["/a"] = Page(status=302, headers={"Location": target})
    with pytest.raises(ReadError, match=r"not a public address|has no address"):
        load(web_of(), f"{site.url}/a")


@pytest.mark.parametrize(
    "target", ["file:///etc/passwd", "ftp://example.org/", "http://ada:pw@example.org/", "http://[bad"]
)
def test_a_redirect_away_from_plain_http_is_refused(site: Site, target):
    site.pages["/a"] = Page(status=302, headers={"Location": target})
    with pytest.raises(ReadError):
        load(web_of(), f"{site.url}/a")


def test_this_machine_is_refused_without_the_setting_and_nothing_is_sent(site: Site):
    for host in ("127.0.0.1", "localhost", "[::ffff:127.0.0.1]", "2130706433"):
        with pytest.raises(ReadError, match="not a public address") as told:
            load(web_of(allowed_private=()), f"http://{host}:{site.port}/a")
        assert "web.allowed_private" in told.value.hint
    assert site.asked == []


def test_a_name_that_resolves_otherwise_the_second_time_is_checked_where_it_is_connected_to():
    """DNS rebinding: public when it is checked, private when it is connected to."""
    with serving_site("127.0.0.2") as inside:
        inside.pages["/"] = Page(b"secret")
        answers = iter(["127.0.0.1", "127.0.0.2"])  # the first is allowed; nobody listens there on this port

        def resolve(host: str, port: int) -> list[str]:
            return [next(answers)]

        web = Web(WebRules(("127.0.0.1",), obey_robots=False), resolve, sleep=lambda _: None)
        with pytest.raises(ReadError, match="cannot be reached"):  # not at another address than was checked
            load(web, f"http://rebind.example:{inside.port}/")
        with pytest.raises(ReadError, match=r"127\.0\.0\.2, which is not a public address"):
            load(web, f"http://rebind.example:{inside.port}/")
        assert list(answers) == []  # looked up once a request
        assert inside.asked == []


def test_a_proxy_of_the_environment_is_not_asked(site: Site, monkeypatch):
    site.pages["/a"] = Page(b"direct")
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    assert load(web_of(), f"{site.url}/a").data == b"direct"


def test_a_private_address_that_a_public_page_names_is_refused_though_it_is_allowed(site: Site):
    site.pages["/a"] = Page(b"inside")
    with pytest.raises(ReadError, match="a public page leads there"):
        load(web_of(), f"{site.url}/a", may_be_private=False)
    assert site.asked == []


def test_the_certificate_is_checked_for_the_name_and_the_name_is_sent(tmp_path):
    authority = trustme.CA()
    names = []
    served = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("site.example").configure_cert(served)
    served.sni_callback = lambda _, name, __: names.append(name)
    trusting = ssl.create_default_context()
    authority.configure_trust(trusting)
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve() -> None:
            for _ in range(3):
                plain, _ = listener.accept()
                try:
                    with served.wrap_socket(plain, server_side=True) as secure:
                        secure.recv(4096)
                        secure.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
                except OSError:
                    plain.close()

        thread = threading.Thread(target=serve)
        thread.start()
        port = listener.getsockname()[1]
        rules = WebRules(("127.0.0.1",), obey_robots=False)
        web = Web(rules, lambda host, port: ["127.0.0.1"], lambda _: None, trusting)
        assert load(web, f"https://site.example:{port}/").data == b"ok"
        with pytest.raises(ReadError, match=r"certificate of other\.example is not trusted"):
            load(web, f"https://other.example:{port}/")
        doubting = Web(rules, lambda host, port: ["127.0.0.1"], lambda _: None)
        with pytest.raises(ReadError, match="not trusted") as told:
            load(doubting, f"https://site.example:{port}/")
        assert "SSL_CERT_FILE" in told.value.hint
        thread.join()
    assert names == ["site.example", "other.example", "site.example"]


@pytest.mark.parametrize("declared", [True, False])
def test_a_body_beyond_the_limit_is_refused(site: Site, declared):
    def endless(connection: socket.socket) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n")
        try:
            while True:
                connection.sendall(b"x" * 65536)
        except OSError:
            pass

    site.pages["/a"] = Page(b"x" * 5000) if declared else Page(send=endless)
    with pytest.raises(TooLarge):
        load(web_of(), f"{site.url}/a", max_bytes=4096)


def test_a_small_answer_that_unpacks_to_a_huge_one_is_refused(site: Site):
    site.pages["/a"] = Page(gzip.compress(bytes(50 * LIMIT)), headers={"Content-Encoding": "gzip"})
    with pytest.raises(TooLarge):
        load(web_of(), f"{site.url}/a")
    site.pages["/b"] = Page(gzip.compress(b"small"), headers={"Content-Encoding": "gzip"})
    assert load(web_of(), f"{site.url}/b").data == b"small"
    site.pages["/c"] = Page(gzip.compress(b"small" * 100)[:20], headers={"Content-Encoding": "gzip"})
    with pytest.raises(ReadError, match="broke off"):
        load(web_of(), f"{site.url}/c")


@pytest.mark.parametrize("size", [1, 7, 10**6])
def test_a_gzip_of_several_members_is_read_to_its_end(size):
    packed = gzip.compress(b"one " * 50_000) + gzip.compress(b"") + gzip.compress(b"two")
    padded = packed + bytes(40) + gzip.compress(b"no member, since it comes after padding")
    gunzip = Gunzip()
    pieces = [piece for at in range(0, len(padded), size) for piece in gunzip.feed(padded[at : at + size])]
    assert b"".join(pieces) == b"one " * 50_000 + b"two"
    assert max(map(len, pieces)) <= 64 * 1024
    assert gunzip.is_complete
    cut = Gunzip()
    assert b"".join(cut.feed(packed[:-5])).endswith(b"one two")
    assert not cut.is_complete


def test_every_member_of_an_answer_counts(site: Site):
    body = gzip.compress(b"one ") + gzip.compress(b"two")
    site.pages["/a"] = Page(body, headers={"Content-Encoding": "gzip"})
    assert load(web_of(), f"{site.url}/a").data == b"one two"
    with pytest.raises(TooLarge):
        load(web_of(), f"{site.url}/a", max_bytes=5)
    site.pages["/b"] = Page(body[:-3], headers={"Content-Encoding": "gzip"})
    with pytest.raises(ReadError, match="broke off"):
        load(web_of(), f"{site.url}/b")


def slow(head: bytes, drip: bytes):
    def send(connection: socket.socket) -> None:
        try:
            connection.sendall(head)
            for _ in range(10_000):
                connection.sendall(drip)
                time.sleep(0.02)
        except OSError:
            pass

    return send


@pytest.mark.parametrize(
    "page",
    [
        Page(send=slow(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n", b"x")),
        Page(send=slow(b"HTTP/1.1 200 OK\r\n", b"X-A: b\r\n")),
        Page(send=slow(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n", b"")),
    ],
    ids=["dripping body", "dripping head", "silence"],
)
def test_a_server_that_takes_for_ever_is_given_up(site: Site, page):
    site.pages["/a"] = page
    with pytest.raises(ReadError, match="not answered in time") as told:
        load(web_of(timeout_s=0.1), f"{site.url}/a")
    assert "web.timeout_s" in told.value.hint


def test_a_resolver_that_hangs_is_given_up():
    web = Web(WebRules(timeout_s=0.05, obey_robots=False), lambda host, port: time.sleep(3) or [])
    with pytest.raises(ReadError, match="not answered in time"):
        load(web, "http://slow.example/")


def test_an_answer_that_breaks_off_is_an_error(site: Site):
    site.pages["/a"] = Page(b"cut", headers={"Content-Length": "100"})
    with pytest.raises(ReadError, match="broke off"):
        load(web_of(), f"{site.url}/a")


@pytest.mark.parametrize("status", [404, 410])
def test_a_page_that_is_gone_says_so(site: Site, status):
    site.pages["/a"] = Page(status=status)
    with pytest.raises(SourceGone, match=str(status)):
        load(web_of(), f"{site.url}/a")


@pytest.mark.parametrize("status", [400, 401, 403, 418, 429, 500, 503, 599])
def test_other_refusals_are_told_with_a_hint(site: Site, status):
    site.pages["/a"] = Page(b"no", status=status)
    with pytest.raises(ReadError, match=f"answers {status}") as told:
        load(web_of(), f"{site.url}/a")
    assert told.value.hint
    assert not isinstance(told.value, SourceGone)


@pytest.mark.parametrize("status", [429, 503])
def test_a_busy_server_is_asked_once_more_when_it_says(site: Site, status):
    site.pages["/a"] = [Page(status=status, headers={"Retry-After": "7"}), Page(b"now")]
    slept: list[float] = []
    assert load(web_of(slept), f"{site.url}/a").data == b"now"
    assert 7 in slept
    site.pages["/b"] = Page(status=status, headers={"Retry-After": "7"})
    with pytest.raises(ReadError):
        load(web_of(), f"{site.url}/b")
    assert site.paths().count("/b") == 2


@pytest.mark.parametrize(
    "wait",
    ["3600", format_datetime(datetime.now(UTC) + timedelta(hours=1)), "soon", "-1"],
    ids=["hour", "date", "word", "negative"],
)
def test_a_server_that_wants_to_be_waited_for_too_long_or_says_nonsense_is_not(site: Site, wait):
    site.pages["/a"] = Page(status=503, headers={"Retry-After": wait})
    with pytest.raises(ReadError):
        load(web_of(), f"{site.url}/a")
    assert site.paths() == ["/a"]


def test_requests_to_a_host_are_apart_and_a_crawl_delay_is_kept(site: Site):
    site.pages |= {"/a": Page(b"a"), "/b": Page(b"b")}
    slept: list[float] = []
    web = web_of(slept, requests_per_second=2.0)
    load(web, f"{site.url}/a")
    load(web, f"{site.url}/b")
    assert len(slept) == 2  # robots.txt goes at once
    assert sum(slept) == pytest.approx(0.5 + 1.0, abs=0.4)  # the clock runs; sleep does not
    site.pages["/robots.txt"] = Page(b"User-agent: *\nCrawl-delay: 5\n")
    slept.clear()
    web = web_of(slept)
    load(web, f"{site.url}/a")
    load(web, f"{site.url}/b")
    assert max(slept) > 4


def test_a_crawl_delay_of_hours_is_not_kept_and_each_host_has_its_own():
    slept: list[float] = []
    rate = RateLimit(1.0, slept.append, lambda: 0.0)
    rate.wait("a.example", 7200)
    rate.wait("b.example", 7200)
    rate.wait("a.example")
    rate.wait("a.example")
    assert slept == [10.0, 11.0]


def test_robots_txt_is_obeyed_and_asked_for_once(site: Site):
    rules = b"User-agent: *\nDisallow: /private\nAllow: /private/open\n\nUser-agent: Footnoted\nDisallow: /secret\n"
    site.pages |= {"/robots.txt": Page(rules), "/private": Page(b"a"), "/b": Page(b"b"), "/secret": Page(b"c")}
    web = web_of(user_agent="Footnoted/1.0")
    assert load(web, f"{site.url}/private").data == b"a"  # the group of one's own name counts, not that of all
    with pytest.raises(ReadError, match=r"robots\.txt of 127\.0\.0\.1 forbids") as told:
        load(web, f"{site.url}/secret")
    assert "web.obey_robots" in told.value.hint
    load(web, f"{site.url}/b")
    assert [path for path, _ in site.asked].count("/robots.txt") == 1
    assert "/secret" not in site.paths()
    assert load(web_of(obey_robots=False), f"{site.url}/secret").data == b"c"


def test_robots_txt_is_asked_for_where_a_redirect_leads(site: Site):
    with serving_site() as other:
        other.pages |= {"/robots.txt": Page(b"User-agent: *\nDisallow: /"), "/b": Page(b"b")}
        site.pages["/a"] = Page(status=302, headers={"Location": f"{other.url}/b"})
        with pytest.raises(ReadError, match="forbids"):
            load(web_of(), f"{site.url}/a")
        assert other.paths() == []


@pytest.mark.parametrize("status", [401, 403, 404, 410])
def test_no_robots_txt_allows_all(site: Site, status):
    site.pages |= {"/robots.txt": Page(status=status), "/a": Page(b"a")}
    assert load(web_of(), f"{site.url}/a").data == b"a"


@pytest.mark.parametrize("status", [429, 500, 503])
def test_a_robots_txt_that_cannot_be_had_allows_nothing(site: Site, status):
    site.pages |= {"/robots.txt": Page(status=status), "/a": Page(b"a")}
    with pytest.raises(ReadError, match=rf"robots\.txt answers {status}"):
        load(web_of(), f"{site.url}/a")
    assert site.paths() == []


def test_a_huge_robots_txt_is_read_as_far_as_the_standard_wants(site: Site):
    rules = b"User-agent: *\nDisallow: /no\n" + b"# filling\n" * 100_000
    site.pages |= {"/robots.txt": Page(rules), "/a": Page(b"a"), "/no": Page(b"n")}
    web = web_of()
    assert load(web, f"{site.url}/a").data == b"a"
    with pytest.raises(ReadError, match="forbids"):
        load(web, f"{site.url}/no")


@pytest.mark.parametrize(
    ("path", "headers", "name"),
    [
        ("/", {"content-type": "text/html; charset=utf-8"}, "index.html"),
        ("/docs/guide", {"content-type": "text/html"}, "guide.html"),
        ("/docs/guide/", {"content-type": "text/html"}, "index.html"),
        ("/a.htm", {"content-type": "text/html"}, "a.htm"),
        ("/page.php?x=1", {"content-type": "text/html"}, "page.php.html"),
        ("/notes.md", {"content-type": "text/plain"}, "notes.md"),
        ("/notes.md", {}, "notes.md"),
        ("/table", {"content-type": "text/csv"}, "table.csv"),
        ("/get", {"content-disposition": 'attachment; filename="r 1.md"', "content-type": "text/markdown"}, "r 1.md"),
        ("/get", {"content-disposition": "attachment; filename*=UTF-8''%C3%A5r.txt"}, "år.txt"),
        ("/get", {"content-disposition": 'attachment; filename="../../etc/passwd"'}, "passwd"),
        ("/get", {"content-disposition": 'attachment; filename="a;b \\"c\\".txt"; size=1'}, 'a;b "c".txt'),
        ("/get", {"content-disposition": "attachment; filename=plain.txt; filename*=iso-8859-1'en'%E5r.txt"}, "år.txt"),
        ("/get.txt", {"content-disposition": "attachment; filename*"}, "get.txt"),
        ("/get.txt", {"content-disposition": "attachment; filename*=punycode''a"}, "get.txt"),
        ("/get.txt", {"content-disposition": "attachment; filename=" + "(" * 3000}, "(" * 200),
        ("/get.txt", {"content-disposition": "(" * 3000}, "get.txt"),
        ("/a%2Fb%00c.txt", {}, "bc.txt"),
        ("/caf%C3%A9.txt", {"content-type": "text/plain"}, "café.txt"),
    ],
)  # fmt: skip
def test_a_page_is_named_as_a_file_would_be(path, headers, name):
    assert file_name(httpx.URL(f"https://example.org{path}"), httpx.Headers(headers)) == name


def test_the_encoding_that_only_the_header_tells_is_kept():
    greek = "Καλημέρα"
    stored = as_file(greek.encode("iso8859-7"), httpx.Headers({"content-type": "text/html; charset=ISO-8859-7"}))
    assert stored.decode("utf-8-sig") == greek
    for kind in ("text/html; charset=utf-8", "text/html", "application/pdf; charset=latin-1", "text/html; charset=hex"):
        assert as_file(b"\xe9", httpx.Headers({"content-type": kind})) == b"\xe9"


@pytest.mark.parametrize("charset", ["punycode", "idna", "unicode_escape", "raw_unicode_escape", "utf-7"])
def test_a_server_does_not_choose_a_codec_that_is_none_of_the_web(charset):
    headers = httpx.Headers({"content-type": f"text/html; charset={charset}"})
    assert as_file(b"a-b+AOk-\\u00e9", headers) == b"a-b+AOk-\\u00e9"
