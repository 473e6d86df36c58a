"""``footnoted doctor --origin``: what stops a page from showing the chat is found, with the fix."""

import gzip
import http.client
import json
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

import httpx
import pytest
import trustme
from host_site import host_site

from core.errors import InvalidRequest
from service.commands.embedding import embedding_findings
from service.embedding.csp import Script, allows_connection, allows_script, matches, parse_policies
from service.embedding.finding import Finding
from service.embedding.page import page_of
from service.embedding.page_checks import check_mixed_content, check_policies, check_tag
from service.embedding.reaching import check_private

SERVER = "https://answers.example.net"
WIDGET = f"{SERVER}/widget.js"
PAGE = "https://www.example.org/help/page.html"


# Content-Security-Policy, by the rules of the specification


@pytest.mark.parametrize(
    ("url", "sources", "allowed"),
    [
        (WIDGET, "*", True),
        ("data:text/javascript,1", "*", False),
        (WIDGET, "'none'", False),
        (WIDGET, "", False),
        (WIDGET, "'self'", False),
        ("https://www.example.org/widget.js", "'SELF'", True),
        ("https://example.org/widget.js", "'self'", False),
        ("https://www.example.org:8443/x", "'self'", False),
        (WIDGET, "https:", True),
        (WIDGET, "http:", True),  # http allows https, not the other way round
        ("http://answers.example.net/widget.js", "https:", False),
        (WIDGET, "data: blob:", False),
        (WIDGET, "https://answers.example.net", True),
        (WIDGET, "http://answers.example.net", True),
        (WIDGET, "answers.example.net", True),
        (WIDGET, "ANSWERS.Example.NET", True),
        (WIDGET, "example.net", False),
        (WIDGET, "*.example.net", True),
        ("https://a.b.example.net/", "*.example.net", True),
        ("https://example.net/", "*.example.net", False),
        ("https://badexample.net/", "*.example.net", False),
        (WIDGET, "https://*.example.net:*", True),
        (WIDGET, "https://*", True),
        (WIDGET, "answers.example.net:443", True),
        (WIDGET, "answers.example.net:80", True),
        (WIDGET, "https://answers.example.net:8443", False),
        ("https://answers.example.net:8443/widget.js", "https://answers.example.net", False),
        ("https://answers.example.net:8443/widget.js", "https://answers.example.net:8443", True),
        (WIDGET, "https://answers.example.net/", True),
        (WIDGET, "https://answers.example.net/widget.js", True),
        (WIDGET, "https://answers.example.net/static/", False),
        (WIDGET, "https://answers.example.net/widget", False),
        (f"{SERVER}/v1/sites/site_x/ask", "https://answers.example.net/v1/", True),
        (WIDGET, "https://answers.example.net/%77idget.js", True),
        (WIDGET, "'unsafe-inline' 'unsafe-eval' 'nonce-abc' 'sha256-abc='", False),
        (WIDGET, "'none' https://answers.example.net", True),
        ("http://127.0.0.1:8000/widget.js", "http://127.0.0.1:8000", True),
        ("http://[::1]:8000/widget.js", "http://[::1]:8000", True),
        (WIDGET, "answers.example.net:x https://answers.example.net:99999x", False),
    ],
)
def test_source_lists_are_matched_as_browsers_do(url, sources, allowed):
    assert matches(url, sources.split(), PAGE) is allowed


def test_a_source_without_a_scheme_takes_the_pages():
    assert matches("http://answers.example.net/", ["answers.example.net"], "http://www.example.org/")
    assert not matches("http://answers.example.net/", ["answers.example.net"], PAGE)


