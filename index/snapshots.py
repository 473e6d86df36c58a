"""FAISS indexes kept in step with the catalog: derived, rebuilt at need, saved beside it."""

import hashlib
import json
import threading
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from sqlalchemy import Connection

from core.errors import IndexBroken
from index import passages
from index.catalog import Collection
from index.dense import DenseIndex
from index.replacing import replacing

FORMAT_VERSION = 1
# Below this change in the number of passages, bringing the saved file up to date on open is cheaper than saving again.
_SAVE_SHARE = 0.05


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A dense index as of one generation of its collection. Immutable: a newer one takes its place."""

    generation: int
    dense: DenseIndex


class Snapshots:
    """One snapshot a collection. Queries keep using the last one while the next is being made."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._current: dict[int, Snapshot] = {}
        self._locks: dict[int, threading.Lock] = {}
        self._guard = threading.Lock()

    def get(self, connection: Connection, collection: Collection, *, wait: bool = False) -> Snapshot:
        """The snapshot of the collection's present generation.

        While another thread is making it, the one before is given instead, unless ``wait``: passages that
        were deleted since are dropped when hits are looked up in the catalog.
        """
        current = self._current.get(collection.id)
        if current is not None and current.generation >= collection.generation:
            return current
        fits = current is not None and current.dense.dimension == collection.spec.dimension
        lock = self._lock(collection.id)
        if not lock.acquire(blocking=wait or not fits):
            assert current is not None
            return current
        try:
            current = self._current.get(collection.id) or self._load(collection)
            if current.generation < collection.generation:
                current = self._advance(connection, collection, current)
            self._current[collection.id] = current
            return current
        finally:
            lock.release()

    def save(self, collection: Collection, *, force: bool = False) -> None:
        """Write the snapshot beside the catalog, if enough changed since it was last written."""
        with self._lock(collection.id):
            snapshot = self._current.get(collection.id)
            if snapshot is None:
                return
            manifest = self._manifest(collection)
            saved = _read_json(manifest)
            if saved.get("generation") == snapshot.generation:
                return
            change = abs(len(snapshot.dense) - saved.get("vectors", 0))
            if not force and change <= _SAVE_SHARE * len(snapshot.dense):
                return
            self._folder.mkdir(parents=True, exist_ok=True)
            file = self._folder / f"{collection.id}-{snapshot.generation}.faiss"
            snapshot.dense.save(file)
            description = {
                "format_version": FORMAT_VERSION,
                "collection": collection.name,
                "generation": snapshot.generation,
                "metric": "inner product of unit vectors",
                "vectors": len(snapshot.dense),
                "file": file.name,
                "sha256": _digest(file),
                **asdict(collection.spec),
            }
            with replacing(manifest) as beside:
                beside.write_text(json.dumps(description, indent=1), encoding="utf-8")
            for old in self._folder.glob(f"{collection.id}-*.faiss"):
                if old != file:
                    old.unlink(missing_ok=True)

    def drop(self, collection: Collection) -> None:
        """Forget a deleted collection's index and its files."""
        with self._lock(collection.id):
            self._current.pop(collection.id, None)
            self._manifest(collection).unlink(missing_ok=True)
            for file in self._folder.glob(f"{collection.id}-*.faiss"):
                file.unlink(missing_ok=True)

    def _lock(self, collection_id: int) -> threading.Lock:
        with self._guard:
            return self._locks.setdefault(collection_id, threading.Lock())

    def _manifest(self, collection: Collection) -> Path:
        return self._folder / f"{collection.id}.json"

    def _load(self, collection: Collection) -> Snapshot:
        """The saved index, or an empty one where there is none that fits: the catalog fills it."""
        empty = Snapshot(-1, DenseIndex(collection.spec.dimension))
        description = _read_json(self._manifest(collection))
        expected = {"format_version": FORMAT_VERSION, **asdict(collection.spec)}
        if any(description.get(key) != value for key, value in expected.items()):
            return empty
        try:
            file = self._folder / str(description["file"])
            if _digest(file) != description["sha256"]:
                return empty
            dense, generation = DenseIndex.load(file), int(description["generation"])
        except (IndexBroken, OSError, KeyError, ValueError):  # half a disk, an older library: the catalog has it all
            return empty
        # A later generation than the catalog's is left by an older catalog put back: its keys mean other passages.
        if dense.dimension != collection.spec.dimension or generation > collection.generation:
            return empty
        return Snapshot(generation, dense)

    def _advance(self, connection: Connection, collection: Collection, current: Snapshot) -> Snapshot:
        """Add what is new and remove what is gone: the difference of the keys says both."""
        wanted = passages.all_keys(connection, collection.id)
        dense = current.dense.clone()
        if dense.dimension != collection.spec.dimension:  # built anew by another process, with another encoder
            dense = DenseIndex(collection.spec.dimension)
        have = dense.keys
        dense.remove(np.setdiff1d(have, wanted))
        added = np.setdiff1d(wanted, have)
        if len(added):
            dense.add(added, passages.vectors(connection, added, collection.spec.dimension))
        return Snapshot(collection.generation, dense)


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _read_json(path: Path) -> dict[str, Any]:
    """Empty where there is no readable manifest: then the index is built anew."""
    try:
        loaded = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return loaded if isinstance(loaded, dict) else {}
