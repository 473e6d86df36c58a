"""``footnoted serve``: the HTTP service and the chat page."""

import json
import socket
from pathlib import Path
from typing import Annotated

import typer
import uvicorn

from core.errors import Conflict
from service.addresses import own_address
from service.app import create_app
from service.commands.options import DataDir, settings_with
from service.console import err, ingest_progress, out, rendered_errors
from service.engine import Engine
from service.guard import LOOPBACK
from service.logs import configure_logs
from service.operator import load_token
from service.settings import Settings

SAMPLE = Path(__file__).resolve().parent.parent / "sample"
SAMPLE_DOCUMENT = SAMPLE / "central-foreign-affairs-work-conference.txt"
_SAMPLE_SUGGESTIONS = 3


def serve(
    host: Annotated[str | None, typer.Option(help="Address to listen on.")] = None,
    port: Annotated[int | None, typer.Option(min=0, max=65535, help="Port to listen on; 0 takes a free one.")] = None,
    data_dir: DataDir = None,
    demo: Annotated[bool, typer.Option("--demo", help="With an empty data folder, ingest a sample document.")] = False,
) -> None:
    """Serve the chat page and the API."""
    with rendered_errors(as_json=False):
        settings = settings_with(data_dir, server={"host": host, "port": port})
        listening = _listen(settings)
        engine = Engine.open(settings)
        if demo and not any(collection.documents for collection in engine.collections()):
            err.print("The data folder is empty: reading the sample document.")
            with ingest_progress() as progress:
                engine.ingest([SAMPLE_DOCUMENT], "default", progress)
        if not settings.chat.suggestions and _has_sample(engine):
            settings.chat.suggestions = _sample_questions()
        app = create_app(settings, engine)
    configure_logs()
    address = own_address(settings.server.host, listening.getsockname()[1])
    out.print(f"Footnoted answers at [bold]{address}[/]  (API: {address}/docs, stop with Ctrl-C)")
    out.print(f"Operator's pages: {address}/admin#token={load_token(settings.data_dir)}")
    if settings.chat.suggestions:
        out.print(f"Try: {settings.chat.suggestions[0]}")
    if settings.server.host not in LOOPBACK:
        err.print("[yellow]Note:[/] whoever reaches this address can read and change all documents.")
    proxies = settings.server.trusted_proxies
    config = uvicorn.Config(
        app,
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=bool(proxies),
        forwarded_allow_ips=proxies,
    )
    uvicorn.Server(config).run([listening])


def _listen(settings: Settings) -> socket.socket:
    """Bind before anything slow, so that a port in use is told at once. Raises Conflict."""
    host, port = settings.server.host, settings.server.port
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
        listening = socket.create_server((host, port), family=family, backlog=2048)
        # Inherited by every connection: without it, small writes wait 40 ms for the client's acknowledgement.
        listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return listening
    except OSError as error:
        raise Conflict(
            f"Cannot listen on {host}, port {port}: {error.strerror}.",
            "Stop what uses it, or choose another with --port.",
        ) from error


def _has_sample(engine: Engine) -> bool:
    names = [collection.name for collection in engine.collections()]
    return "default" in names and any(row.uri == SAMPLE_DOCUMENT.as_uri() for row in engine.documents("default"))


def _sample_questions() -> list[str]:
    lines = (SAMPLE / "questions.jsonl").read_text(encoding="utf-8").splitlines()
    rows = [json.loads(line) for line in lines if line]
    return [row["question"] for row in rows if row["answerable"]][:_SAMPLE_SUGGESTIONS]
