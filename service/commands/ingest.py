"""``footnoted ingest``: sources into a collection, once or whenever they change."""

import signal
import tempfile
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext
from pathlib import Path
from types import FrameType
from typing import Annotated

import typer
from rich.markup import escape

from core.errors import FootnotedError, InvalidRequest
from index.marks import Marks
from ingest.find import find
from service.audit.commanded import command_actor
from service.audit.log import record_act
from service.commands.ingest_report import IngestPrinter, ended_by, interruptible
from service.commands.options import AsJson, Attributes, Collection, DataDir, Labels, Tags, settings_with
from service.console import err, ingest_progress, print_error, rendered_errors
from service.engine import Engine
from service.ingestion.report import FileResult, IngestReport, Listener, Progress, Silent
from service.scope_text import marks_of_text
from service.settings import Settings
from service.watching import Watch


def ingest(
    specs: Annotated[
        list[str],
        typer.Argument(
            metavar="SPEC...",
            help="Files, folders with all below them, patterns ('docs/**/*.md'), addresses of pages, files or "
            "sitemaps, and @lists of these.",
        ),
    ],
    collection: Collection = "default",
    keep_missing: Annotated[
        bool, typer.Option("--keep-missing", help="Keep documents whose sources are gone from where they were found.")
    ] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Print what would be done; write nothing.")] = False,
    watch: Annotated[
        bool, typer.Option("--watch", help="Stay, and read again what changes; the web every web.every_minutes.")
    ] = False,
    retry_failed: Annotated[
        bool, typer.Option("--retry-failed", help="Read files again that failed before and did not change since.")
    ] = False,
    tag: Tags = None,
    attribute: Attributes = None,
    label: Labels = None,
    data_dir: DataDir = None,
    as_json: AsJson = False,
) -> None:
    """Read documents into a collection: only what is new or changed; what is gone from a place goes.

    Exit code 1 if any source failed; the others are in. 130 if it was stopped; what was read until then is in.
    """
    with rendered_errors(as_json):
        if watch and dry_run:
            raise InvalidRequest("--watch and --dry-run exclude each other.", "Leave one of them out.")
        marks = marks_of_text(tag or (), attribute or (), label or ())
        settings = settings_with(data_dir)
        with _place_of(settings, dry_run) as place, Engine.open(place) as engine:
            printer = IngestPrinter(collection, as_json, dry_run, is_watch=watch)
            sync = _Sync(engine, settings, collection, not keep_missing, dry_run, retry_failed, marks)
            if watch:
                _watch(sync, specs, printer)
                return
            with interruptible():
                report = sync.run(specs)
                if not dry_run:
                    record_act(settings.place, command_actor(), "documents.sync", f"collection={collection}")
    printer.print(report)
    ended_by(report)


@contextmanager
def _place_of(settings: Settings, dry_run: bool) -> Iterator[Settings]:
    """A plan writes nothing, not even the folder that is not there yet."""
    if not dry_run or settings.place.on_server or (settings.data_dir / "catalog.db").exists():
        yield settings
        return
    with tempfile.TemporaryDirectory() as folder:
        yield settings.model_copy(update={"data_dir": Path(folder)})


class _Sync:
    """One run over some specifications, as the options say."""

    def __init__(
        self,
        engine: Engine,
        settings: Settings,
        collection: str,
        prune: bool,
        dry_run: bool,
        retry_failed: bool,
        marks: Marks,
    ) -> None:
        self._engine = engine
        self.settings = settings
        self._collection = collection
        self._prune = prune
        self._dry_run = dry_run
        self._retry_failed = retry_failed
        self._marks = marks

    def run(self, specs: Sequence[str], stop: threading.Event | None = None) -> IngestReport:
        # A watch that nobody looks at tells what came of each sync, not how far it is.
        with ingest_progress() if stop is None or err.is_terminal else nullcontext(Silent()) as progress:
            listener = _Stoppable(progress, stop) if stop else progress
            listing = find(specs, self.settings.web.rules(), self.settings.data_dir, listener.is_stopping)
            return self._engine.ingest_listing(
                listing,
                self._collection,
                listener,
                prune=self._prune,
                dry_run=self._dry_run,
                retry_failed=self._retry_failed,
                marks=self._marks,
            )


class _Stoppable:
    """A listener that stops for one reason more."""

    def __init__(self, inner: Listener, stop: threading.Event) -> None:
        self._inner = inner
        self._stop = stop

    def progress(self, progress: Progress) -> None:
        self._inner.progress(progress)

    def before_write(self) -> None:
        self._inner.before_write()

    def settled(self, result: FileResult) -> None:
        self._inner.settled(result)

    def is_stopping(self) -> bool:
        return self._stop.is_set() or self._inner.is_stopping()


def _watch(sync: _Sync, specs: Sequence[str], printer: IngestPrinter) -> None:
    """Until Ctrl-C or SIGTERM; a sync that fails is told, and the next one may do better."""
    stop = threading.Event()
    every_s = sync.settings.web.every_minutes * 60
    err.print(f"Watching {escape(', '.join(specs))}. Ctrl-C ends it.")
    with _ended_by_signals(stop):
        for due in Watch(specs, every_s, sync.settings.data_dir, stop).due():
            for place in due.vanished:
                err.print(f"[yellow]Gone:[/] {escape(str(place))}. Its documents stay; it is read when it is back.")
            if not due.specs:
                continue
            try:
                report = sync.run(due.specs, stop)
            except FootnotedError as error:
                print_error(error)
                continue
            printer.print(report)
            if report.stopped:
                stop.set()
    err.print("The watch has ended.")


@contextmanager
def _ended_by_signals(stop: threading.Event) -> Iterator[None]:
    """The first signal ends the watch after what is at hand; the second at once. Neither is a failure."""

    def end(signum: int, frame: FrameType | None) -> None:
        if stop.is_set():
            raise KeyboardInterrupt
        stop.set()

    if threading.current_thread() is not threading.main_thread():  # signals are the main thread's
        yield
        return
    before = {number: signal.signal(number, end) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    except KeyboardInterrupt:
        pass
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
