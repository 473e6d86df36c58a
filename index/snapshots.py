"""Dense indexes kept in step with the catalog: derived, brought up to date by what changed, rebuilt at need."""

import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import structlog
from sqlalchemy import Connection, Engine

from core.errors import IndexBroken, NotReady
from index import changes, collections, schema
from index.collections import Collection, IndexSpec
from index.dense import building, manifest
from index.dense.building import DenseSettings
from index.dense.builds import Builds
from index.dense.choice import Choice
from index.dense.delta import Delta
from index.dense.index import DenseIndex, Parts
from index.dense.manifest import Manifest

# A base is built anew when this share of it changed, or so many passages: they cost every search, and every start.
_CHANGED_SHARE = 0.1
_CHANGED_MOST = 30_000
# While questions are answered, not for less: an ingest may change a small collection many times.
_CHANGED_LEAST = 1_000
# More than that is not read into memory to be compared one by one: the base is waited for.
_LONGEST_DELTA = 100_000

log = structlog.get_logger("footnoted")


@dataclass(frozen=True, slots=True)
class _State:
    """A collection's vectors as of a generation; ``base_generation`` is -1 where there is no base."""

    generation: int
    last_key: int
    base_generation: int
    spec: IndexSpec
    parts: Parts


class Snapshots:
    """One index a collection, for several threads; other processes may write and build beside it."""

    def __init__(
        self, engine: Engine, folder: Path, settings: DenseSettings, others: Callable[[int], int] | None = None
    ) -> None:
        """``others``: see Builds."""
        self.background = False
        """Whether bases are built in threads of their own, while the former ones serve."""
        self._engine = engine
        self._folder = folder
        self._exact_up_to = settings.exact_up_to
        self._builds = Builds(engine, folder, settings, others)
        self._current: dict[int, _State] = {}
        self._locks: dict[int, threading.Lock] = {}
        self._guard = threading.Lock()

    def get(self, connection: Connection, collection: Collection) -> DenseIndex:
        """The index of the collection's generation, for the transaction that it was got in; or of a later one, where
        another thread has gone on since the transaction began.
        """
        current = self._current.get(collection.id)
        if current is None or current.generation < collection.generation or current.spec != collection.spec:
            current = self._renewed_now(connection, collection)
        dimension = current.spec.dimension
        return DenseIndex(current.parts, lambda keys: changes.vectors_of(connection, keys, dimension))

    def is_past(self, collection: Collection) -> bool:
        """See SearchEngine."""
        current = self._current.get(collection.id)
        return current is not None and current.generation > collection.generation

    def refresh(self, collection: Collection) -> None:
        """Bring the index up to date now, and build a base if enough changed.

        What cannot be written is told in the log: the catalog has it.
        """
        with schema.read(self._engine) as connection:
            present = collections.by_id(connection, collection.id)
            if present is None:
                return
            saved = self._fitting(present)
            added = changes.count_after(connection, present.id, saved.last_key if saved else 0)
            # What is to be in the next base is not read only for that.
            due = added > _LONGEST_DELTA or _is_due(self._renewed_now(connection, present).parts)
        if due and self.background:
            self._builds.beside(present.id)
        elif due:
            self._build_now(present.id)

    def save(self, collection: Collection) -> None:
        """Build a base if anything changed since the last one, and it is quick."""
        with schema.read(self._engine) as connection:
            present = collections.by_id(connection, collection.id)
            if present is None or changes.count_after(connection, present.id, 0) > self._exact_up_to:
                return
            changed = self._renewed_now(connection, present).parts.changes
        if changed:
            self._build_now(present.id)

    def drop(self, collection: Collection) -> None:
        """Forget a deleted collection's index and its files."""
        with self._lock(collection.id):
            self._current.pop(collection.id, None)
            building.drop(self._folder, collection.id)

    def _lock(self, collection_id: int) -> threading.Lock:
        with self._guard:
            return self._locks.setdefault(collection_id, threading.Lock())

    def _renewed_now(self, connection: Connection, collection: Collection) -> _State:
        with self._lock(collection.id):
            before = self._current.get(collection.id)
            current = self._renewed(connection, collection, before)
            # A transaction that began before another thread's may end here after it.
            if before is None or before.spec != current.spec or before.generation <= current.generation:
                self._current[collection.id] = current
        if self.background and current.parts.changes >= _CHANGED_LEAST and _is_due(current.parts):
            self._builds.beside(collection.id)
        return current

    def _build_now(self, collection_id: int) -> None:
        if self._builds.now(collection_id):
            with schema.read(self._engine) as connection:
                if (present := collections.by_id(connection, collection_id)) is not None:
                    self._renewed_now(connection, present)

    def _fitting(self, collection: Collection) -> Manifest | None:
        saved = manifest.read(self._folder, collection.id)
        return saved if saved is not None and saved.fits(collection) else None

    def _renewed(self, connection: Connection, collection: Collection, state: _State | None) -> _State:
        if state is not None and state.spec != collection.spec:  # built anew with another encoder
            state = None
        saved = self._fitting(collection)
        while saved is not None and (state is None or state.base_generation < saved.generation):
            opened = self._open(connection, collection, saved)
            if opened is not None:
                state = opened
                break
            tried, saved = saved, self._fitting(collection)
            if saved == tried:  # it is damaged, not swapped this moment
                if state is not None and state.generation < saved.generation:
                    state = None  # what was removed up to the base's generation may be forgotten
                break
        if state is None:
            state = self._from_catalog(connection, collection)
        return _caught_up(connection, collection, state)

    def _from_catalog(self, connection: Connection, collection: Collection) -> _State:
        """Without a base that can be used: nothing yet, or what a new one holds where the delta would be too long.

        Raises NotReady in a server, where nobody is to wait for it.
        """
        passages = changes.count_after(connection, collection.id, 0)
        if passages > _LONGEST_DELTA:
            if self.background and self._builds.beside(collection.id):
                raise NotReady(
                    f"The index of {collection.name!r} is being built from its {passages:,} passages.",
                    "Nothing is lost. Ask again in a minute.",
                )
            self._builds.wait(collection.id)
            saved = self._fitting(collection)
            opened = self._open(connection, collection, saved) if saved is not None else None
            if opened is not None:
                return opened
        parts = Parts(None, Choice.all(0), Delta.empty(collection.spec.dimension))
        return _State(-1, 0, -1, collection.spec, parts)

    def _open(self, connection: Connection, collection: Collection, saved: Manifest) -> _State | None:
        """None when the files are damaged, or the catalog is not the one that they were made from."""
        try:
            base = saved.open(self._folder)
        except (IndexBroken, OSError) as error:  # half a disk, a base that was swapped this moment
            log.warning("dense_base_not_opened", collection=collection.name, message=str(error))
            return None
        parts = Parts(base, Choice.all(len(base)), Delta.empty(base.dimension))
        state = _caught_up(
            connection, collection, _State(saved.generation, saved.last_key, saved.generation, collection.spec, parts)
        )
        if state.parts.live.count != changes.count_until(connection, collection.id, saved.last_key):
            log.warning("dense_base_not_opened", collection=collection.name, message="The catalog has other passages.")
            return None
        return state


def _caught_up(connection: Connection, collection: Collection, state: _State) -> _State:
    """With what was added and removed since, at a cost of that."""
    if state.generation >= collection.generation:
        return state
    removed = changes.removed_since(connection, collection.id, state.generation)
    keys, vectors = changes.added_after(connection, collection.id, state.last_key, collection.spec.dimension)
    last_key = int(keys[-1]) if len(keys) else state.last_key
    parts = state.parts.changed(keys, vectors, removed)
    return _State(collection.generation, last_key, state.base_generation, collection.spec, parts)


def _is_due(parts: Parts) -> bool:
    return parts.changes > min(_CHANGED_SHARE * parts.live.total, _CHANGED_MOST)
