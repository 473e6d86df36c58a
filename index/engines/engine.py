"""What finds passages by vector and by word, whichever engine does it.

An engine holds nothing of its own: it is derived from the catalog, knows up to which generation of a collection it
is, and takes up what came and went since (``index.changes``) when a question meets a newer one, or when it is told to.
"""

from collections.abc import Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection

from index.collections import Collection
from index.dense.keys import Keys
from index.inverted import Wanted


class DenseSearch(Protocol):
    """The vectors of one collection. Scores are cosines by the stored vectors: higher is better."""

    def __len__(self) -> int: ...

    def search(self, vector: NDArray[np.float32], k: int, allowed: Keys | None = None) -> list[tuple[int, float]]:
        """The ``k`` best (key, cosine), best first; of equal ones the lower key.

        ``vector`` has shape (dimension,), of any length but 0. ``allowed`` are sorted keys: of these the best.
        """

    def scores(self, vector: NDArray[np.float32], keys: Sequence[int]) -> list[float]:
        """Cosines of the given keys; a key that is not there scores 0."""


class KeywordSearch(Protocol):
    """The terms of one collection. Scores are BM25's (k1 1.2, b 0.75): above 0, higher is better."""

    def search(self, wanted: Wanted, k: int, allowed: Keys | None = None) -> list[tuple[int, float]]:
        """The ``k`` best (key, score) with any of the terms, best first; with ``allowed``, of these keys only."""

    def document_frequencies(self, terms: Sequence[str]) -> dict[str, int]:
        """In how many passages each term occurs; terms that occur nowhere are left out."""


class SearchEngine(Protocol):
    """Safe from several threads, and beside other processes."""

    background: bool
    """Whether what takes long is built beside the questions, not before them: for a server."""

    def dense(self, connection: Connection, collection: Collection) -> DenseSearch:
        """For the transaction of the connection; what was removed since may still be found. Raises NotReady."""

    def words(self, collection: Collection, connection: Connection | None = None) -> KeywordSearch:
        """For the transaction of the connection, where one is at hand: a search is to take one, not two, of those
        that a server lends. What was removed since may still be found.
        """

    def is_past(self, collection: Collection) -> bool:
        """Whether what is searched is of a later generation than this one, which a transaction saw: what was replaced
        since may have been found in neither version.
        """

    def refresh_words(self, collection: Collection) -> None:
        """Take up what was written, as far as keyword search goes: after every write, so that it is quick."""

    def refresh(self, collection: Collection) -> None:
        """Take up all of it now, so that the next question need not."""

    def save(self, collection: Collection) -> None:
        """Keep what is quick to write, so that the next start need not make it anew."""

    def rebuild(self, collection: Collection) -> None:
        """Make all of it anew, without what was deleted. Raises IndexBroken."""

    def drop(self, collection: Collection) -> None:
        """Forget a collection that was deleted."""

    def close(self) -> None: ...