@pytest.mark.parametrize(
    ("policy", "script", "call"),
    [
        ("img-src 'none'", True, True),
        ("default-src 'self'", False, False),
        (f"default-src 'self'; script-src {SERVER}", True, False),
        (f"default-src 'self'; connect-src {SERVER}", False, True),
        (f"script-src 'self'; script-src-elem {SERVER}", True, True),
        (f"script-src {SERVER}; script-src-elem 'self'", False, True),
        (f"SCRIPT-SRC 'self'; script-src {SERVER}", False, True),  # the first one counts
        (f"script-src 'strict-dynamic' {SERVER}", False, True),
        ("script-src 'strict-dynamic' 'nonce-Ab1'", True, True),
        ("script-src 'nonce-aB1'", False, True),
        ("script-src 'sha256-YWJj'", True, True),
        ("script-src 'sha384-YWJj'", False, True),
        ("connect-src", True, False),
        ("", True, True),
        (";;  ;", True, True),
    ],
)
def test_the_directive_that_decides_is_found(policy, script, call):
    tag = Script(WIDGET, nonce="Ab1", integrity="sha256-YWJj")
    parsed = parse_policies(policy, "a test")
    assert all(allows_script(one, tag, PAGE) for one in parsed) is script
    assert all(allows_connection(one, f"{SERVER}/v1/sites/x/ask", PAGE) for one in parsed) is call


def test_every_policy_of_every_header_and_meta_element_applies():
    html = """<head><meta http-equiv="content-security-POLICY" content="connect-src 'self', nonsense; sandbox">
              <base href="https://answers.example.net/"><script src="widget.js" data-site="site_x" nonce="n"></script>
              </head>
              <body><meta http-equiv="Content-Security-Policy" content="default-src 'none'"></body>"""
    headers = httpx.Headers(
        [("Content-Security-Policy", "script-src 'self', img-src *"), ("Content-Security-Policy", "script-src *")]
    )
    page = page_of(PAGE, 200, headers, html)
    assert [dict(policy.directives) for policy in page.policies] == [
        {"script-src": ("'self'",)},
        {"img-src": ("*",)},
        {"script-src": ("*",)},
        {"connect-src": ("'self',", "nonsense")},
    ]
    assert [(tag.script, tag.site) for tag in page.tags] == [(Script(WIDGET, "n"), "site_x")]
    found = list(check_policies(page, SERVER, "site_x", ""))
    assert [one.level for one in found] == ["failed", "failed"]
    assert found[0].hint == f"Change the directive to: script-src 'self' {SERVER}"
    assert found[1].hint.startswith("Change the directive to: connect-src")


@pytest.mark.parametrize(
    ("policy", "hints"),
    [
        ("default-src 'self'", [f"script-src 'self' {SERVER}", f"connect-src 'self' {SERVER}"]),
        ("default-src 'none'", [f"to: script-src {SERVER}", f"to: connect-src {SERVER}"]),
        ("script-src 'strict-dynamic' 'nonce-x'", ["the page's nonce"]),
        (f"default-src {SERVER}; trusted-types app", ["trusted-types app footnoted"]),
        (f"default-src {SERVER}; trusted-types 'none'", ["to: trusted-types footnoted"]),
        (f"default-src {SERVER}; trusted-types app footnoted; require-trusted-types-for 'script'", []),
        (f"default-src {SERVER}; require-trusted-types-for 'script'", []),
        ("sandbox allow-forms", ["sandbox allow-forms allow-scripts allow-same-origin"]),
    ],
)
def test_the_line_to_add_is_told_and_helps(policy, hints):
    def check(text):
        page = page_of(PAGE, 200, httpx.Headers({"Content-Security-Policy": text}), "")
        return list(check_policies(page, SERVER, "site_x", 't.createPolicy("footnoted",{createHTML:t=>t})'))

    found = [one for one in check(policy) if one.level == "failed"]
    assert len(found) == len(hints)
    assert all(hint in one.hint for hint, one in zip(hints, found, strict=True))
    if any("nonce" in hint for hint in hints):
        return
    lines = [one.hint.partition(" to: ")[2] for one in found]
    names = {line.split()[0] for line in lines}
    kept = [part for part in policy.split(";") if part.split()[0] not in names]
    assert [one.level for one in check("; ".join([*kept, *lines]))] == ["ok"]


def test_a_policy_that_only_reports_blocks_nothing():
    page = page_of(PAGE, 200, httpx.Headers({"Content-Security-Policy-Report-Only": "default-src 'none'"}), "")
    [found] = check_policies(page, SERVER, None, "")
    assert found.level == "ok"


