"""Inverted indexes kept in step with the catalog: derived, brought up to date by what changed, rebuilt at need."""

import shutil
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import structlog
from sqlalchemy import Connection, Engine, func, select

from core.errors import IndexBroken
from index import changes, collections, passages, schema
from index.analyse import has_stemmer, terms
from index.collections import Collection
from index.inverted import InvertedIndex, State

_AT_ONCE = 20_000  # passages of one update: more would only hold a read of the catalog open for long
_IN_A_QUESTION = 1_000  # it does not wait for more
_LANGUAGES = 5  # whose words a question is looked for in

log = structlog.get_logger("footnoted")


@dataclass(frozen=True, slots=True)
class _Opened:
    index: InvertedIndex
    lock: threading.Lock = field(default_factory=threading.Lock)


class KeywordIndexes:
    """One a collection, in a folder of its own, for several threads and processes."""

    def __init__(self, engine: Engine, folder: Path) -> None:
        self._engine = engine
        self._folder = folder
        self._opened: dict[int, _Opened] = {}
        self._languages: dict[int, tuple[int, tuple[str, ...]]] = {}
        self._guard = threading.Lock()

    def get(self, connection: Connection, collection: Collection) -> InvertedIndex:
        """The collection's index, up to date if little is to be done and nobody else is at it.

        What was deleted since may be in it.
        """
        opened = self._open(connection, collection)
        if opened.index.state.generation < collection.generation and opened.lock.acquire(blocking=False):
            try:
                self._catch_up(connection, collection, opened.index, _IN_A_QUESTION)
            except IndexBroken as error:
                log.warning("keyword_index_not_written", collection=collection.name, message=error.message)
            finally:
                opened.lock.release()
        return opened.index

    def refresh(self, collection: Collection) -> None:
        """Bring it up to date now. What another process is writing, that one finishes.

        What cannot be written is told in the log: the catalog has it.
        """
        try:
            while self._refreshed_some(collection):
                pass
        except IndexBroken as error:
            log.warning("keyword_index_not_written", collection=collection.name, message=error.message)

    def _refreshed_some(self, collection: Collection) -> bool:
        """Whether there is more to do."""
        with schema.read(self._engine) as connection:
            present = collections.by_id(connection, collection.id)
            if present is None:
                return False
            opened = self._open(connection, present)
            with opened.lock:
                return self._catch_up(connection, present, opened.index, _AT_ONCE)

    def rebuild(self, collection: Collection) -> None:
        """Write it anew in one step, without the words of what was deleted; not while another process writes to it."""
        with schema.read(self._engine) as connection:
            present = collections.by_id(connection, collection.id)
            extent = changes.extent(connection, collection.id)
            if present is None or extent is None:
                return
            opened = self._open(connection, present)
            with opened.lock:
                opened.index.reload()
                kept = State(extent.generation, extent.last_key)
                former = opened.index.keys().tolist()
                opened.index.update(self._all(connection, present), former, kept)

    def _all(self, connection: Connection, collection: Collection) -> Iterator[tuple[int, str, str]]:
        last = 0
        while rows := passages.after(connection, collection.id, last, _AT_ONCE):
            yield from _terms(rows)
            last = rows[-1].key

    def generation(self, collection_id: int) -> int:
        """Up to which what was removed need not be known for it any more; -1 where there is no such index."""
        folder = self._place(collection_id)
        return InvertedIndex(folder).state.generation if folder.exists() else -1

    def languages(self, connection: Connection, collection: Collection) -> tuple[str, ...]:
        """Those of its documents, the most frequent first, as far as their words have stems of their own."""
        generation, found = self._languages.get(collection.id, (-1, ()))
        if generation != collection.generation:
            d = schema.documents.c
            counted = select(d.language).where(d.collection_id == collection.id).group_by(d.language)
            rows = connection.execute(counted.order_by(func.count().desc(), d.language)).scalars()
            found = tuple([language for language in rows if has_stemmer(language)][:_LANGUAGES])
            self._languages[collection.id] = collection.generation, found
        return found

    def drop(self, collection: Collection) -> None:
        """Forget a deleted collection's index and its files."""
        with self._guard:
            self._opened.pop(collection.id, None)
            self._languages.pop(collection.id, None)
        shutil.rmtree(self._place(collection.id), ignore_errors=True)

    def _place(self, collection_id: int) -> Path:
        return self._folder / f"{collection_id}.words"

    def _open(self, connection: Connection, collection: Collection) -> _Opened:
        with self._guard:
            opened = self._opened.get(collection.id)
            if opened is None:
                index = InvertedIndex(self._place(collection.id))
                if not self._is_of(connection, collection, index):
                    index = InvertedIndex(self._place(collection.id), anew=True)
                opened = self._opened[collection.id] = _Opened(index)
            return opened

    def _is_of(self, connection: Connection, collection: Collection, index: InvertedIndex) -> bool:
        """Not where an older catalog was put back beside it."""
        state = index.state
        if state == State():
            return len(index) == 0
        removed = changes.removed_since(connection, collection.id, state.generation)
        expected = changes.count_until(connection, collection.id, state.last_key) + int(
            (removed <= state.last_key).sum()
        )
        if state.generation <= collection.generation and len(index) == expected:
            return True
        log.warning("keyword_index_not_opened", collection=collection.name, message="The catalog has other passages.")
        return False

    def _catch_up(self, connection: Connection, collection: Collection, index: InvertedIndex, most: int) -> bool:
        """With at most so many passages of what is missing; whether there are more."""
        if index.reload().generation >= collection.generation:
            return False
        state = index.state
        rows = passages.after(connection, collection.id, state.last_key, most)
        removed = changes.removed_since(connection, collection.id, state.generation)
        is_all = len(rows) < most
        last_key = rows[-1].key if rows else state.last_key
        # Removals are looked at again as long as the generation is not reached.
        reached = State(collection.generation if is_all else state.generation, last_key)
        written = index.update(_terms(rows), removed[removed <= state.last_key].tolist(), reached)
        return written and not is_all


def _terms(rows: Sequence[passages.Searched]) -> Iterator[tuple[int, str, str]]:
    for row in rows:
        yield row.key, " ".join(terms(row.context, row.language)), " ".join(terms(row.body, row.language))
