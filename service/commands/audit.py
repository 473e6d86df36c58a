"""``footnoted audit list | verify | export``: who did what to this data folder."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.markup import escape
from rich.table import Table

from core.errors import Conflict, IndexBroken, ReadError
from service.audit.log import AuditLog
from service.audit.records import KeptAct
from service.commands.options import AsJson, DataDir, settings_with
from service.console import out, print_json, rendered_errors

app = typer.Typer(no_args_is_help=True, help="Administrative acts: who did what, and whether the log is whole.")


@app.command("list")
def list_acts(
    actor: Annotated[str | None, typer.Option(help="Only of this actor: key_…, operator:NAME, cli:USER.")] = None,
    act: Annotated[str | None, typer.Option(help="Only acts that begin so: documents, sign_in, keys.create.")] = None,
    limit: Annotated[int, typer.Option(min=1, help="How many at most.")] = 100,
    data_dir: DataDir = None,
    as_json: AsJson = False,
) -> None:
    """List the acts that are kept, newest first."""
    with rendered_errors(as_json), _opened(data_dir) as audit:
        found = audit.recent(limit, actor, act)
    if as_json:
        print_json({"acts": [_as_json(kept) for kept in found]})
        return
    table = Table("Id", "At (UTC)", "Actor", "Act", "Target", "Outcome", "Network", title=f"{len(found)} acts")
    for kept in found:
        one = kept.act
        at = kept.at[:19].replace("T", " ")
        cells = (str(kept.id), at, one.actor, one.act, one.target, one.outcome.value, one.network)
        table.add_row(*map(escape, cells))
    out.print(table)


@app.command()
def verify(
    head: Annotated[
        str | None, typer.Option(help="A digest that was noted earlier: it must be in the log, or was removed by age.")
    ] = None,
    data_dir: DataDir = None,
    as_json: AsJson = False,
) -> None:
    """Check that no act was changed, removed or put in between. Exit code 1 where one was."""
    with rendered_errors(as_json), _opened(data_dir) as audit:
        found = audit.verify(settings_with(data_dir).audit.keep_days)
        if found.broken is not None:
            raise IndexBroken(
                f"Act {found.broken} does not follow from the one before it: the audit log was changed.",
                "Compare it with the lines `act` of the server's log, and with a backup.",
            )
        if found.is_beheaded:
            raise IndexBroken(
                f"{found.forgotten} acts are said to have gone by their age, but what is left does not begin with one "
                "older than audit.keep_days: they were removed by other hands, or the setting was raised since.",
                "Compare it with the lines `act` of the server's log, and with a backup.",
            )
        if head is not None and head != found.head and all(kept.digest != head for kept in audit.all()):
            raise IndexBroken(
                f"No act has the digest {head[:16]}…: acts were cut off, or it went by its age.",
                "Compare it with the lines `act` of the server's log, and with a backup.",
            )
    if as_json:
        print_json({"acts": found.acts, "forgotten": found.forgotten, "head": found.head})
        return
    out.print(f"{found.acts} acts, each following from the one before; {found.forgotten} older ones went by their age.")
    out.print(f"Digest of the last: {found.head}")


@app.command()
def export(
    file: Annotated[Path, typer.Argument(help="A new file; one act a line, as JSON, oldest first.")],
    data_dir: DataDir = None,
    as_json: AsJson = False,
) -> None:
    """Write all acts into a file, for an archive or another system."""
    with rendered_errors(as_json):
        count = 0
        try:
            with _opened(data_dir) as audit, file.open("x", encoding="utf-8") as written:
                for kept in audit.all():
                    written.write(json.dumps(_as_json(kept), ensure_ascii=True) + "\n")
                    count += 1
        except FileExistsError as error:
            raise Conflict(f"{file} exists.", "Name a new file.") from error
        except OSError as error:
            raise ReadError(f"{file} cannot be written: {error.strerror}.", "Name another place.") from error
    if as_json:
        print_json({"acts": count, "file": str(file)})
    else:
        out.print(f"{count} acts written to {escape(str(file))}")


@contextmanager
def _opened(data_dir: Path | None) -> Iterator[AuditLog]:
    audit = AuditLog(settings_with(data_dir).place)
    try:
        yield audit
    finally:
        audit.close()


def _as_json(kept: KeptAct) -> dict[str, Any]:
    one = kept.act
    return {
        "id": kept.id,
        "at": kept.at,
        "actor": one.actor,
        "act": one.act,
        "target": one.target,
        "outcome": one.outcome.value,
        "network": one.network,
        "request_id": one.request_id,
        "digest": kept.digest,
    }
