"""What ``footnoted ingest`` prints of a sync or a plan: for people on a terminal, JSON for programs."""

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import unquote

import typer
from rich.markup import escape
from rich.table import Table

from core.errors import FootnotedError
from service.console import err, out, print_json
from service.ingestion.report import FileResult, FileStatus, IngestReport

_INTERRUPTED = 130  # as shells have it: 128 + SIGINT
_PLANNED = {
    FileStatus.ADDED: "new",
    FileStatus.CHANGED: "changed",
    FileStatus.MOVED: "moved",
    FileStatus.REMOVED: "gone",
    FileStatus.FAILED: "fails",
}


class IngestPrinter:
    """Prints reports, one or, of a watch, many (``is_watch``): failures and notes are told when they are new."""

    def __init__(self, collection: str, as_json: bool, is_plan: bool, is_watch: bool) -> None:
        self._collection = collection
        self._as_json = as_json
        self._is_plan = is_plan
        self._is_watch = is_watch
        self._told: set[tuple[str, str]] = set()

    def print(self, report: IngestReport) -> None:
        """Of a watch, syncs that changed nothing are passed over."""
        if self._as_json and self._is_watch:
            sys.stdout.write(json.dumps(self._json(report), ensure_ascii=False) + "\n")
            sys.stdout.flush()
        elif self._as_json:
            print_json(self._json(report))
        elif self._is_plan:
            self._print_plan(report)
        else:
            self._print_report(report)

    def _print_report(self, report: IngestReport) -> None:
        size = f" ({report.passages} passages)" if report.passages else ""
        line = f"{self._collection}: {_counts(report, _DONE)}{size} in {report.seconds:.1f} s"
        if report.stopped:
            err.print("[yellow]Stopped.[/] What was read until then is in; the same command does the rest.")
        if not self._is_watch or report.results:
            out.print(line)
        for result in report.results:
            if result.moved_from:
                err.print(f"[cyan]Moved:[/] {_shown(result.moved_from)} → {_shown(result.uri)}")
        failing = {uri for uri, _ in report.failed}
        for uri, note in report.notes:
            if uri not in failing and self._is_new(uri, note):
                err.print(f"[yellow]Note:[/] {_shown(uri)}: {escape(note)}")
        notes = dict(report.notes)
        for uri, error in report.failed:
            if self._is_new(uri, error.message):
                _print_failure(uri, error, notes.get(uri, ""))
        # What is told once and goes away is told again when it comes back.
        self._told &= {*report.notes, *((uri, error.message) for uri, error in report.failed)}

    def _print_plan(self, report: IngestReport) -> None:
        out.print(f"{self._collection}: {_counts(report, _WOULD)}. Nothing was written.")
        changes = [result for result in report.results if result.status is not FileStatus.FAILED]
        if changes:
            table = Table("What", "Address")
            for result in sorted(changes, key=lambda result: list(_PLANNED).index(result.status)):
                before = f"{_shown(result.moved_from)} → " if result.moved_from else ""
                table.add_row(_PLANNED[result.status], before + _shown(result.uri))
            out.print(table)
        notes = dict(report.notes)
        for uri, error in report.failed:
            _print_failure(uri, error, notes.get(uri, ""))

    def _is_new(self, uri: str, words: str) -> bool:
        is_new = (uri, words) not in self._told
        self._told.add((uri, words))
        return is_new

    def _json(self, report: IngestReport) -> dict[str, Any]:
        counts = ("added", "changed", "moved", "unchanged", "removed", "passages")
        return {
            "collection": self._collection,
            "dry_run": self._is_plan,
            **{name: getattr(report, name) for name in counts},
            "seconds": round(report.seconds, 3),
            "stopped": report.stopped,
            "notes": [{"uri": uri, "note": note} for uri, note in report.notes],
            "failed": [{"uri": uri, **error.as_dict()} for uri, error in report.failed],
            "results": [_result_json(result) for result in report.results],
        }


@contextmanager
def interruptible() -> Iterator[None]:
    """The second Ctrl-C ends a run at once, and is no failure to be traced."""
    try:
        yield
    except KeyboardInterrupt:
        err.print("Stopped. What was read until then is in.")
        raise typer.Exit(_INTERRUPTED) from None


def ended_by(report: IngestReport) -> None:
    """Raises typer.Exit with the exit code of a run that was stopped, or in which a source failed."""
    if report.stopped:
        raise typer.Exit(_INTERRUPTED)
    if report.failed:
        raise typer.Exit(1)


_DONE = ("added", "changed", "moved", "unchanged", "removed", "failed")
_WOULD = ("new", "changed", "moved", "unchanged", "gone", "failing")


def _counts(report: IngestReport, words: tuple[str, ...]) -> str:
    numbers = (report.added, report.changed, report.moved, report.unchanged, report.removed, len(report.failed))
    counted = [f"{number} {word}" for number, word in zip(numbers, words, strict=True) if number]
    return ", ".join(counted) or "nothing to read"


def _result_json(result: FileResult) -> dict[str, Any]:
    found: dict[str, Any] = {"uri": result.uri, "status": result.status.value}
    if result.document_id:
        found["document_id"] = result.document_id
    if result.moved_from:
        found["moved_from"] = result.moved_from
    return found


def _print_failure(uri: str, error: FootnotedError, note: str) -> None:
    err.print(f"[bold red]Failed:[/] {_shown(uri)}: {escape(error.message)}")
    for line in (error.hint, note):
        if line:
            err.print(f"  {escape(line)}")


def shown_address(uri: str) -> str:
    """As people write it: a file by its path."""
    if not uri.startswith("file://"):
        return uri
    return "".join(c if c.isprintable() else "\ufffd" for c in unquote(uri.removeprefix("file://"), errors="replace"))


def _shown(uri: str) -> str:
    return escape(shown_address(uri))