@pytest.mark.parametrize(
    ("html", "level", "words"),
    [
        (f'<script src="{WIDGET}?v=1" data-site="site_x" defer></script>', "ok", ""),
        ('<footnoted-chat site="site_x"></footnoted-chat>', "ok", ""),
        ("<p>", "warning", "no script tag"),
        ('<script src="https://old.example.net/widget.js" data-site="site_x"></script>', "failed", "old.example.net"),
        (f'<script src="{WIDGET}" data-site="site_y"></script>', "failed", "site_y"),
        (f'<script src="{WIDGET}"></script>', "failed", "none"),
    ],
)
def test_the_script_tag_is_looked_for(html, level, words):
    found = check_tag(page_of(PAGE, 200, httpx.Headers(), html), SERVER, "site_x")
    assert found.level == level
    assert words in found.message


@pytest.mark.parametrize(
    ("page", "server", "level"),
    [
        ("https://www.example.org", "http://answers.example.net", "failed"),
        ("https://www.example.org", "http://127.0.0.1:8000", "warning"),
        ("https://www.example.org", "https://answers.example.net", None),
        ("http://www.example.org", "http://answers.example.net", None),
    ],
)
def test_https_pages_and_http_servers(page, server, level):
    found = check_mixed_content(page, server)
    assert (found and found.level) == level


# With real servers


@pytest.fixture(scope="module")
def check() -> Callable[..., dict[str, list[Finding]]]:
    """The findings of the command, by check; two tests run it in a process of its own."""

    def run(origin: str, server: str, site: str | None = None) -> dict[str, list[Finding]]:
        by_check: dict[str, list[Finding]] = {}
        for finding in embedding_findings(origin, server, site):
            assert finding.hint or finding.level == "ok"
            by_check.setdefault(finding.check, []).append(finding)
        return by_check

    return run


@pytest.fixture(scope="module")
def host():
    with host_site() as site:
        yield site


@pytest.fixture(scope="module")
def site(server, served_folder, host) -> Iterator[str]:
    """A site that allows the host's pages."""
    token = (served_folder / "admin.token").read_text().strip()
    with httpx.Client(base_url=server, headers={"Authorization": f"Bearer {token}"}) as operator:
        made = operator.post("/v1/admin/sites", json={"name": "Checked", "origins": [host.origin]}).json()
        yield made["id"]
        operator.delete(f"/v1/admin/sites/{made['id']}")


def levels(found: dict[str, list[Finding]]) -> dict[str, list[str]]:
    return {check: [one.level for one in all_of] for check, all_of in found.items()}


def test_a_page_that_works_is_found_to_work(check, server, host, site):
    tag = f'<script src="{server}/widget.js" data-site="{site}" defer></script>'
    policy = f"default-src 'none'; script-src {server}; connect-src {server}"
    found = check(host.put("/good", tag, Content_Security_Policy=policy), server)
    assert levels(found) == {
        name: ["ok"]
        for name in ("server", "page", "widget.js", "site", "preflight", "stream", "page's policy", "script tag")
    }
    assert "bit by bit" in found["stream"][0].message


def test_what_is_wrong_with_a_page_is_told_with_the_fix(check, server, host, site):
    found = check(host.put("/bad", "<p>", Content_Security_Policy="default-src 'self'"), server, site)
    assert [one.hint for one in found["page's policy"]] == [
        f"Add the directive to: script-src 'self' {server}",
        f"Add the directive to: connect-src 'self' {server}",
    ]
    assert levels(found)["script tag"] == ["warning"]


def test_an_origin_that_is_not_allowed_is_told_with_the_command(check, server, site):
    with host_site() as stranger:
        found = check(stranger.put("/", "<p>"), server, site)
    assert found["site"][0].level == "failed"
    assert found["site"][0].hint == f"Allow it: footnoted sites edit {site} --add-origin {stranger.origin}"


