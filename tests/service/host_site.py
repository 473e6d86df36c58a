"""Somebody else's site: pages on a port of their own, with the headers that their owner chose."""

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class HostSite:
    """``put`` publishes a page; ``origin`` is the site's."""

    def __init__(self, server: ThreadingHTTPServer) -> None:
        self.origin = f"http://127.0.0.1:{server.server_address[1]}"
        self.pages: dict[str, tuple[str, str, Mapping[str, str]]] = {}

    def put(self, path: str, body: str, kind: str = "text/html", **headers: str) -> str:
        """``headers`` by name with _ for -. Gives the address."""
        self.pages[path] = (body, kind, {name.replace("_", "-"): value for name, value in headers.items()})
        return self.origin + path


@contextmanager
def host_site() -> Iterator[HostSite]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            found = site.pages.get(self.path.split("?")[0])
            body = (found[0] if found else "").encode()
            self.send_response(200 if found else 404)
            self.send_header("Content-Type", f"{found[1] if found else 'text/plain'}; charset=utf-8")
            self.send_header("Content-Length", str(len(body)))
            for name, value in found[2].items() if found else ():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    site = HostSite(server)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield site
    server.shutdown()
    server.server_close()
    thread.join()
