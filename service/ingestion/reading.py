"""The sources of a plan, read several at once and written as they are ready."""

from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import closing
from contextvars import copy_context
from urllib.parse import quote

import structlog

from core.errors import ArchiveUnfinished, EmptyDocument, ReadError, SourceGone
from index.catalog import Collection
from index.known import KnownSource
from index.marks import NO_MARKS, Marks
from index.store import Store
from ingest.archives import ArchiveLimits, is_archive, members
from ingest.read import content_hash, reader_version
from ingest.sources import Content, Listing
from service.ingestion.batch import Batch
from service.ingestion.kept_sources import is_otherwise
from service.ingestion.pace import Pace
from service.ingestion.plan import Planner, Task, failed
from service.ingestion.prepare import Item, Prepared
from service.ingestion.report import (
    FileResult,
    FileStatus,
    IngestReport,
    Listener,
    Progress,
    Stage,
    Stopped,
    gone_meanwhile,
)
from service.ingestion.workers import Crew

log = structlog.get_logger("footnoted")

_LOOK_S = 0.5


class Reading:
    """One run over the tasks.

    ``gone`` are the addresses that turned out to have no source any more; ``forgotten`` those whose failure is past;
    ``unchanged`` are ids of documents that stay as they are.
    """

    def __init__(
        self,
        store: Store,
        collection: Collection,
        planner: Planner,
        listing: Listing,
        report: IngestReport,
        listener: Listener,
        pace: Pace,
        *,
        prune: bool,
        marks: Marks = NO_MARKS,
    ) -> None:
        self._store = store
        self._collection = collection
        self._planner = planner
        self._scope_of = listing.scope_of
        self._report = report
        self._listener = listener
        self._pace = pace
        self._marks = marks
        self._window: deque[tuple[Item, Future[Prepared | ReadError]]] = deque()
        self._total = len(listing.sources) + len(listing.failures)
        self._max_bytes = 0
        self._stopping = False
        self._prune = prune
        self.gone: list[str] = []
        self.forgotten: list[str] = []
        self.unchanged: list[str] = []

    def progress(self, name: str, stage: Stage) -> Progress:
        report = self._report
        done = report.added + report.changed + report.moved + report.unchanged + len(report.failed)
        total = max(self._total, done)
        pace = self._pace
        return Progress(done, total, name, stage, pace.embedded, pace.elapsed_s, pace.remaining_s())

    def read(self, tasks: Sequence[Task], crew: Crew, max_bytes: int) -> None:
        """Read and write all. Raises Stopped, and what the store and the crew raise."""
        self._max_bytes = max_bytes
        pool = ThreadPoolExecutor(crew.readers, thread_name_prefix="read")
        check = self._listener.before_write
        batch = Batch(self._store, self._collection, crew.encoder, check, crew.batches_ahead, self._marks)
        with closing(batch):
            try:
                for task in tasks:
                    for item in self._items(task):
                        self._make_room(len(item.data), crew, batch)
                        future = pool.submit(copy_context().run, crew.preparer.prepare, item, self._keep_on)
                        self._window.append((item, future))
                while self._window:
                    self._take(batch)
                self._write(batch, all_of_it=True)
            finally:
                self._stopping = True  # what is being read gives up at its next sign of progress
                pool.shutdown(cancel_futures=True)

    def _items(self, task: Task) -> Iterator[Item]:
        """What a source holds: its bytes, or each member of an archive."""
        source = task.source
        self._tell(source.name, Stage.READING)
        try:
            content = source.load(task.known.metadata if task.known else {}, self._max_bytes)
        except SourceGone as error:
            if task.known is None or not self._prune:
                self._lose(task, error)
            else:
                self.gone.append(source.uri)
            return
        except ReadError as error:
            if self._planner.read_again and task.known and not self._is_in(task.known):
                self._settle(gone_meanwhile(source.uri, source.name))
            else:
                self._lose(task, error)
            return
        except Exception as error:
            log.exception("load_failed", uri=source.uri)
            self._lose(task, ReadError(f"{source.name} could not be loaded: {error!r}"[:500], "Report this."))
            return
        settled = self._planner.settled(source, content)
        scope = self._scope_of.get(source.uri)
        metadata = {**(content.metadata if content else {}), **({"scope": scope} if scope else {})}
        if content is None or settled is not None:
            for result in settled or ():
                self.keep(result, metadata)
            return
        if is_archive(content.data, source.name):
            yield from self._members(task, content, metadata)
            return
        digest = content_hash(content.data)
        known, size, again = task.known is not None, source.size, self._planner.read_again
        yield Item(source.uri, source.name, content.data, digest, known, metadata, size, task.moved_from, again)

    def _members(self, task: Task, content: Content, metadata: Mapping[str, str]) -> Iterator[Item]:
        """Each file of an archive is a document of its own; those that are in it no more go."""
        source = task.source
        container = content_hash(content.data)
        own = {**metadata, "container": container}
        before = set(self._planner.members_before(source.uri))
        unfinished = ArchiveUnfinished(f"{source.name} was not read to its end.", "Ingest it again: it goes on there.")
        self._note_failure(source.uri, container, unfinished)
        count = 0
        try:
            for found in members(content.data, source.name, ArchiveLimits(max_member_bytes=self._max_bytes)):
                path, data = found if isinstance(found, tuple) else (found.path, found.data)
                uri = f"{source.uri}!/{quote(path, safe='/!')}"
                before.discard(uri)
                count += 1
                name = path.rpartition("/")[2]
                known = self._planner.known.get(uri)
                if isinstance(data, ReadError):
                    self._fail(uri, name, container, data)
                elif known is not None and known.sha256 == content_hash(data):
                    self.keep(FileResult(uri, name, FileStatus.UNCHANGED, known.document_id), own)
                else:
                    yield Item(uri, name, data, container, known is not None, own, None)
        except ReadError as error:
            self._fail(source.uri, source.name, container, error)
        else:
            if not count:
                self._fail(
                    source.uri, source.name, container, EmptyDocument(f"{source.name} holds no files.", "Check it.")
                )
                return
            if self._prune:
                self.gone += [uri for uri in sorted(before) if uri in self._planner.known]
                self.forgotten += before & self._planner.failing
            # The mark goes at the end of the run, when its last files are in, too.
            self.forgotten.append(source.uri)
        self._pace.read(source.name, source.size, 0)

    def _make_room(self, size: int, crew: Crew, batch: Batch) -> None:
        while self._window and (
            len(self._window) >= 2 * crew.readers
            or size + sum(len(item.data) for item, _ in self._window) > crew.bytes_at_once
        ):
            self._take(batch)
        if batch.is_due:
            self._write(batch)

    def _take(self, batch: Batch) -> None:
        """Wait for the oldest source in the window."""
        item, future = self._window.popleft()
        self._tell(item.name, Stage.READING)
        while not future.done():
            wait([future], _LOOK_S)
            if batch.is_due:  # what is ready does not wait for a slow source
                self._write(batch)
        prepared = future.result()
        passages = 0 if isinstance(prepared, ReadError) else len(prepared.passages)
        self._pace.read(item.name, item.size, passages)
        if isinstance(prepared, ReadError):
            if not item.is_again:  # else it is in, and the next sync has nothing to try again
                self._note_failure(item.uri, item.sha256, prepared)
            self._settle(FileResult(item.uri, item.name, FileStatus.FAILED, error=prepared))
            return
        if item.is_again and not is_otherwise(self._store, self._collection, prepared):
            self._settle(FileResult(item.uri, item.name, FileStatus.UNCHANGED, prepared.document.id))
            return
        batch.add(prepared)
        if batch.is_due:
            self._write(batch)

    def _write(self, batch: Batch, *, all_of_it: bool = False) -> None:
        def embedded(count: int) -> None:
            self._pace.embed(count)
            self._tell("", Stage.EMBEDDING)

        for result in batch.write(embedded, all_of_it=all_of_it):
            self._settle(result)

    def _fail(self, uri: str, name: str, digest: str, error: ReadError) -> None:
        self._note_failure(uri, digest, error)
        self._settle(FileResult(uri, name, FileStatus.FAILED, error=error))

    def _note_failure(self, uri: str, digest: str, error: ReadError) -> None:
        self._store.catalog.note_failure(self._collection, uri, digest, reader_version(), error)

    def _lose(self, task: Task, error: ReadError) -> None:
        self._pace.read(task.source.name, task.source.size, 0)
        self._settle(failed(task.source, error))

    def keep(self, result: FileResult, metadata: Mapping[str, str]) -> None:
        """The document stays as it is, but for what the next sync compares."""
        known = self._planner.known.get(result.uri)
        if result.status is FileStatus.UNCHANGED and result.uri in self._planner.failing:
            self.forgotten.append(result.uri)  # a version that failed has made way for the one that is in
        if result.status is FileStatus.UNCHANGED and known and metadata.items() - known.metadata.items():
            self._store.catalog.add_metadata(self._collection, known.document_id, metadata)
        if result.status is FileStatus.UNCHANGED and result.document_id is not None:
            self.unchanged.append(result.document_id)
        self._settle(result)

    def _settle(self, result: FileResult) -> None:
        self._report.add(result)
        self._listener.settled(result)

    def _tell(self, name: str, stage: Stage) -> None:
        self._listener.progress(self.progress(name, stage))
        if self._listener.is_stopping():
            raise Stopped

    def _is_in(self, known: KnownSource) -> bool:
        return self._store.catalog.has(self._collection, known.document_id)

    def _keep_on(self, done: int, total: int) -> None:
        """Called from the threads that read."""
        if self._stopping or self._listener.is_stopping():
            raise Stopped
