"""``footnoted verify``: proof that the data folder is whole, and that what was deleted is gone."""

import random
from collections.abc import Iterator
from dataclasses import asdict
from typing import Annotated

import typer
from rich.markup import escape

from core.errors import InvalidRequest
from index.purge import empty_log
from index.tidy import tidy
from index.verify.check import Check, Level
from index.verify.run import verify as all_checks
from index.verify.run import verify_deleted
from index.verify.server import verify_server
from service.commands.options import AsJson, DataDir, settings_with
from service.console import out, print_json, rendered_errors
from service.engine import Engine

_MARKS = {Level.OK: "[green]ok[/]     ", Level.WARNING: "[yellow]warning[/]", Level.FAILED: "[bold red]failed[/] "}


def verify(
    deleted: Annotated[
        str | None,
        typer.Option(help="Check only that no file holds this: the id of a deleted document, or a text of 32 letters."),
    ] = None,
    sample: Annotated[
        int, typer.Option(min=0, help="Passages of each collection that are embedded again; 0 loads no model.")
    ] = 20,
    tidy_up: Annotated[
        bool, typer.Option("--tidy", help="Remove files that nothing leads to, before checking.")
    ] = False,
    purge: Annotated[
        bool, typer.Option(help="Write the index anew without what was deleted, before checking: takes time and room.")
    ] = False,
    data_dir: DataDir = None,
    as_json: AsJson = False,
) -> None:
    """Check the data folder, or the database, against itself.

    Exit code 1 if anything failed; a warning costs room or privacy only.
    """
    found = []
    with rendered_errors(as_json), Engine.open(settings_with(data_dir)) as engine:
        store, folder = engine.store, engine.store.data_dir
        empty_log(store.catalog)  # as closing the catalog would have done, had its last process not been killed
        on_server = store.place.on_server
        if tidy_up or purge:
            removed = tidy(folder, store.catalog, store.originals)
            if not as_json:
                out.print(f"{removed} files removed that nothing led to")
        if purge:
            store.purge()
        checks: Iterator[Check]
        if deleted is not None and on_server:
            raise InvalidRequest(
                "What PostgreSQL keeps in its own files, its log and its backups is not looked through.",
                "--purge writes its tables anew; its log and backups go by their age there.",
            )
        if deleted is not None:
            checks = iter(verify_deleted(folder, store.catalog, deleted))
        elif on_server:
            checks = verify_server(store, store.encoder, sample, random.randrange(2**32))
        else:
            checks = all_checks(folder, store.catalog, store.encoder, sample, random.randrange(2**32))
        for check in checks:
            found.append(check)
            if not as_json:
                _print(check)
    failed = any(check.level is Level.FAILED for check in found)
    if as_json:
        print_json({"ok": not failed, "checks": [asdict(check) for check in found]})
    if failed:
        raise typer.Exit(1)


def _print(check: Check) -> None:
    out.print(f"{_MARKS[check.level]} {escape(check.name)}: {escape(check.message)}")
    if check.hint:
        out.print(f"        {escape(check.hint)}")
