"""``footnoted migrate``: collections and the service's state to another database or engine, while it serves."""

import time
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape
from rich.table import Table

from core.errors import InvalidRequest, NotReady
from service.audit.commanded import acting
from service.commands.options import AsJson, DataDir, settings_with
from service.console import err, out, print_json, rendered_errors
from service.moving.move import Moved, Wanted, move
from service.moving.places import Target, named, target_of
from service.moving.settings_file import lines_of, switch_file
from service.moving.switch import reopen
from service.settings import Settings

_TOLD_EVERY_S = 1.0


def migrate(
    to: Annotated[
        str | None,
        typer.Option(help="Where to: postgresql://USER@HOST:5432/NAME, or a folder for SQLite files."),
    ] = None,
    index: Annotated[
        str | None, typer.Option(help="A Milvus that is to search there: http://HOST:19530. Alone: the database stays.")
    ] = None,
    collection: Annotated[
        list[str] | None, typer.Option("--collection", "-c", help="Only this collection; may be given several times.")
    ] = None,
    state: Annotated[
        bool, typer.Option("--state", help="With keys, sites, sessions, settled jobs, questions and the audit log.")
    ] = False,
    switch: Annotated[
        bool,
        typer.Option(
            "--switch",
            help="With the state; afterwards nothing is written to the old place any more.",
        ),
    ] = False,
    sample: Annotated[int, typer.Option(min=0, help="Questions that both places are asked.")] = 50,
    password_file: Annotated[
        Path | None, typer.Option(help="A file whose first line is the password of the user in --to.")
    ] = None,
    reopened: Annotated[
        bool, typer.Option("--reopen", help="Take the present place, which was moved away, into use again.")
    ] = False,
    data_dir: DataDir = None,
    as_json: AsJson = False,
) -> None:
    """Copy everything to another place and check it, while the present one serves; run again, take up what changed."""
    with rendered_errors(as_json):
        settings = settings_with(data_dir)
        if reopened:
            _reopen(settings, as_json, alone=to is None and index is None)
            return
        target = target_of(settings, to, index, password_file)
        _note_beginning(settings, named(target.settings))
        wanted = Wanted(tuple(collection or ()), state, switch, sample)
        done = move(settings, target, wanted, _Progress(quiet=as_json))
        file = switch_file(settings, target.settings) if switch or not target.is_other_database else None
        if done.switched:
            with acting(target.settings.place, "migrate", f"{named(settings)} moved here"):
                pass
    if as_json:
        print_json({**asdict(done), "settings": lines_of(target.settings), "settings_file": file and str(file)})
        return
    _tell(done, target, file)


def _reopen(settings: Settings, as_json: bool, *, alone: bool) -> None:
    if not alone:
        raise InvalidRequest("--reopen is of the present place.", "Leave --to and --index out.")
    reopen(settings)
    if as_json:
        print_json({"reopened": named(settings)})
    else:
        out.print(f"{escape(named(settings))} is written to again.")


def _note_beginning(settings: Settings, target: str) -> None:
    """After a switch nothing is written to the old place any more, nor where a former run ended in one."""
    try:
        with acting(settings.place, "migrate", target):
            pass
    except NotReady as error:
        err.print(f"[yellow]Note:[/] {escape(error.message)}")


class _Progress:
    """A line a second at most, on standard error."""

    def __init__(self, *, quiet: bool) -> None:
        self._quiet = quiet
        self._last = ("", 0.0)

    def __call__(self, what: str, done: int, total: int) -> None:
        now = time.monotonic()
        before, at = self._last
        if self._quiet or (what == before and now - at < _TOLD_EVERY_S and done < total):
            return
        self._last = (what, now)
        err.print(f"{what}: {done:,} of {total:,} documents", highlight=False)


def _tell(done: Moved, target: Target, file: Path | None) -> None:
    table = Table("Collection", "Documents", "Passages", "Changed now", "Same hits", "Same first")
    for one in done.collections:
        found = one.agreement
        table.add_row(
            one.name, f"{one.documents:,}", f"{one.passages:,}", f"{one.copied:,}", f"{found.shared:.1%}",
            f"{found.same_first:.1%}",
        )  # fmt: skip
    out.print(table)
    for missing in (one for one in done.collections if one.originals_missing):
        err.print(f"[yellow]Note:[/] {missing.name}: {missing.originals_missing} originals are not there, or damaged.")
    if done.dropped:
        out.print(f"Gone here, and so taken out there: {escape(', '.join(done.dropped))}")
    if done.state:
        out.print("State: " + ", ".join(f"{one.database} {one.rows:,} rows" for one in done.state))
    if done.switched:
        out.print(f"Nothing is written to {escape(done.source)} any more.")
    if file is not None:
        out.print(f"{escape(str(file))} names the new place: restart the servers, or send them SIGHUP.")
        return
    if target.is_other_database and not done.switched:
        out.print("It is the same there. To use it, run this again with --switch, which takes all collections along.")
        return
    out.print("Everything is the same there. To use it, set this, and restart the servers:")
    for line in lines_of(target.settings):
        out.print(f"  {escape(line)}")
