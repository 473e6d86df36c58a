"""When a base is built: now, or beside the questions that the former one answers; and what its failure means."""

import os
import threading
import time
from collections.abc import Callable
from pathlib import Path

import faiss
import structlog
from sqlalchemy import Engine

from core.errors import FootnotedError
from index import changes, schema
from index.dense import building
from index.dense.building import DenseSettings
from index.sealed import through

_AGAIN_S = 60.0

log = structlog.get_logger("footnoted")


class Builds:
    """One at a time for each collection, in all threads and processes."""

    def __init__(
        self, engine: Engine, folder: Path, settings: DenseSettings, others: Callable[[int], int] | None = None
    ) -> None:
        """``others`` gives the generation that all other derived indexes of a collection, by its id, have reached:
        what was removed up to it need not be known for them any more.
        """
        self.others = others
        self._engine = engine
        self._folder = folder
        self._settings = settings
        self._failed_at: dict[int, float] = {}

    def now(self, collection_id: int) -> bool:
        """Whether there is a new base. Without one, the former serves, and the delta grows."""
        try:
            made = building.build(self._engine, self._folder, collection_id, self._settings)
            if made is None:  # another thread or process is at it
                return False
            self._forget_removals(collection_id, made.generation)
        except (FootnotedError, OSError) as error:  # a full disk, a deleted collection: nothing that is not derived
            self._failed_at[collection_id] = time.monotonic()
            log.warning("dense_base_not_built", collection_id=collection_id, message=str(error))
            return False
        log.info("dense_base_built", collection=made.collection, vectors=made.vectors, kind=made.kind)
        return True

    def wait(self, collection_id: int) -> None:
        """Build one, or wait until whoever is at it has ended."""
        if not self.now(collection_id) and not self._has_failed(collection_id):
            building.wait(self._folder, collection_id)

    def beside(self, collection_id: int) -> bool:
        """In a thread of its own, which the end of the process ends: the next build removes what it left.

        Not, and False, where it failed a moment ago: a full disk is not emptied by trying at each question.
        """
        if self._has_failed(collection_id):
            return False
        name = f"dense-base-{collection_id}"
        threading.Thread(target=self._slowly, args=(collection_id,), name=name, daemon=True).start()
        return True

    def _has_failed(self, collection_id: int) -> bool:
        return time.monotonic() < self._failed_at.get(collection_id, -_AGAIN_S) + _AGAIN_S

    def _slowly(self, collection_id: int) -> None:
        faiss.omp_set_num_threads(max(1, (os.cpu_count() or 1) // 2))  # of this thread: questions come first
        self.now(collection_id)

    def _forget_removals(self, collection_id: int, generation: int) -> None:
        """Every derived index has them in its files: whoever is behind opens these."""
        if self.others is not None:
            generation = min(generation, self.others(collection_id))
        with schema.write(through(self._engine)) as connection:  # also of a catalog that was moved away
            changes.forget_removals(connection, collection_id, generation)
