"""``footnoted serve``: the HTTP service and the chat page."""

import socket
from typing import Annotated

import structlog
import typer

from core.errors import Conflict, SettingsError
from service.access.startup import check_not_open_by_accident
from service.addresses import own_address
from service.audit.settings_seen import note_start
from service.commands.options import DataDir, settings_with
from service.console import out, rendered_errors
from service.logs import configure_logs
from service.operator import load_token
from service.settings import Settings, explain
from service.workers.master import Master
from service.workers.sample import SAMPLE, SAMPLE_DOCUMENT

__all__ = ["SAMPLE", "SAMPLE_DOCUMENT", "serve"]

log = structlog.get_logger("footnoted")


def serve(
    host: Annotated[str | None, typer.Option(help="Address to listen on.")] = None,
    port: Annotated[int | None, typer.Option(min=0, max=65535, help="Port to listen on; 0 takes a free one.")] = None,
    data_dir: DataDir = None,
    demo: Annotated[bool, typer.Option("--demo", help="With an empty data folder, ingest a sample document.")] = False,
) -> None:
    """Serve the chat page and the API."""

    def read_settings() -> Settings:
        return settings_with(data_dir, server={"host": host, "port": port})

    with rendered_errors(as_json=False):
        settings = read_settings()
        check_not_open_by_accident(settings)
        listening = _listen(settings)
    configure_logs(settings.telemetry)

    def note(now: Settings) -> None:
        try:
            found = explain({"data_dir": data_dir, "server": {"host": host, "port": port}})
        except SettingsError as error:  # the file was changed once more
            log.error("act_lost", code=error.code, act="server.start")
        else:
            note_start(now.place, found)

    def tell(suggestion: str | None) -> None:
        note(settings)
        announce(settings, own_address(settings.server.host, listening.getsockname()[1]), suggestion)

    def read_again() -> Settings:
        now = with_address_of(settings, read_settings())
        check_not_open_by_accident(now)
        return now

    raise typer.Exit(Master(listening, settings, read_again, tell, note, demo=demo).run())


def with_address_of(first: Settings, now: Settings) -> Settings:
    """What may change while the port stays: who may do what goes by where the server really listens."""
    address = {"host": first.server.host, "port": first.server.port}
    return now.model_copy(update={"server": now.server.model_copy(update=address)})


def announce(settings: Settings, address: str, suggestion: str | None) -> None:
    """Tell who started the server how to use it. Raises IndexBroken, NotReady."""
    out.print(f"Footnoted answers at [bold]{address}[/]  (API: {address}/docs, stop with Ctrl-C)")
    if out.file.isatty():
        out.print(f"Operator's pages: {address}/admin#token={load_token(settings.place)}")
    else:  # a log, which others may read
        out.print(f"Operator's pages: {address}/admin  (for the token: footnoted operators token)")
    if suggestion:
        out.print(f"Try: {suggestion}")


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
