"""``footnoted doctor --url``: what a proxy does to streams, addresses and names is found, with the directive that mends
it.
"""

import json

import httpx
import pytest
from proxies import NGINX, nginx, proxy

from core.errors import InvalidRequest
from service.doctor.proxy import proxy_findings
from service.embedding.finding import Finding

WELL = (
    "proxy_set_header Host $http_host;",
    "proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;",
    "proxy_set_header X-Forwarded-Proto $scheme;",
)
needs_nginx = pytest.mark.skipif(NGINX is None, reason="nginx is not installed: apt install nginx-light")


def found(url: str) -> dict[str, Finding]:
    return {finding.check: finding for finding in proxy_findings(url)}


def levels(url: str) -> dict[str, str]:
    return {name: finding.level for name, finding in found(url).items()}


@pytest.fixture(scope="module")
def distrustful(start_server, tmp_path_factory):
    """A server that believes no proxy of this machine."""
    trusted = {"FOOTNOTED_SERVER__TRUSTED_PROXIES": '["10.9.9.9"]'}
    with start_server(tmp_path_factory.mktemp("distrustful") / "data", wait_ready=False, **trusted) as running:
        yield running.url


def test_without_a_proxy_all_is_well(server):
    told = found(server)
    assert {name: one.level for name, one in told.items()} == {
        "server": "ok",
        "stream": "ok",
        "visitors": "ok",
        "clock": "ok",
        "access": "warning",  # the tests' server is open to this machine
    }
    assert "no sign of a proxy" in told["visitors"].message


def test_a_proxy_that_passes_everything_on_is_found_well(server):
    with proxy(server) as url:
        told = found(url)
    assert (told["stream"].level, told["visitors"].level) == ("ok", "ok")
    assert "X-Forwarded-For" in told["visitors"].message


def test_one_that_holds_events_back_is_found(server):
    with proxy(server, holds=True) as url:
        stream = found(url)["stream"]
    assert stream.level == "warning"
    assert "holds events back" in stream.message
    assert "proxy_buffering off" in stream.hint


def test_one_that_compresses_events_is_found(server):
    with proxy(server, packs=True) as url:
        stream = found(url)["stream"]
    assert stream.level == "warning"
    assert "gzip" in stream.message


def test_one_that_hides_its_visitors_is_found(server):
    with proxy(server, forwards=False) as url:
        visitors = found(url)["visitors"]
    assert (visitors.level, "A proxy answers (server)" in visitors.message) == ("warning", True)
    with proxy(server, forwards=False, keeps_host=False) as url:
        host = found(url)["host"]
    assert host.level == "failed"
    assert "proxy_set_header Host" in host.hint


def test_one_that_is_not_believed_is_found(distrustful):
    with proxy(distrustful) as url:
        visitors = found(url)["visitors"]
    assert visitors.level == "warning"
    assert "server.trusted_proxies" in visitors.hint


@needs_nginx
def test_nginx_with_the_directives_of_the_docs_is_well(server, tmp_path):
    with nginx(tmp_path / "nginx", server, *WELL) as url:
        assert levels(url) == {
            "server": "ok",
            "stream": "ok",
            "visitors": "ok",
            "clock": "ok",
            "access": "warning",
        }


@needs_nginx
def test_nginx_as_it_comes_changes_the_host_and_hides_visitors(server, tmp_path):
    with nginx(tmp_path / "nginx", server) as url:
        told = found(url)
    assert (told["visitors"].level, told["host"].level) == ("warning", "failed")
    assert "X-Forwarded-For" in told["visitors"].hint


@needs_nginx
def test_nginx_that_buffers_all_the_same_is_found(server, tmp_path):
    held = ("proxy_buffering on;", "proxy_ignore_headers X-Accel-Buffering;", "gzip on;", "gzip_types *;")
    with nginx(tmp_path / "nginx", server, *WELL, *held) as url:
        stream = found(url)["stream"]
    assert stream.level == "warning"
    assert "proxy_buffering off" in stream.hint


def test_an_address_where_nothing_answers_is_told():
    told = found("http://127.0.0.1:1")
    assert told["probe"].level == "failed"
    assert list(proxy_findings("http://no-such-host.invalid"))[-1].level == "failed"


def test_another_program_is_not_taken_for_footnoted(tmp_path):
    from http.server import BaseHTTPRequestHandler, HTTPServer
    from threading import Thread

    class Other(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.end_headers()
            self.wfile.write(b"event: other\n\n")

        def log_message(self, *_: object) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Other) as other:
        Thread(target=other.serve_forever, daemon=True).start()
        assert found(f"http://127.0.0.1:{other.server_port}")["probe"].level == "failed"
        other.shutdown()


@pytest.mark.parametrize("url", ["answers.example.org", "ftp://example.org", "https://example.org/path", "https://:0"])
def test_what_is_no_address_of_a_server_is_refused(url):
    with pytest.raises(InvalidRequest):
        list(proxy_findings(url))


def test_the_probe_tells_nothing_but_how_the_request_arrived(client):
    answer = client.get("/v1/probe", params={"host": "elsewhere"}, headers={"X-Forwarded-For": "198.51.100.4"})
    first = answer.text.split("\n\n")[0]
    assert json.loads(first.partition("data: ")[2]) == {
        "forwarded": True,
        "believed": True,
        "scheme": "http",
        "same_host": False,
    }
    assert answer.headers["content-type"].startswith("text/event-stream")
    assert answer.text.count("event: tick") == 5


def test_probes_are_few_at_once(server):
    with httpx.Client(base_url=server) as client:
        from contextlib import ExitStack

        with ExitStack() as opened:
            statuses = [
                opened.enter_context(client.stream("GET", "/v1/probe", timeout=20)).status_code for _ in range(12)
            ]
    assert 429 in statuses
    assert statuses.count(200) >= 8
