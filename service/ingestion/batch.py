"""Prepared documents to the catalog: embedded together, so that alike lengths share a batch, and written together."""

import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextvars import copy_context
from dataclasses import dataclass, field
from queue import Empty, SimpleQueue

from core.stages import stage
from core.types import Passage
from index.catalog import Collection, Entry
from index.embedding import embed
from index.encode import Encoder
from index.marks import NO_MARKS, Marks
from index.passages import Embedded
from index.store import Store
from ingest.near_identical import NearIdentical
from service.ingestion.prepare import Prepared
from service.ingestion.report import FileResult, FileStatus, Stopped, gone_meanwhile

_PASSAGES = 512  # of a batch: enough to sort by length; more would only keep the encoder waiting
_CHARS = 32_000_000
_BYTES = 256 * 1024**2  # of originals: scanned pages have many for little text
_SECONDS = 5.0  # a slow source does not hold back what is ready
_LOOK_S = 0.2

OnProgress = Callable[[int], None]
"""Is told of passages that were embedded since the last call."""


@dataclass(frozen=True, slots=True)
class _Embedding:
    """Documents whose vectors are being made, and what was told of that so far."""

    documents: list[Prepared]
    vectors: Future[list[Embedded]]
    told: SimpleQueue[int] = field(default_factory=SimpleQueue)

    @property
    def passages(self) -> int:
        """Embedded since this was last asked."""
        count = 0
        try:
            while True:
                count += self.told.get_nowait()
        except Empty:
            return count


class Batch:
    """Documents that wait for their vectors, and batches that are being embedded. Not safe from several threads."""

    def __init__(
        self,
        store: Store,
        collection: Collection,
        encoder: Encoder,
        before_write: Callable[[], None],
        ahead: int = 0,
        marks: Marks = NO_MARKS,
    ) -> None:
        """``before_write`` is called right before documents are written, in the thread that writes: see Listener.
        ``ahead`` batches are embedded while others are read and written; with 0, ``write`` embeds itself.
        ``marks`` are for all documents."""
        self._before_write = before_write
        self._marks = marks
        self._store = store
        self._collection = collection
        self._encoder = encoder
        self._ahead = ahead
        self._threads = ThreadPoolExecutor(ahead, thread_name_prefix="embed") if ahead else None
        self._near: NearIdentical | None = None
        self._waiting: list[Prepared] = []
        self._embedding: deque[_Embedding] = deque()
        self._closing = False
        self._since = time.monotonic()

    def add(self, prepared: Prepared) -> None:
        if not self._waiting:
            self._since = time.monotonic()
        self._waiting.append(prepared)

    @property
    def is_due(self) -> bool:
        """Whether there is something for ``write`` to do: enough waits, or has waited long enough, or is embedded."""
        return self._is_full or self._is_embedded

    @property
    def _is_embedded(self) -> bool:
        return bool(self._embedding) and self._embedding[0].vectors.done()

    @property
    def _is_full(self) -> bool:
        return (
            sum(len(p.passages) for p in self._waiting) >= _PASSAGES
            or sum(len(p.document.text) for p in self._waiting) >= _CHARS
            or sum(len(p.item.data) for p in self._waiting) >= _BYTES
            or (bool(self._waiting) and time.monotonic() - self._since > _SECONDS)
        )

    def write(self, progress: OnProgress, *, all_of_it: bool = False) -> Iterator[FileResult]:
        """Have what waits embedded if it is enough, and write what is embedded or beyond the number ahead; or all.

        What became of a document is given once it is in. ``progress`` is called in this thread; what it raises leaves
        unwritten what has not been given.
        """
        if self._is_full or (all_of_it and self._waiting):
            waiting, self._waiting = self._waiting, []
            self._embedding.append(self._begin(waiting, progress))
        while self._is_embedded or len(self._embedding) > (0 if all_of_it else self._ahead):
            yield from self._commit(self._embedding.popleft(), progress)

    def close(self) -> None:
        """End what is being embedded."""
        self._closing = True
        if self._threads is not None:
            self._threads.shutdown(cancel_futures=True)

    def _begin(self, documents: list[Prepared], progress: OnProgress) -> _Embedding:
        passages = [p.passages for p in documents]
        if self._threads is None:
            one: Future[list[Embedded]] = Future()
            one.set_result(self._embed(passages, progress))
            return _Embedding(documents, one)
        told: SimpleQueue[int] = SimpleQueue()

        def tell(count: int) -> None:
            if self._closing:
                raise Stopped
            told.put(count)

        return _Embedding(documents, self._threads.submit(copy_context().run, self._embed, passages, tell), told)

    def _embed(self, passages: Sequence[Sequence[Passage]], progress: OnProgress) -> list[Embedded]:
        with stage("embed"):
            return embed(self._store.catalog.engine, self._encoder, passages, progress)

    def _commit(self, embedding: _Embedding, progress: OnProgress) -> Iterator[FileResult]:
        while not embedding.vectors.done():
            wait([embedding.vectors], _LOOK_S)
            progress(embedding.passages)  # 0 too: to hear whether to stop
        if count := embedding.passages:
            progress(count)
        made = embedding.vectors.result()
        entries = [
            (
                Entry(p.document, m, p.findings, p.signature, p.item.moved_from, self._marks, p.item.is_again),
                p.item.data,
            )
            for p, m in zip(embedding.documents, made, strict=True)
        ]
        self._known()  # before the batch is in: else each of two copies in it would name the other
        with stage("commit"):
            self._before_write()
            lost = self._store.put(self._collection, entries)
        for prepared in embedding.documents:
            if prepared.document.id in lost:
                yield gone_meanwhile(prepared.item.uri, prepared.item.name)
            else:
                yield self._result(prepared)

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
