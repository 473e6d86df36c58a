"""A real HTTP server on this machine, whose answers a test lays out, and what it was asked."""

import socket
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from ingest.web.client import Web
from ingest.web.rules import WebRules


@dataclass(frozen=True)
class Page:
    """An answer. ``send`` writes it itself, for what no honest server does."""

    body: bytes = b""
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    send: Callable[[socket.socket], None] | None = None


@dataclass
class Site:
    """``pages`` by path; one that is not there answers 404, but for robots.txt, which allows all.

    A list of pages is given one after the other, the last one from then on. ``asked`` has each path that came, in
    order, with its headers.
    """

    port: int
    pages: dict[str, Page | list[Page]] = field(default_factory=dict)
    asked: list[tuple[str, Mapping[str, str]]] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def paths(self) -> list[str]:
        """What was asked for, without robots.txt."""
        return [path for path, _ in self.asked if path != "/robots.txt"]

    def answer(self, path: str) -> Page:
        found = self.pages.get(path, Page(b"nothing here", 404))
        if isinstance(found, list):
            return found.pop(0) if len(found) > 1 else found[0]
        return found


@contextmanager
def serving_site(host: str = "127.0.0.1") -> Iterator[Site]:
    """A site of its own, empty."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            site.asked.append((self.path, {name.lower(): value for name, value in self.headers.items()}))
            page = site.answer(self.path)
            if page.send is not None:
                self.close_connection = True
                page.send(self.connection)
                return
            self.send_response(page.status)
            for name, value in page.headers.items():
                self.send_header(name, value)
            if "Content-Length" not in page.headers:
                self.send_header("Content-Length", str(len(page.body)))
            self.end_headers()
            self.wfile.write(page.body)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer((host, 0), Handler)
    server.daemon_threads = True
    site = Site(server.server_address[1])
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield site
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def web_of(slept: list[float] | None = None, **rules: object) -> Web:
    """The web with this machine allowed, and time that does not pass: what would be slept is written down."""
    waits = [] if slept is None else slept
    given = {"allowed_private": ("127.0.0.1",), "requests_per_second": 1000.0, "timeout_s": 10.0, **rules}
    return Web(WebRules(**given), sleep=waits.append)
