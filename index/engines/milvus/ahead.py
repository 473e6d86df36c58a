"""What Milvus has and the catalog has not given yet: PostgreSQL was restored from a backup, and Milvus was not.

The catalog gives the keys of such passages again, to whichever collection comes first. So they are to leave Milvus
before anything is written to it.
"""

import threading

import structlog

from index.engines.milvus.alone import Alone
from index.engines.milvus.client import Milvus
from index.engines.milvus.counts import MilvusCounts

log = structlog.get_logger("footnoted")


class Ahead:
    """Looks once in the life of a process, in the Milvus collection of each dimension."""

    def __init__(self, counts: MilvusCounts, milvus: Milvus, alone: Alone) -> None:
        self._counts = counts
        self._milvus = milvus
        self._alone = alone
        self._guard = threading.Lock()
        self._cleared: set[int] = set()

    def clear(self, dimension: int) -> None:
        """To be called while no collection's lock is held. Raises NotReady, CollectionMissing."""
        with self._guard:
            if dimension in self._cleared:
                return
            home = self._counts.home(dimension)
            if self._milvus.open(home, dimension):
                # What others write now is above it, too: their states, as of when they are alone, tell it apart.
                for collection_id in self._milvus.collections_above(home, self._counts.last_key()):
                    self._clear(home, dimension, collection_id)
            self._cleared.add(dimension)

    def _clear(self, home: str, dimension: int, collection_id: int) -> None:
        with self._alone.holding(collection_id, wait=False) as alone:
            if not alone:  # whoever is at it has looked before
                return
            state = self._counts.state(collection_id)
            if state is None or state.dimension != dimension:
                log.warning("milvus_ahead", collection_id=collection_id)
                self._milvus.delete_collection(home, collection_id)
            else:
                self._milvus.delete_range(home, collection_id, state.last_key)
