"""A real browser on a page of another origin: what it lets that page read of `/v1/sites/…`."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from service.sites.store import Sites

pytestmark = pytest.mark.slow

_ASK = """
async ([server, site, questions]) => {
  const post = (path, body, token) => fetch(`${server}/v1/sites/${site}/${path}`, {
    method: "POST", body: JSON.stringify(body),
    headers: {"Content-Type": "application/json", ...(token && {Authorization: `Bearer ${token}`})},
  });
  const opened = await post("session", {});
  if (!opened.ok) return {status: opened.status, code: (await opened.json()).code};
  const {token} = await opened.json();
  const streams = [];
  let last;
  for (const question of questions) {
    last = await post("ask", {question, stream: true}, token);
    streams.push(await last.text());
  }
  return {status: last.status, streams, wait: last.headers.get("Retry-After"), id: last.headers.get("X-Request-ID")};
}
"""


class _Page(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        self.wfile.write(b"<!doctype html><title>Host</title><link rel=icon href='data:,'>")

    def log_message(self, *_: object) -> None:
        """No lines among the tests'."""


@pytest.fixture(scope="module")
def host_page() -> Iterator[str]:
    """The origin of a page that is not the service's."""
    with ThreadingHTTPServer(("127.0.0.1", 0), _Page) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def test_a_page_on_the_list_asks_and_others_read_why_not(browser, start_server, host_page, tmp_path, date_question):
    folder = tmp_path / "data"
    sites = Sites(folder)
    site = sites.add("Docs", "default", [host_page])
    closed = sites.add("Closed", "default", [])
    sites.close()
    with start_server(folder, "--demo", FOOTNOTED_SITES__QUESTIONS_PER_MINUTE="1") as running:
        page = browser.new_page()
        page.goto(host_page)
        asked = page.evaluate(_ASK, [running.url, site.id, [date_question, date_question]])
        refused = page.evaluate(_ASK, [running.url, closed.id, [date_question]])
        # Anything else of the server stays closed to the page.
        other = page.evaluate("url => fetch(url).then(() => 'read', () => 'hidden')", f"{running.url}/v1/documents")
        page.close()
    assert asked["status"] == 429
    assert "event: done" in asked["streams"][0]
    assert "too_many_requests" in asked["streams"][1]
    assert 1 <= int(asked["wait"]) <= 60
    assert asked["id"]
    assert refused == {"status": 403, "code": "origin_not_allowed"}
    assert other == "hidden"
