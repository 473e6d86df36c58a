"""Inverted indexes kept in step with the catalog: derived, brought up to date by what changed, rebuilt at need."""

import shutil
import threading
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import structlog
from sqlalchemy import Connection, Engine

from core.errors import IndexBroken, IndexOutdated
from index import changes, collections, passages, schema
from index.analyse import ANALYSIS, terms
from index.collections import Collection
from index.file_lock import only_holder
from index.inverted import InvertedIndex, State

_AT_ONCE = 20_000  # passages of one update: more would only hold a read of the catalog open for long
_IN_A_QUESTION = 1_000  # it does not wait for more
_WAIT_S = 1.0  # for another thread that takes up what a question is to find
_TRIES = 4  # of a write: each removes one file that a killed one left in the way

log = structlog.get_logger("footnoted")


@dataclass(slots=True)
class _Place:
    """``lock``: one thread at a time opens or writes the index."""

    lock: threading.Lock = field(default_factory=threading.Lock)
    index: InvertedIndex | None = None


class KeywordIndexes:
    """One a collection, in a folder of its own, for several threads and processes.

    Who writes holds the lock of a file and begins to read the catalog after that: so what it finds in the index is
    never newer than what it reads, unless an older catalog was put back.
    """

    def __init__(self, engine: Engine, folder: Path) -> None:
        self._engine = engine
        self._folder = folder
        self._places: dict[int, _Place] = {}
        self._guard = threading.Lock()

    def get(self, collection: Collection) -> InvertedIndex:
        """The collection's index, up to date if little is to be done and no other process is at it.

        What was deleted since may be in it.
        """
        place = self._at(collection.id)
        index = place.index
        if index is None or index.state.generation < collection.generation:
            with _held(place.lock, _WAIT_S if index is not None else -1) as held:
                if held:
                    self._write(collection, place, _IN_A_QUESTION)
                    index = place.index
        return index or InvertedIndex(None)

    def is_past(self, collection: Collection) -> bool:
        """See SearchEngine."""
        index = self._at(collection.id).index
        return index is not None and index.reaches() > collection.generation

    def refresh(self, collection: Collection) -> None:
        """Bring it up to date now. What another process is writing, that one finishes.

        What cannot be written is told in the log: the catalog has it.
        """
        place, more = self._at(collection.id), True
        while more:
            with place.lock:
                more = self._write(collection, place, _AT_ONCE)

    def rebuild(self, collection: Collection) -> bool:
        """Write it anew in one step, without the words of what was deleted; False while another process writes to it.

        Raises IndexBroken.
        """
        place = self._at(collection.id)
        with place.lock, self._writing(collection) as alone:
            if not alone:
                return False
            index = self._opened(collection, place)
            with schema.read(self._engine) as connection:
                extent = changes.extent(connection, collection.id)
                if extent is None:
                    return True
                state = State(extent.generation, extent.last_key, ANALYSIS)
                return index.update(self._all(connection, collection), None, state)

    def _all(self, connection: Connection, collection: Collection) -> Iterator[tuple[int, str, str]]:
        last = 0
        while rows := passages.after(connection, collection.id, last, _AT_ONCE):
            yield from _terms(rows)
            last = rows[-1].key

    def generation(self, collection_id: int) -> int:
        """Up to which what was removed need not be known for it any more; -1 where there is no such index."""
        folder = self._folder_of(collection_id)
        try:
            return InvertedIndex(folder).state.generation if folder.exists() else -1
        except IndexBroken:
            return -1

    def drop(self, collection: Collection) -> None:
        """Forget a deleted collection's index and its files."""
        with self._at(collection.id).lock:
            with self._guard:
                self._places.pop(collection.id, None)
            shutil.rmtree(self._folder_of(collection.id), ignore_errors=True)
            self._lock_of(collection.id).unlink(missing_ok=True)

    def _folder_of(self, collection_id: int) -> Path:
        return self._folder / f"{collection_id}.words"

    def _lock_of(self, collection_id: int) -> Path:
        return self._folder / f"{collection_id}.words.lock"

    def _at(self, collection_id: int) -> _Place:
        with self._guard:
            return self._places.setdefault(collection_id, _Place())

    @contextmanager
    def _writing(self, collection: Collection) -> Iterator[bool]:
        """Whether no other process writes; True also where no lock can be had, since nobody can write then."""
        with ExitStack() as stack:
            alone = True
            try:
                self._folder.mkdir(parents=True, exist_ok=True)
                alone = stack.enter_context(only_holder(self._lock_of(collection.id)))
            except OSError as error:
                log.warning("keyword_index_not_locked", collection=collection.name, message=str(error))
            yield alone

    def _opened(self, collection: Collection, place: _Place) -> InvertedIndex:
        """In memory, where the folder cannot be written."""
        if place.index is None:
            folder = self._folder_of(collection.id)
            try:
                place.index = InvertedIndex(folder)
            except IndexBroken as error:
                tell = log.info if isinstance(error, IndexOutdated) else log.warning
                tell("keyword_index_not_opened", collection=collection.name, message=error.message)
                shutil.rmtree(folder, ignore_errors=True)
                try:
                    place.index = InvertedIndex(folder)
                except IndexBroken:
                    place.index = InvertedIndex(None)
        return place.index

    def _write(self, collection: Collection, place: _Place, most: int) -> bool:
        """With at most so many passages of what is missing; whether there are more."""
        is_new = place.index is None
        with self._writing(collection) as alone:
            if not alone:
                if place.index is not None:
                    place.index.reload()
                elif (folder := self._folder_of(collection.id)).exists():
                    place.index = _looked_at(folder)
                return False
            index = self._opened(collection, place)
            with schema.read(self._engine) as connection:
                present = collections.by_id(connection, collection.id)
                if present is None:
                    return False
                for tries_left in reversed(range(_TRIES)):
                    try:
                        index.reload()
                        if is_new and not _is_of(connection, present, index):
                            log.warning("keyword_index_made_anew", collection=collection.name)
                            index.update([], None, State())
                        return _catch_up(connection, present, index, most)
                    except IndexBroken as error:  # its cause may be gone now: what a killed write left
                        tell = log.info if tries_left else log.warning
                        tell("keyword_index_not_written", collection=collection.name, message=error.message)
                return False


