"""How long a reader of the widget waits, beside what the service itself needs.

Asks the sample's answerable questions in the widget, on a page of another origin in headless Chromium, and over HTTP
by turns; prints the medians in milliseconds from the click (or the request) to the first words, to the first citation
that can be opened, and to the whole answer. Needs a running server with the sample (``make serve``), Chromium, the
development packages, and a site that the page may use, with limits out of the way:
``footnoted sites add --name Bench --origin http://127.0.0.1:8700``, ``FOOTNOTED_SITES__QUESTIONS_PER_MINUTE=1000`` and
``…_PER_MINUTE_PER_ADDRESS=1000`` for the server; then ``python -m bench.widget --site site_…``.
"""

import argparse
import json
import statistics
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import httpx
from playwright.sync_api import Page, sync_playwright

from service.commands.serve import SAMPLE

_PAGE = """<!doctype html><title>Host</title>
<footnoted-chat site="{site}"></footnoted-chat><script src="{server}/widget.js"></script>"""
# Looks once a frame, as a reader would: what is in the page but not painted yet does not count.
_WATCH = """question => new Promise(resolve => {
  const root = document.querySelector("footnoted-chat").shadowRoot;
  const before = root.querySelectorAll(".exchange").length;
  const field = root.querySelector("#question");
  field.value = question;
  field.dispatchEvent(new Event("input", {bubbles: true}));
  requestAnimationFrame(() => requestAnimationFrame(() => {
    const began = performance.now(), seen = {};
    const look = () => {
      const answer = root.querySelectorAll(".exchange")[before]?.querySelector(".answer");
      const now = performance.now() - began;
      if (answer?.querySelector(".pending")?.textContent || answer?.querySelector(".words")) seen.words ??= now;
      if (answer?.querySelector("button.marker")) seen.citation ??= now;
      if (answer?.querySelector(".confidence") || now > 30000) resolve({...seen, whole: now});
      else requestAnimationFrame(look);
    };
    root.querySelector("#send").click();
    requestAnimationFrame(look);
  }));
})"""
_EVENTS = {"token": "words", "citation": "citation", "done": "whole"}

Times = dict[str, float]


@contextmanager
def host_page(html: str, port: int) -> Iterator[str]:
    """A page on an origin of its own."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.end_headers()
            self.wfile.write(html.encode())

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", port), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()


def in_widget(page: Page, question: str) -> Times:
    times: Times = page.evaluate(_WATCH, question)
    return times


def over_http(client: httpx.Client, address: str, headers: dict[str, str], question: str) -> Times:
    times: Times = {}
    began = time.perf_counter()
    body = {"question": question, "stream": True}
    with client.stream("POST", address, json=body, headers=headers) as response:
        response.raise_for_status()
        for line in response.iter_lines():
            if line.startswith("event:") and (name := _EVENTS.get(line[6:].strip())):
                times.setdefault(name, (time.perf_counter() - began) * 1000)
    return times


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--server", default="http://127.0.0.1:8000")
    parser.add_argument("--site", required=True, help="A site's public id.")
    parser.add_argument("--port", type=int, default=8700, help="Of the page; the site's list has to have its origin.")
    parser.add_argument("--chromium", default="/usr/bin/chromium")
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    rows = [json.loads(line) for line in (SAMPLE / "questions.jsonl").read_text(encoding="utf-8").splitlines()]
    questions = [row["question"] for row in rows if row["answerable"] and not row.get("history")]
    widget: list[Times] = []
    http: list[Times] = []
    with (
        host_page(_PAGE.format(site=options.site, server=options.server), options.port) as address,
        sync_playwright() as playwright,
        httpx.Client(timeout=60) as client,
    ):
        browser = playwright.chromium.launch(executable_path=options.chromium, args=["--no-sandbox"])
        page = browser.new_page(reduced_motion="reduce")
        base = f"{options.server}/v1/sites/{options.site}"
        session = client.post(f"{base}/session", json={}, headers={"Origin": address}).raise_for_status().json()
        headers = {"Authorization": f"Bearer {session['token']}", "Origin": address}
        for _ in range(options.rounds):
            page.goto(address)
            page.evaluate("localStorage.clear()")
            page.reload()
            page.locator("#question").wait_for()
            for question in questions:
                widget.append(in_widget(page, question))
                http.append(over_http(client, f"{base}/ask", headers, question))
        browser.close()
    _print(widget, http)


def _print(widget: list[Times], http: list[Times]) -> None:
    print(f"{'ms, median of ' + str(len(widget)):<28}{'widget':>10}{'HTTP':>10}{'added':>10}")
    for name, words in (("words", "first words"), ("citation", "first citation"), ("whole", "whole answer")):
        seen = statistics.median(times[name] for times in widget if name in times)
        told = statistics.median(times[name] for times in http if name in times)
        print(f"{words:<28}{seen:>10.0f}{told:>10.0f}{seen - told:>10.0f}")


if __name__ == "__main__":
    main()
