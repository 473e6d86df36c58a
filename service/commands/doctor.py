"""``footnoted config`` and ``footnoted doctor``: what is set, and whether it works."""

from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape
from rich.table import Table

from core.errors import InvalidRequest
from service.addresses import own_address
from service.commands.embedding import embedding_findings
from service.commands.options import AsJson, DataDir, settings_with
from service.console import out, print_json, rendered_errors
from service.doctor.proxy import proxy_findings
from service.doctor.run import findings
from service.embedding.finding import Finding
from service.settings import defaults, explain

_MARKS = {"ok": "[green]ok[/]     ", "warning": "[yellow]warning[/]", "failed": "[bold red]failed[/] "}


def config(
    built_in: Annotated[
        bool, typer.Option("--defaults", help="Show the built-in values, whatever is set; never fails.")
    ] = False,
    data_dir: DataDir = None,
    as_json: AsJson = False,
) -> None:
    """Show every setting with its value and where it came from."""
    with rendered_errors(as_json):
        origins = defaults() if built_in else explain({"data_dir": data_dir})
    if as_json:
        print_json([{**asdict(o), "value": str(o.value) if isinstance(o.value, Path) else o.value} for o in origins])
        return
    table = Table("Setting", "Value", "From", "What it is")
    for origin in origins:
        table.add_row(origin.name, escape(str(origin.value)), origin.origin, escape(origin.description))
    out.print(table)


def doctor(
    url: Annotated[
        str | None,
        typer.Option(
            help="Check instead what lies between this public address, https://answers.example.org, and the "
            "server: proxies that buffer or hide visitors, the certificate, the clock."
        ),
    ] = None,
    origin: Annotated[
        str | None,
        typer.Option(help="Check instead whether this page, https://www.example.org/page, can show the chat."),
    ] = None,
    server: Annotated[
        str | None, typer.Option(help="With --origin: where browsers reach this service, https://answers.example.org.")
    ] = None,
    site: Annotated[
        str | None, typer.Option(help="With --origin: the site's id; the one in the page's script tag when not given.")
    ] = None,
    data_dir: DataDir = None,
    as_json: AsJson = False,
) -> None:
    """Check the installation, the models and the data folder. Exit code 1 if anything failed."""
    told: list[Finding] = []
    with rendered_errors(as_json):
        for finding in _chosen(url, origin, server, site, data_dir):
            told.append(finding)
            if not as_json:
                _print(finding)
    if as_json:
        print_json([asdict(finding) for finding in told])
    if any(finding.level == "failed" for finding in told):
        raise typer.Exit(1)


def _chosen(
    url: str | None, origin: str | None, server: str | None, site: str | None, data_dir: Path | None
) -> Iterable[Finding]:
    if url is not None and origin is not None:
        raise InvalidRequest("--url and --origin are two checks.", "Run one after the other.")
    if origin is None and (server is not None or site is not None):
        raise InvalidRequest("--server and --site go with --origin only.", "Name the page by --origin too.")
    settings = settings_with(data_dir)
    if url is not None:
        return proxy_findings(url)
    if origin is not None:
        own = own_address(settings.server.host, settings.server.port)
        return embedding_findings(origin, server or settings.server.public_url or own, site)
    return findings(settings)


def _print(finding: Finding) -> None:
    out.print(f"{_MARKS[finding.level]} {finding.check}: {escape(finding.message)}")
    if finding.hint:
        out.print(f"        {escape(finding.hint)}")
