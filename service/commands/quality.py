"""``footnoted quality``: what may cost answers, told before the first question."""

from pathlib import Path
from typing import Annotated, Any

import typer
from rich.markup import escape
from rich.table import Table

from core.errors import NotFound
from index.catalog import DocumentRow
from ingest.page_ranges import page_ranges
from service.commands.options import AsJson, Collection, DataDir, settings_with
from service.console import out, print_json, rendered_errors
from service.engine import Engine
from service.quality.as_json import collection_quality_json, document_quality_json, languages_json
from service.quality.report import (
    CollectionQuality,
    DocumentQuality,
    collection_quality,
    document_quality,
)
from service.quality.resemblance import Alike

_SHOWN = 20


def quality(
    document: Annotated[
        str | None, typer.Argument(help="A document's id, or the file it came from; without it, the collection.")
    ] = None,
    collection: Collection = "default",
    data_dir: DataDir = None,
    as_json: AsJson = False,
) -> None:
    """What of the documents may cost answers: pages without text, languages, tables, duplicates, failed sources."""
    with rendered_errors(as_json), Engine.open(settings_with(data_dir)) as engine:
        catalog = engine.store.catalog
        if document is None:
            of_all = collection_quality(catalog, collection)
            shown: dict[str, Any] = collection_quality_json(of_all, collection, limit=max(1, of_all.documents))
        else:
            document_id = _id_of(document, engine.documents(collection), collection)
            of_one = document_quality(catalog, collection, document_id)
            shown = document_quality_json(of_one, collection)
    if as_json:
        print_json(shown)
    elif document is None:
        _print_collection(of_all, collection)
    else:
        _print_document(of_one)


def _id_of(name: str, rows: list[DocumentRow], collection: str) -> str:
    uri = Path(name).resolve().as_uri()
    found = next((row.id for row in rows if name in (row.id, row.uri, row.title) or row.uri == uri), None)
    if found is None:
        raise NotFound(f"There is no document {name!r} in {collection!r}.", "`footnoted documents` lists them.")
    return found


def _print_document(report: DocumentQuality) -> None:
    document = report.document
    out.print(f"[bold]{escape(document.title)}[/]  {escape(_short(document.uri))}")
    if document.findings is None:
        out.print("Not assessed: it was ingested by an earlier version. Remove it, and ingest it again.")
    elif not document.findings:
        out.print("Nothing was found that may cost answers.")
    for finding in document.findings or ():
        out.print(f"[yellow]{finding.code}[/]  {escape(finding.message)}")
    for one in report.alike:
        out.print(f"[yellow]{_likeness(one)}[/]  {escape(_short(one.document.uri))}")
    if report.failure:
        out.print(f"[red]A newer version could not be read:[/] {escape(report.failure.message)}")
        out.print(f"  {escape(report.failure.hint)}")


def _print_collection(report: CollectionQuality, name: str) -> None:
    with_findings = {found.document.id for every in report.findings.values() for found in every}
    out.print(
        f"{name}: {report.documents:,} documents, {report.passages:,} passages; documents with findings: "
        f"{len(with_findings):,}, sources that failed: {len(report.failures):,}"
    )
    if report.languages:
        out.print("Languages, by passages: " + ", ".join(map(_language, languages_json(report))))
    for code, every in report.findings.items():
        table = Table("Document", "Pages", "What was found", title=f"{code}: {len(every):,}", title_justify="left")
        for found in every[:_SHOWN]:
            pages = page_ranges(found.finding.pages).split(" ", 1)[1] if found.finding.pages else ""
            table.add_row(escape(found.document.title), pages, escape(found.finding.message))
        out.print(table)
        _print_rest(len(every))
    for title, groups in (("Equal texts", report.duplicates), ("Nearly identical", report.near_identical)):
        if groups:
            table = Table("Document", "Likeness", "Address", title=f"{title}: {len(groups):,}", title_justify="left")
            for group in groups[:_SHOWN]:
                for i, one in enumerate(group):
                    table.add_row(
                        escape(one.document.title), _likeness(one) if i else "", escape(_short(one.document.uri))
                    )
                table.add_section()
            out.print(table)
            _print_rest(len(groups))
    if report.failures:
        table = Table("Source", "Reason", "What to do", title=f"Failed: {len(report.failures):,}", title_justify="left")
        for failed in report.failures[:_SHOWN]:
            table.add_row(escape(_short(failed.uri)), escape(failed.message), escape(failed.hint))
        out.print(table)
        _print_rest(len(report.failures))
    if report.not_assessed:
        count = len(report.not_assessed)
        out.print(f"Not assessed: {count:,}, ingested by an earlier version.")
        out.print("To have them assessed, `footnoted remove` them, and ingest them again; `--json` names them.")


def _language(told: dict[str, Any]) -> str:
    name = told["name"] or told["code"] or "too short to tell"
    known = " (not known to the encoder)" if told["covered"] is False else ""
    return f"{name} {told['passages']:,}{known}"


def _print_rest(total: int) -> None:
    if total > _SHOWN:
        out.print(f"… and {total - _SHOWN:,} more; `--json` has all of them.")


def _likeness(one: Alike) -> str:
    return "the same text" if one.similarity == 1 else f"{min(99, round(100 * one.similarity))} % alike"


def _short(uri: str) -> str:
    return uri.removeprefix("file://")
