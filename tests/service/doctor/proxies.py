"""Reverse proxies as people set them up, well and badly: one that passes answers on in pieces, and nginx."""

import gzip
import shutil
import socket
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import urlsplit

import httpx

NGINX = shutil.which("nginx", path="/usr/sbin:/usr/bin:/usr/local/sbin")
_HOP = {"connection", "transfer-encoding", "content-length", "date", "server"}


@contextmanager
def proxy(
    upstream: str, *, holds: bool = False, packs: bool = False, forwards: bool = True, keeps_host: bool = True
) -> Iterator[str]:
    """A small one: ``holds`` answers back until they are complete, ``packs`` them."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.0"

        def do_GET(self) -> None:
            headers = {"Host": self.headers["Host"] if keeps_host else urlsplit(upstream).netloc}
            if forwards:
                headers["X-Forwarded-For"] = "203.0.113.7"
            with httpx.stream("GET", upstream + self.path, headers=headers, timeout=30) as answer:
                kept = {name: value for name, value in answer.headers.items() if name.lower() not in _HOP}
                if packs:
                    kept["Content-Encoding"] = "gzip"
                self.send_response(answer.status_code)
                for name, value in kept.items():
                    self.send_header(name, value)
                self.end_headers()
                if holds or packs:
                    body = answer.read()
                    self.wfile.write(gzip.compress(body) if packs else body)
                    return
                for piece in answer.iter_raw():
                    self.wfile.write(piece)
                    self.wfile.flush()

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as running:
        thread = threading.Thread(target=running.serve_forever, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{running.server_port}"
        running.shutdown()
        thread.join()


@contextmanager
def nginx(folder: Path, upstream: str, *location: str) -> Iterator[str]:
    """A real one with the directives in its location."""
    assert NGINX is not None
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    folder.mkdir()
    temporary = "".join(
        f"{kind}_temp_path {folder}/{kind};" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    config = folder / "nginx.conf"
    config.write_text(
        f"daemon off; pid {folder}/pid; error_log {folder}/errors; events {{}}\n"
        f"http {{ access_log off; {temporary}\n"
        f"server {{ listen 127.0.0.1:{port}; location / {{ proxy_pass {upstream}; {' '.join(location)} }} }} }}\n"
    )
    with subprocess.Popen([NGINX, "-c", str(config), "-e", str(folder / "errors")]) as process:
        try:
            _wait(port, process)
            yield f"http://127.0.0.1:{port}"
        finally:
            process.terminate()
            process.wait()


def _wait(port: int, process: subprocess.Popen) -> None:
    while process.poll() is None:
        with socket.socket() as tried:
            if tried.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise AssertionError("nginx did not start")
