"""``footnoted backup`` and ``footnoted restore``: the data folder as one file, while it is served, and back."""

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape

from core.errors import InvalidRequest
from index.verify.check import Level
from service.audit.commanded import acting, command_actor
from service.audit.log import record_act
from service.audit.records import Outcome
from service.backup.restoring import Restored
from service.backup.restoring import restore as restore_file
from service.backup.rotation import backup_into
from service.backup.writing import Made, write_backup
from service.commands.options import AsJson, DataDir, settings_with
from service.console import err, out, print_json, rendered_errors
from service.database_settings import without_password
from service.settings import Settings

_MIB = 1024**2


def backup(
    file: Annotated[Path | None, typer.Argument(help="Where to write it, such as footnoted.zip.")] = None,
    to: Annotated[
        Path | None, typer.Option(help="Write it into this folder instead, with the time in its name: for timers.")
    ] = None,
    keep: Annotated[
        int | None, typer.Option(min=1, help="With --to: remove all but so many of the newest there, afterwards.")
    ] = None,
    indexes: Annotated[
        bool, typer.Option("--indexes", help="With the dense indexes, which are otherwise made anew after a restore.")
    ] = False,
    data_dir: DataDir = None,
    as_json: AsJson = False,
) -> None:
    """Write the whole data folder to one file, also while it is served. It holds keys: keep it safe."""
    removed: list[Path] = []
    with rendered_errors(as_json):
        if (file is None) == (to is None):
            raise InvalidRequest("Name either a file or, by --to, a folder.", "footnoted backup footnoted.zip")
        if keep is not None and to is None:
            raise InvalidRequest("--keep goes with --to only.", "footnoted backup --to backups --keep 7")
        settings = settings_with(data_dir)
        folder = _folder_of(settings)
        with acting(folder, "backup", str(file or to)):
            if to is not None:
                made, removed = backup_into(to, folder, keep, with_indexes=indexes)
            else:
                assert file is not None
                made = write_backup(folder, file, with_indexes=indexes)
    if as_json:
        told = {**asdict(made), "file": str(made.file), "removed": [str(path) for path in removed]}
        print_json(told)
        return
    _tell_made(made, removed)


def _tell_made(made: Made, removed: list[Path]) -> None:
    counts = f"{made.documents} documents, {made.originals} originals, {', '.join(made.databases)}"
    out.print(f"{escape(str(made.file))}: {made.bytes / _MIB:,.1f} MiB, {escape(counts)}")
    if made.originals_missing:
        err.print(
            f"[yellow]Note:[/] {made.originals_missing} originals are not in the data folder: `footnoted verify`."
        )
    for path in removed:
        out.print(f"removed {escape(str(path))}")


def restore(
    file: Annotated[Path, typer.Argument(help="What `footnoted backup` wrote.")],
    replace: Annotated[
        bool,
        typer.Option("--replace", help="Also where there is a data folder: it is kept beside, under another name."),
    ] = False,
    data_dir: DataDir = None,
    as_json: AsJson = False,
) -> None:
    """Make a data folder of a backup, once every checksum and all that `verify` looks at holds."""
    with rendered_errors(as_json):
        restored = restore_file(file, _folder_of(settings_with(data_dir)), replace=replace)
        record_act(restored.data_dir, command_actor(), "restore", str(file), Outcome.DONE)
    if as_json:
        print_json(_as_json(restored))
        return
    manifest = restored.manifest
    out.print(f"{escape(str(restored.data_dir))}: {manifest.documents} documents, as of {manifest.created_at}")
    for check in restored.checks:
        if check.level is not Level.OK:
            out.print(f"[yellow]{check.level}[/] {escape(check.name)}: {escape(check.message)}")
    if restored.kept is not None:
        out.print(f"What was there is in {escape(str(restored.kept))}; remove it when all is well.")
    out.print("What was erased or revoked since then is back: erase questions and revoke keys again.")


def _folder_of(settings: Settings) -> Path:
    """The data folder. Raises InvalidRequest where all state is in a database, which has backups of its own."""
    if settings.database.url is None:
        return settings.data_dir
    shown = without_password(settings.database.url)
    raise InvalidRequest(
        f"All state is in {shown} (database.url), which is backed up as PostgreSQL is; {settings.data_dir} has copies.",
        f"pg_dump --format=custom --file=footnoted.dump '{shown}', and pg_restore --clean --if-exists --dbname=… "
        "(docs/scaling.md). The dump holds keys: keep it safe.",
    )


def _as_json(restored: Restored) -> dict[str, object]:
    return {
        "data_dir": str(restored.data_dir),
        "created_at": restored.manifest.created_at,
        "footnoted": restored.manifest.footnoted,
        "documents": restored.manifest.documents,
        "kept": None if restored.kept is None else str(restored.kept),
        "checks": [asdict(check) for check in restored.checks],
    }