def _looked_at(folder: Path) -> InvertedIndex | None:
    """What another process is writing to; None where it cannot be opened, which is for that one to mend."""
    try:
        return InvertedIndex(folder)
    except IndexBroken:
        return None


def _is_of(connection: Connection, collection: Collection, index: InvertedIndex) -> bool:
    """Not where an older catalog was put back beside it, nor where its terms were made in another way."""
    state = index.state
    if state.analysis != ANALYSIS:
        return state == State()
    removed = changes.removed_since(connection, collection.id, state.generation)
    fewest = changes.count_until(connection, collection.id, state.last_key)
    most = fewest + int((removed <= state.last_key).sum())
    return state.generation <= collection.generation and fewest <= len(index) <= most


def _catch_up(connection: Connection, collection: Collection, index: InvertedIndex, most: int) -> bool:
    state = index.state
    if state.generation >= collection.generation:
        return False
    rows = passages.after(connection, collection.id, state.last_key, most)
    removed = changes.removed_since(connection, collection.id, state.generation)
    is_all = len(rows) < most
    last_key = rows[-1].key if rows else state.last_key
    # Removals are looked at again as long as the generation is not reached.
    reached = State(collection.generation if is_all else state.generation, last_key, ANALYSIS)
    gone = removed[removed <= state.last_key].tolist()
    return index.update(_terms(rows), gone, reached, merging=most > _IN_A_QUESTION) and not is_all


@contextmanager
def _held(lock: threading.Lock, wait_s: float) -> Iterator[bool]:
    held = lock.acquire(timeout=wait_s)
    try:
        yield held
    finally:
        if held:
            lock.release()


def _terms(rows: Sequence[passages.Searched]) -> Iterator[tuple[int, str, str]]:
    for row in rows:
        yield row.key, " ".join(terms(row.context, row.document_language)), " ".join(terms(row.body, row.language))
