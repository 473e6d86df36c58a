"""``footnoted ingest``, ``documents``, ``remove`` and ``reindex``: what is in the collections."""

from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape
from rich.table import Table

from core.errors import NotFound
from service.commands.options import AsJson, Collection, DataDir, settings_with
from service.console import err, ingest_progress, out, print_json, rendered_errors
from service.engine import Engine
from service.ingestion.report import IngestReport
from service.wire import document_json


def ingest(
    paths: Annotated[list[Path], typer.Argument(help="Files and folders; a folder is read with all below it.")],
    collection: Collection = "default",
    keep_missing: Annotated[
        bool, typer.Option("--keep-missing", help="Keep documents whose files are gone from the folders.")
    ] = False,
    data_dir: DataDir = None,
    as_json: AsJson = False,
) -> None:
    """Read documents into a collection: only what is new or changed; what is gone from a folder goes.

    Exit code 1 if any file failed; the others are in.
    """
    with rendered_errors(as_json), Engine.open(settings_with(data_dir)) as engine, ingest_progress() as progress:
        report = engine.ingest(paths, collection, progress, prune=not keep_missing)
    if as_json:
        print_json(_report_json(report, collection))
    else:
        _print_report(report, collection)
    if report.failed:
        raise typer.Exit(1)


def _print_report(report: IngestReport, collection: str) -> None:
    counts = [
        f"{count} {word}"
        for count, word in (
            (report.added, "added"),
            (report.changed, "changed"),
            (report.unchanged, "unchanged"),
            (report.removed, "removed"),
            (len(report.failed), "failed"),
        )
        if count
    ]
    size = f" ({report.passages} passages)" if report.passages else ""
    out.print(f"{collection}: {', '.join(counts) or 'nothing to read'}{size} in {report.seconds:.1f} s")
    for uri, note in report.notes:
        err.print(f"[yellow]Note:[/] {escape(_short(uri))}: {escape(note)}")
    for uri, error in report.failed:
        err.print(f"[bold red]Failed:[/] {escape(_short(uri))}: {escape(error.message)}")
        if error.hint:
            err.print(f"  {escape(error.hint)}")


def _short(uri: str) -> str:
    return uri.removeprefix("file://")


def _report_json(report: IngestReport, collection: str) -> dict[str, object]:
    return {
        "collection": collection,
        "added": report.added,
        "changed": report.changed,
        "unchanged": report.unchanged,
        "removed": report.removed,
        "passages": report.passages,
        "seconds": round(report.seconds, 3),
        "notes": [{"uri": uri, "note": note} for uri, note in report.notes],
        "failed": [{"uri": uri, **error.as_dict()} for uri, error in report.failed],
    }


def documents(collection: Collection = "default", data_dir: DataDir = None, as_json: AsJson = False) -> None:
    """List the documents of a collection."""
    with rendered_errors(as_json), Engine.open(settings_with(data_dir)) as engine:
        names = [found.name for found in engine.collections()]
        rows = engine.documents(collection) if collection in names or collection != "default" else []
    if as_json:
        print_json({"collection": collection, "documents": [document_json(row) for row in rows]})
        return
    table = Table("Title", "Type", "Pages", "Passages", "Id", title=f"{collection}: {len(rows)} documents")
    for row in rows:
        table.add_row(escape(row.title), row.media_type, str(row.pages or ""), str(row.passages), row.id)
    out.print(table)


def remove(
    documents: Annotated[list[str], typer.Argument(help="Ids of documents, or files that were ingested.")],
    collection: Collection = "default",
    data_dir: DataDir = None,
    as_json: AsJson = False,
) -> None:
    """Forget documents: no later answer cites them."""
    with rendered_errors(as_json), Engine.open(settings_with(data_dir)) as engine:
        rows = engine.documents(collection)
        wanted = {name: _ids(name, rows) for name in documents}
        removed = engine.remove([i for ids in wanted.values() for i in ids], collection)
        unknown = [name for name, ids in wanted.items() if not ids]
        if unknown:
            raise NotFound(
                f"No such documents in {collection!r}: {', '.join(unknown)}.", "`footnoted documents` lists them."
            )
    if as_json:
        print_json({"collection": collection, "removed": removed})
    else:
        out.print(f"{collection}: {removed} removed")


def _ids(name: str, rows: list) -> list[str]:  # type: ignore[type-arg]
    """A document's id, or all documents of a file or below a folder."""
    uri = Path(name).resolve().as_uri()
    return [row.id for row in rows if name in (row.id, row.uri) or row.uri == uri or row.uri.startswith(f"{uri}/")]


def reindex(
    collection: Collection = "default",
    data_dir: DataDir = None,
    as_json: AsJson = False,
) -> None:
    """Split and embed all documents anew with the present settings; the old index answers meanwhile."""
    with rendered_errors(as_json), Engine.open(settings_with(data_dir)) as engine:
        done = 0

        def progress(count: int) -> None:
            nonlocal done
            done += count
            err.print(f"\rEmbedded {done} passages", end="")

        count = engine.reindex(collection, progress)
        err.print()
    if as_json:
        print_json({"collection": collection, "documents": count})
    else:
        out.print(f"{collection}: {count} documents indexed anew")
