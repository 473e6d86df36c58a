"""The proxy of deploy/nginx/replicas.conf as it stands, but for its addresses."""

import getpass
import re
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

CONFIGURATION = Path(__file__).parents[2] / "deploy" / "nginx" / "replicas.conf"
SERVED_BY = "x-served-by"
"""A header of the tests' own: the address of the replica that answered, and before it those that failed to."""
_START_S = 30
_MAIN = """
daemon off;
worker_processes 2;
user {user};
pid {folder}/nginx.pid;
error_log {folder}/error.log info;
events {{ worker_connections 1024; }}
http {{
    access_log {folder}/access.log;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    add_header X-Served-By $upstream_addr always;
    include {folder}/replicas.conf;
}}
"""


def nginx() -> str | None:
    """Its command; None where it is not installed."""
    return shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as free:
        return int(free.getsockname()[1])


def configured(replicas: Sequence[str], port: int) -> str:
    """The configuration with the replicas' addresses in place of its example's."""
    text = CONFIGURATION.read_text(encoding="utf-8")
    for number, url in enumerate(replicas, 1):
        text, found = re.subn(rf"server replica-{number}:8000\b", f"server {urlsplit(url).netloc}", text)
        assert found == 1, f"replica-{number} stands {found} times in {CONFIGURATION}"
    text, found = re.subn(r"listen 80;", f"listen 127.0.0.1:{port};", text)
    assert found == 1
    assert not re.search(r"^\s*server replica-", text, re.MULTILINE), "there are replicas that nobody runs"
    return text


@contextmanager
def proxied(replicas: Sequence[str], folder: Path) -> Iterator[str]:
    """Gives the URL of an nginx before the replicas."""
    command = nginx()
    assert command is not None
    folder.mkdir(parents=True)
    port = free_port()
    (folder / "replicas.conf").write_text(configured(replicas, port), encoding="utf-8")
    main = folder / "nginx.conf"
    main.write_text(_MAIN.format(folder=folder, user=getpass.getuser()), encoding="utf-8")
    with (
        (folder / "stderr").open("wb") as errors,
        subprocess.Popen([command, "-p", str(folder), "-c", str(main)], stderr=errors) as process,
    ):
        try:
            _wait(process, port, folder)
            yield f"http://127.0.0.1:{port}"
        finally:
            process.terminate()
            process.wait()


def _wait(process: "subprocess.Popen[bytes]", port: int, folder: Path) -> None:
    deadline = time.monotonic() + _START_S
    while process.poll() is None and time.monotonic() < deadline:
        try:
            socket.create_connection(("127.0.0.1", port)).close()
            return
        except ConnectionRefusedError:
            time.sleep(0.05)
    raise AssertionError(f"nginx did not start: {(folder / 'stderr').read_text()}")
