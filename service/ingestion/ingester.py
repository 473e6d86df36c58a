"""Sources into a collection: only what is new or changed is read, several at once; what is gone goes."""

import time
from collections.abc import Iterator

from index.building import sweep
from index.catalog import Collection
from index.marks import NO_MARKS, Marks
from index.store import Store
from ingest.read import ReadLimits, reader_version
from ingest.sources import Listing
from ingest.split import SplitSettings
from service.ingestion.pace import Pace
from service.ingestion.plan import Plan, Planner
from service.ingestion.reading import Reading
from service.ingestion.report import FileResult, FileStatus, IngestReport, Listener, Progress, Silent, Stage, Stopped
from service.ingestion.workers import Workers


class Ingester:
    """Writes sources into the store. Other processes may write beside it."""

    def __init__(self, store: Store, limits: ReadLimits, workers: Workers) -> None:
        """``workers`` read and embed; this process finds, writes and settles."""
        self._store = store
        self._limits = limits
        self._workers = workers

    def run(
        self,
        listing: Listing,
        collection_name: str,
        listener: Listener | None = None,
        *,
        prune: bool = True,
        dry_run: bool = False,
        retry_failed: bool = False,
        read_again: bool = False,
        marks: Marks = NO_MARKS,
    ) -> IngestReport:
        """Read what is new or changed; with ``prune``, what is gone from the places that were listed whole goes too.

        One bad source never stops the batch; it is remembered, and tried again when it changes, with another version
        of the reader, or with ``retry_failed``. ``dry_run`` writes nothing and reports what would be done. With
        ``read_again``, what did not change is read too; where the same comes of it, the document stays as it is.
        ``marks`` are added to all documents of the listing, also to those that did not change.
        Raises IndexMismatch, InvalidRequest, IndexBroken, EncoderUnavailable; Conflict when nothing at all was found
        where documents came from before; NotFound with ``read_again``, where there is no such collection; NotReady and
        SettingsError where a cluster is to read and cannot.
        """
        began = time.monotonic()
        report = IngestReport()
        listener = listener or Silent()
        catalog = self._store.catalog
        if read_again:
            catalog.collection(collection_name)  # one that was deleted is not made anew
        collection = catalog.find(collection_name) if dry_run else self._store.open_collection(collection_name)
        known = catalog.known_sources(collection) if collection else {}
        failures = catalog.failures(collection) if collection and not retry_failed else {}
        planner = Planner(known, failures, reader_version(), self._limits.max_bytes, read_again=read_again)
        plan = Plan()
        for plan in planner.plan(listing, prune=prune, fetch=dry_run):
            settled = len(plan.settled)
            listener.progress(Progress(settled, len(listing.sources), "", Stage.FINDING, 0, time.monotonic() - began))
            if listener.is_stopping():
                report.stopped = True
                break
        if collection is not None and not dry_run and not report.stopped:
            self._carry_out(collection, planner, plan, listing, report, listener, prune=prune, marks=marks)
        else:
            for result in [*plan.settled, *(_planned(plan) if dry_run else ())]:
                report.add(result)
                listener.settled(result)
        report.seconds = time.monotonic() - began
        return report

    def _carry_out(
        self,
        collection: Collection,
        planner: Planner,
        plan: Plan,
        listing: Listing,
        report: IngestReport,
        listener: Listener,
        *,
        prune: bool,
        marks: Marks,
    ) -> None:
        pace = Pace((task.source.name, task.source.size) for task in plan.tasks)
        reading = Reading(self._store, collection, planner, listing, report, listener, pace, prune=prune, marks=marks)
        try:
            for result in plan.settled:
                scope = listing.scope_of.get(result.uri)
                reading.keep(result, {"scope": scope} if scope else {})
            if plan.tasks:
                with self._workers.crew(SplitSettings(*collection.sizes)) as crew:
                    reading.read(plan.tasks, crew, self._limits.max_bytes)
        except Stopped:
            report.stopped = True
        if marks and reading.unchanged:
            self._store.catalog.mark(collection.name, reading.unchanged, marks)
        if not report.stopped:
            gone = [*plan.gone, *reading.gone]
            self._remove(collection, planner, gone, report, listener)
            self._store.catalog.forget_failures(collection, [*plan.forgotten, *reading.forgotten, *gone])
        if report.added or report.changed or report.moved or report.removed:
            listener.progress(reading.progress("", Stage.FINISHING))
            self._store.refresh(collection.name)
            sweep(self._store)  # a former version that can no longer be put back is of no use

    def _remove(
        self, collection: Collection, planner: Planner, gone: list[str], report: IngestReport, listener: Listener
    ) -> None:
        if gone:
            listener.before_write()
            self._store.remove(collection.name, [planner.known[uri].document_id for uri in gone])
        for uri in gone:
            result = FileResult(uri, _name(uri), FileStatus.REMOVED, planner.known[uri].document_id)
            report.add(result)
            listener.settled(result)


def _planned(plan: Plan) -> Iterator[FileResult]:
    """What would become of the sources, if all can be read."""
    for task in plan.tasks:
        status = FileStatus.MOVED if task.moved_from else FileStatus.CHANGED if task.known else FileStatus.ADDED
        yield FileResult(task.source.uri, task.source.name, status, moved_from=task.moved_from)
    for uri in plan.gone:
        yield FileResult(uri, _name(uri), FileStatus.REMOVED)


def _name(uri: str) -> str:
    return uri.rpartition("/")[2] or uri
