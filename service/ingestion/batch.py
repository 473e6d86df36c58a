"""Prepared documents to the catalog: embedded together, so that alike lengths share a batch, and written together."""

import time
from collections.abc import Callable

from core.stages import stage
from index.catalog import Collection, Entry
from index.marks import NO_MARKS, Marks
from index.store import Store
from ingest.near_identical import NearIdentical
from service.ingestion.prepare import Prepared
from service.ingestion.report import FileResult, FileStatus

_PASSAGES = 512  # of a batch: enough to sort by length; more would only keep the encoder waiting
_CHARS = 32_000_000
_SECONDS = 5.0  # a slow source does not hold back what is ready


class Batch:
    """Documents that wait for their vectors. Not safe from several threads."""

    def __init__(self, store: Store, collection: Collection, marks: Marks = NO_MARKS) -> None:
        """``marks`` are for all documents."""
        self._marks = marks
        self._store = store
        self._collection = collection
        self._near: NearIdentical | None = None
        self._waiting: list[Prepared] = []
        self._since = time.monotonic()

    def add(self, prepared: Prepared) -> None:
        if not self._waiting:
            self._since = time.monotonic()
        self._waiting.append(prepared)

    @property
    def is_due(self) -> bool:
        """Whether enough waits, or has waited long enough."""
        return (
            sum(len(p.passages) for p in self._waiting) >= _PASSAGES
            or sum(len(p.document.text) for p in self._waiting) >= _CHARS
            or (bool(self._waiting) and time.monotonic() - self._since > _SECONDS)
        )

    def write(self, progress: Callable[[int], None]) -> list[FileResult]:
        """Embed and write all that waits. ``progress`` is told of passages; what it raises leaves all unwritten."""
        waiting, self._waiting = self._waiting, []
        if not waiting:
            return []
        with stage("embed"):
            made = self._store.embed([p.passages for p in waiting], progress)
        entries = [
            (Entry(p.document, m, p.findings, p.signature, p.item.moved_from, self._marks), p.item.data)
            for p, m in zip(waiting, made, strict=True)
        ]
        self._known()  # before the batch is in: else each of two copies in it would name the other
        with stage("commit"):
            self._store.put(self._collection, entries)
        return [self._result(p) for p in waiting]

    def _result(self, prepared: Prepared) -> FileResult:
        document, item = prepared.document, prepared.item
        known = self._known()
        if item.moved_from is not None:
            known.forget(item.moved_from)
        near = known.nearest(document.uri, prepared.signature)
        known.put(document.id, document.uri, document.title, prepared.signature)
        status = FileStatus.MOVED if item.moved_from else FileStatus.CHANGED if item.is_known else FileStatus.ADDED
        return FileResult(
            document.uri,
            item.name,
            status,
            document.id,
            len(prepared.passages),
            (*prepared.notes, near.note) if near else prepared.notes,
            moved_from=item.moved_from,
        )

    def _known(self) -> NearIdentical:
        if self._near is None:
            self._near = NearIdentical(self._store.catalog.signatures(self._collection))
        return self._near