def test_an_unknown_site_and_a_page_that_is_not_reached(check, server):
    found = check("http://nowhere.invalid/page", server, "site_unknown0000")
    assert levels(found)["page"] == ["warning"]
    assert levels(found)["site"] == ["failed"]
    assert levels(found)["preflight"] == ["ok"]
    assert "page's policy" not in found


def test_a_server_that_is_not_there(check, host):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    found = check(host.put("/", "<p>"), f"http://127.0.0.1:{port}", "site_x")
    assert levels(found)["server"] == ["failed"]
    assert "widget.js" not in found
    assert levels(check(host.put("/", "<p>"), "http://nowhere.invalid"))["server"] == ["failed"]


def test_a_redirect_of_the_page_is_followed_to_the_origin_that_counts(check, server, site, host):
    with _proxy(server, redirect=host.put("/end", "<p>")) as other:
        found = check(f"{other}/start", server, site)
    assert levels(found)["page"] == ["warning"]
    assert host.origin in found["page"][0].hint
    assert levels(found)["site"] == ["ok"]


@pytest.mark.parametrize(
    "wrong", ["www.example.org", "file:///page.html", "https://", "http://a b", "null", "https://*.a.org"]
)
def test_an_address_that_is_none_is_refused(check, wrong):
    for page, server in ((wrong, SERVER), (PAGE, wrong)):
        with pytest.raises(InvalidRequest):
            check(page, server)


def test_a_server_below_a_path_is_refused(check):
    with pytest.raises(InvalidRequest, match="path"):
        check(PAGE, f"{SERVER}/footnoted/")


# The command


def test_the_command_tells_programs_and_people(footnoted, server, host, site):
    page = host.put("/good", f'<script src="{server}/widget.js" data-site="{site}" defer></script>')
    told = footnoted("doctor", "--json", "--origin", page, "--server", server)
    assert told.returncode == 0, told.stderr
    assert {finding["level"] for finding in json.loads(told.stdout)} == {"ok"}
    told = footnoted("doctor", "--origin", page, "--server", server, "--site", "site_unknown0000")
    assert told.returncode == 1
    assert "failed  site: The server has no site site_unknown0000." in told.stdout
    assert "footnoted sites list" in told.stdout
    assert "python" not in told.stdout


def test_the_command_refuses_options_that_go_with_others(footnoted):
    result = footnoted("doctor", "--server", "https://answers.example.net")
    assert result.returncode == 1
    assert "Error:" in result.stderr
    assert "--origin" in result.stderr


# Proxies that spoil something


@contextmanager
def _proxy(
    server: str, *, buffered: bool = False, zipped: bool = False, drop: tuple[str, ...] = (), add: tuple = (),
    refuse: str = "", redirect: str = "", kind: str = "", certificate: trustme.LeafCert | None = None,
) -> Iterator[str]:  # fmt: skip
    """A reverse proxy on a port of its own, with one fault or none; gives its address."""
    target = urlsplit(server).netloc

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.0"  # the end of the connection is the end of the answer

        def _pass(self) -> None:
            if redirect:
                self.send_response(308)
                self.send_header("Location", redirect)
                self.end_headers()
                return
            if self.command == refuse:
                self.send_error(405)
                return
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            asked = {
                name: value for name, value in self.headers.items() if name.lower() not in ("host", "accept-encoding")
            }
            connection = http.client.HTTPConnection(target, timeout=60)
            connection.request(self.command, self.path, body, asked)
            answer = connection.getresponse()
            self.send_response(answer.status)
            gone = {"transfer-encoding", "connection", *drop, *(["content-length"] if zipped else [])}
            for name, value in answer.getheaders():
                if name.lower() not in gone:
                    self.send_header(name, kind if kind and name.lower() == "content-type" else value)
            for name, value in (*add, *([("Content-Encoding", "gzip")] if zipped else [])):
                self.send_header(name, value)
            self.end_headers()
            if buffered or zipped:
                whole = answer.read()
                self.wfile.write(gzip.compress(whole) if zipped else whole)
            else:
                while piece := answer.read1():
                    self.wfile.write(piece)
            connection.close()

        do_GET = do_POST = do_OPTIONS = _pass

        def log_message(self, *_: object) -> None:
            pass

    listening = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    scheme, name = "http", "127.0.0.1"
    if certificate is not None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        certificate.configure_cert(context)
        listening.socket = context.wrap_socket(listening.socket, server_side=True)
        scheme, name = "https", "localhost"
    thread = threading.Thread(target=listening.serve_forever)
    thread.start()
    try:
        yield f"{scheme}://{name}:{listening.server_address[1]}"
    finally:
        listening.shutdown()
        listening.server_close()
        thread.join()


