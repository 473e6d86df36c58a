"""``footnoted config`` and ``footnoted doctor``: what is set, and whether it works."""

import os
import shutil
import socket
import sys
from collections.abc import Callable, Iterator
from dataclasses import asdict
from functools import partial
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape
from rich.table import Table
from sqlalchemy import text

from core.errors import FootnotedError, InvalidRequest
from index import schema
from index.catalog import Collection, check_spec
from service.addresses import own_address
from service.commands.embedding import embedding_findings
from service.commands.options import AsJson, DataDir, settings_with
from service.console import out, print_json, rendered_errors
from service.embedding.finding import Finding
from service.engine import Engine
from service.settings import Settings, defaults, explain

_LOW_DISK_GIB = 1


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
    with rendered_errors(as_json):
        settings = settings_with(data_dir)
        if origin is not None:
            own = own_address(settings.server.host, settings.server.port)
            findings = embedding_findings(origin, server or settings.server.public_url or own, site)
        elif server is not None or site is not None:
            raise InvalidRequest("--server and --site go with --origin only.", "Name the page by --origin too.")
        else:
            findings = list(_findings(settings))
    if as_json:
        print_json([asdict(finding) for finding in findings])
    else:
        marks = {"ok": "[green]ok[/]     ", "warning": "[yellow]warning[/]", "failed": "[bold red]failed[/] "}
        for finding in findings:
            out.print(f"{marks[finding.level]} {finding.check}: {escape(finding.message)}")
            if finding.hint:
                out.print(f"        {escape(finding.hint)}")
    if any(finding.level == "failed" for finding in findings):
        raise typer.Exit(1)


def _findings(settings: Settings) -> Iterator[Finding]:
    yield Finding("python", "ok", sys.version.split()[0])
    yield _packages()
    yield _disk(settings)
    yield _port(settings)
    yield from _guarded("data folder", lambda: _data_folder(settings))
    yield from _guarded("models", lambda: _models(settings))


def _guarded(check: str, run: Callable[[], list[Finding]]) -> list[Finding]:
    try:
        return run()
    except FootnotedError as error:
        return [Finding(check, "failed", error.message, error.hint)]


def _packages() -> Finding:
    names = ("torch", "sentence-transformers", "faiss-cpu", "fastapi", "onnxruntime", "pypdfium2")
    found = []
    for name in names:
        try:
            found.append(f"{name} {version(name)}")
        except PackageNotFoundError:
            return Finding("packages", "failed", f"{name} is not installed.", "Run `make install`.")
    return Finding("packages", "ok", ", ".join(found))


def _disk(settings: Settings) -> Finding:
    folder = settings.data_dir.absolute()
    while not folder.exists():
        folder = folder.parent
    free = shutil.disk_usage(folder).free / 1024**3
    if not os.access(folder, os.W_OK):
        return Finding(
            "disk", "failed", f"{folder} cannot be written.", "Change its permissions or FOOTNOTED_DATA_DIR."
        )
    if free < _LOW_DISK_GIB:
        return Finding("disk", "warning", f"{free:.1f} GiB free at {folder}.", "Make room before you ingest.")
    return Finding("disk", "ok", f"{free:.1f} GiB free at {folder}")


def _port(settings: Settings) -> Finding:
    host, port = settings.server.host, settings.server.port
    try:
        with socket.create_server((host, port)):
            return Finding("port", "ok", f"{host}:{port} is free")
    except OSError as error:
        return Finding(
            "port", "warning", f"{host}:{port}: {error.strerror}.", "A running server holds it, or choose --port."
        )


def _data_folder(settings: Settings) -> list[Finding]:
    if not (settings.data_dir / "catalog.db").exists():
        return [Finding("data folder", "ok", f"{settings.data_dir.absolute()} is empty yet")]
    with Engine.open(settings) as engine:
        with schema.read(engine.store.catalog.engine) as connection:
            state = connection.execute(text("PRAGMA quick_check")).scalar_one()
        if state != "ok":
            hint = "Restore a copy of the data folder."
            return [Finding("data folder", "failed", f"The catalog is damaged: {state}.", hint)]
        found = []
        for c in engine.collections():
            found += _guarded("collection", partial(_collection, c, engine))
        return found or [Finding("data folder", "ok", "no collections yet")]


def _collection(collection: Collection, engine: Engine) -> list[Finding]:
    check_spec(collection, engine.store.spec_of(collection))
    counts = f"{collection.documents} documents, {collection.passages} passages"
    return [Finding("collection", "ok", f"{collection.name}: {counts}")]


def _models(settings: Settings) -> list[Finding]:
    """Whether the encoder tells a related sentence from an unrelated one, and the reader reads."""
    with Engine.open(settings) as engine:
        encoder = engine.store.encoder
        question = encoder.encode_questions(["Where was the meeting held?"])[0]
        near, far = (
            encoder.encode_passages(["The meeting took place in Geneva.", "Butter melts at 35 degrees."]) @ question
        )
        if not near > far:
            hint = "Install the model again, or name another in encoder.model."
            return [Finding("encoder", "failed", f"{encoder.name} gives senseless vectors.", hint)]
        engine.check_reader()
        return [
            Finding("encoder", "ok", f"{encoder.name}, {encoder.dimension} dimensions"),
            Finding("reader", "ok", engine.reader_name),
        ]
