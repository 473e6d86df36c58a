"""The base: an immutable FAISS index of the passages up to a key, numbered in the order of their keys."""

import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import faiss
import numpy as np
from numpy.typing import NDArray

from core.errors import IndexBroken
from index.dense.choice import Choice, Choices
from index.dense.keys import Keys

# Of so many or fewer chosen passages all are looked at: what is chosen may lie in any cell, and the rest costs a bit
# each (5 ms of a million).
_ALL_CELLS = 50_000

Scores = NDArray[np.float32]
"""Inner products of unit vectors, that is cosines, shape (n,); higher is better."""


@dataclass(frozen=True, slots=True)
class Base:
    """``keys`` are sorted; passage ``i`` of ``index`` has ``keys[i]``. Searching is safe from several threads."""

    index: Any  # FAISS's own types know half of what it can
    keys: Keys
    probes: int
    choices: Choices

    @classmethod
    def open(cls, file: Path, keys_file: Path, probes: int) -> Self:
        """Mapped into memory: processes share it, and what no search touches is not read.

        ``probes`` is the number of cells that a search looks into. Raises IndexBroken, OSError.
        """
        try:
            loaded: Any = faiss.read_index(str(file), faiss.IO_FLAG_MMAP | faiss.IO_FLAG_READ_ONLY)
            keys = np.load(keys_file, mmap_mode="r", allow_pickle=False)
        except (RuntimeError, ValueError, EOFError) as error:  # FAISS's and NumPy's ways to say so
            raise IndexBroken(f"{file} is not a whole FAISS index.") from error
        if not isinstance(loaded, faiss.IndexScalarQuantizer | faiss.IndexIVFScalarQuantizer):
            raise IndexBroken(f"{file}: expected a scalar quantizer, found {type(loaded).__name__}.")
        if keys.shape != (loaded.ntotal,) or keys.dtype != np.int64:
            raise IndexBroken(f"{keys_file} does not hold a key for each of {loaded.ntotal} vectors.")
        if isinstance(loaded, faiss.IndexIVFScalarQuantizer):
            # FAISS starts 32 threads a search to read ahead; for what is in memory that is all the time it takes.
            lists: Any = loaded.invlists
            faiss.downcast_InvertedLists(lists).prefetch_nthread = 0  # type: ignore[attr-defined]
        return cls(loaded, keys, probes, Choices(keys))

    def __len__(self) -> int:
        return len(self.keys)

    @property
    def dimension(self) -> int:
        return int(self.index.d)

    @property
    def exact(self) -> bool:
        """Whether its scores are those of the stored vectors, and all of them are compared."""
        return isinstance(self.index, faiss.IndexScalarQuantizer)

    def search(self, unit: NDArray[np.float32], k: int, choice: Choice) -> tuple[Keys, Scores]:
        """The ``k`` best of the chosen, best first; of an inexact base, scores and order are nearly right."""
        k = min(k, choice.count)
        if not k:
            return self.keys[:0], np.empty(0, dtype=np.float32)
        if self.exact:
            return self._search(unit, k, choice, faiss.SearchParameters)
        cells = int(self.index.nlist)
        probes = cells if choice.count <= _ALL_CELLS else math.ceil(self.probes * len(self) / choice.count)
        keys, scores = self._search(unit, k, choice, faiss.SearchParametersIVF, nprobe=min(probes, cells))
        if len(keys) < k and probes < cells:  # the cells looked into do not hold as many
            return self._search(unit, k, choice, faiss.SearchParametersIVF, nprobe=cells)
        return keys, scores

    def _search(
        self, unit: NDArray[np.float32], k: int, choice: Choice, kind: Any, **parameters: int
    ) -> tuple[Keys, Scores]:
        if choice.count < choice.total:
            selector = faiss.IDSelectorBitmap(choice.total, faiss.swig_ptr(choice.bits))
            given = kind(sel=selector, **parameters)
        else:
            given = kind(**parameters)
        scores, places = self.index.search(unit[None, :], k, params=given)
        found = places[0] >= 0
        return np.asarray(self.keys[places[0][found]]), scores[0][found]