@pytest.mark.parametrize(
    ("fault", "checked", "level", "words"),
    [
        ({}, "stream", "ok", "bit by bit"),
        ({"buffered": True}, "stream", "warning", "holds the answer back"),
        ({"zipped": True}, "stream", "warning", "gzip"),
        ({"refuse": "OPTIONS"}, "preflight", "failed", "405"),
        ({"refuse": "POST"}, "site", "failed", "405"),
        ({"drop": ("access-control-allow-origin",)}, "site", "failed", "no Access-Control-Allow-Origin"),
        ({"add": (("Access-Control-Allow-Origin", "*"),)}, "preflight", "failed", "more than once"),
        ({"drop": ("access-control-allow-headers",)}, "preflight", "failed", "authorization"),
        ({"drop": ("cross-origin-resource-policy",)}, "widget.js", "failed", "1 of its headers"),
        ({"drop": ("x-content-type-options",)}, "widget.js", "warning", "1 of its headers"),
        ({"kind": "text/html"}, "widget.js", "failed", "text/html"),
        ({"redirect": "https://elsewhere.example.net/"}, "server", "failed", "redirects"),
    ],
)
def test_what_a_proxy_spoils_is_found(check, server, host, site, fault, checked, level, words):
    with _proxy(server, **fault) as proxy:
        [found] = check(host.put("/plain", "<p>"), proxy, site)[checked]
    assert (found.level, words in found.message) == (level, True), found


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.mark.parametrize(
    ("names", "days", "trusted", "level", "words"),
    [
        (["localhost"], 90, True, "ok", "trusted"),
        (["localhost"], 5, True, "warning", "runs out"),
        (["localhost"], -5, True, "failed", "expired"),
        (["other.example.net"], 90, True, "failed", "mismatch"),
        (["localhost"], 90, False, "failed", "Not trusted"),
    ],
)
def test_the_certificate(check, server, host, authority, tmp_path, monkeypatch, names, days, trusted, level, words):
    now = datetime.now(UTC)
    made = authority.issue_cert(*names, not_before=now - timedelta(days=30), not_after=now + timedelta(days=days))
    file = tmp_path / "authority.pem"
    (authority if trusted else trustme.CA()).cert_pem.write_to_path(str(file))
    with _proxy(server, certificate=made) as proxy:
        monkeypatch.setenv("SSL_CERT_FILE", str(file))
        found = check(host.put("/plain", "<p>"), proxy, "site_x")
    [certificate] = found["certificate"]
    assert (certificate.level, words in certificate.message) == (level, True), certificate
    assert ("widget.js" in found) is (level != "failed")


def test_a_port_without_tls_is_no_https_server(check, server, host):
    found = check(host.put("/plain", "<p>"), server.replace("http://", "https://"))
    assert [one.level for one in found["certificate"]] == ["failed"]
    assert "TLS" in found["certificate"][0].hint


@pytest.mark.parametrize(
    ("page", "server", "level"),
    [
        ("http://198.41.0.4/", "http://10.0.0.1:8000", "failed"),
        ("http://198.41.0.4/", "http://127.0.0.1:8000", "failed"),
        ("http://198.41.0.4/", "http://198.41.0.5", None),
        ("http://10.0.0.2/", "http://10.0.0.1:8000", None),
        ("http://nowhere.invalid/", "http://10.0.0.1:8000", None),
    ],
)
def test_a_public_page_and_a_server_of_a_local_network(page, server, level):
    found = check_private(page, server)
    assert (found and found.level) == level
