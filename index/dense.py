"""Exact nearest-neighbour search over passage vectors, by FAISS."""

from pathlib import Path

import faiss
import numpy as np
from numpy.typing import NDArray

from core.errors import IndexBroken
from index.encode import Vectors
from index.replacing import replacing

Keys = NDArray[np.int64]
"""Passage keys of the catalog, shape (n,)."""


class DenseIndex:
    """Vectors by passage key. Scores are inner products of unit vectors: cosines, higher is better.

    Searching is safe from several threads; adding and removing are not: change a ``clone`` and swap.
    """

    def __init__(self, dimension: int) -> None:
        self._index = faiss.IndexIDMap2(faiss.IndexFlatIP(dimension))

    def __len__(self) -> int:
        return int(self._index.ntotal)

    @property
    def dimension(self) -> int:
        return int(self._index.d)

    @property
    def keys(self) -> Keys:
        return faiss.vector_to_array(self._index.id_map).astype(np.int64)

    def clone(self) -> "DenseIndex":
        copy = DenseIndex.__new__(DenseIndex)
        copy._index = _as_map(faiss.clone_index(self._index))
        return copy

    def add(self, keys: Keys, vectors: Vectors) -> None:
        """Raises IndexBroken when the vectors are of another dimension."""
        if vectors.shape != (len(keys), self.dimension):
            raise IndexBroken(
                f"{len(keys)} keys and vectors of shape {vectors.shape} do not fit dimension {self.dimension}."
            )
        self._index.add_with_ids(np.ascontiguousarray(vectors, dtype=np.float32), keys)

    def remove(self, keys: Keys) -> None:
        if len(keys):
            self._index.remove_ids(faiss.IDSelectorBatch(keys))

    def search(self, vector: NDArray[np.float32], k: int) -> list[tuple[int, float]]:
        """The ``k`` best (key, cosine), best first. ``vector`` has shape (dimension,), of any length but 0."""
        k = min(k, len(self))
        if k == 0:
            return []
        scores, keys = self._index.search(_unit(vector)[None, :], k)
        return [(int(key), float(score)) for key, score in zip(keys[0], scores[0], strict=True) if key >= 0]

    def scores(self, vector: NDArray[np.float32], keys: list[int]) -> list[float]:
        """Cosines of the given keys; a key that is not here scores 0."""
        unit = _unit(vector)
        return [self._score(unit, key) for key in keys]

    def _score(self, unit: NDArray[np.float32], key: int) -> float:
        try:
            return float(self._index.reconstruct(key) @ unit)
        except RuntimeError:  # FAISS's way to say that it has no such key
            return 0.0

    def save(self, path: Path) -> None:
        """Write beside and swap: a kill leaves the old file or the new one, never half of one."""
        with replacing(path) as beside:
            faiss.write_index(self._index, str(beside))

    @classmethod
    def load(cls, path: Path) -> "DenseIndex":
        """Raises IndexBroken when the file is not a whole index of this kind."""
        loaded = cls.__new__(cls)
        try:
            loaded._index = _as_map(faiss.read_index(str(path)))
        except RuntimeError as error:
            raise IndexBroken(f"{path} is not a whole FAISS index.") from error
        return loaded


def _unit(vector: NDArray[np.float32]) -> NDArray[np.float32]:
    return np.ascontiguousarray(vector / (float(np.linalg.norm(vector)) or 1.0), dtype=np.float32)


def _as_map(index: faiss.Index) -> faiss.IndexIDMap2:
    """Ours is the kind that knows keys. Raises IndexBroken for any other."""
    if not isinstance(index, faiss.IndexIDMap2):
        raise IndexBroken(f"Expected a FAISS IndexIDMap2, found {type(index).__name__}.")
    return index
