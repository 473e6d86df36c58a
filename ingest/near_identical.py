"""Which documents say nearly the same, told by their signatures instead of by comparing texts."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from core.types import Signed
from ingest.signature import BINS, DIGEST_WORDS

NEAR = 0.8
"""From which similarity on two documents are nearly identical: one sentence of ten was changed."""

BANDS, BAND_BINS = 21, 6
"""Two texts of similarity 0.8 share a band of bins with a probability of 0.998, of 0.3 with 0.015."""

_FACTORS = np.array([0x9E3779B1, 0x85EBCA77, 0xC2B2AE3D, 0x27D4EB2F, 0x165667B1, 0xD3A2646D], dtype=np.uint32)

Matrix = NDArray[np.uint32]


class Near(NamedTuple):
    """The document that another one is nearly identical to. ``similarity`` is 1 only where the texts are equal."""

    document: Signed
    similarity: float

    @property
    def note(self) -> str:
        """A sentence for whoever ingests."""
        if self.similarity == 1:
            return f"It has the same text as {self.document.title} ({self.document.uri})."
        share = min(99, round(100 * self.similarity))
        return f"Nearly identical to {self.document.title} ({self.document.uri}): {share} % of its word sequences."


def matrix(signatures: Sequence[bytes]) -> Matrix:
    """Shape (n, 136): the signatures as they are compared."""
    return np.frombuffer(b"".join(signatures), dtype="<u4").reshape(len(signatures), DIGEST_WORDS + BINS)


def similarity(one: bytes, others: Matrix) -> NDArray[np.float64]:
    """Shape (n,), in [0, 1]: 1 for equal texts and only for those, else the estimate of the Jaccard similarity."""
    return similar(matrix([one]), others)


class NearIdentical:
    """The documents of a collection, among which those that are nearly identical to a new one are looked up.

    A look-up estimates only the similarity to those that share a band (locality-sensitive hashing): a third of a
    millisecond among 50,000. Not safe from several threads.
    """

    def __init__(self, known: Iterable[Signed] = ()) -> None:
        self._documents = list(known)
        self._row_of = {document.uri: row for row, document in enumerate(self._documents)}
        self._rows = matrix([document.signature for document in self._documents]).copy()
        self._keys = _band_keys(self._rows)

    def nearest(self, uri: str, one: bytes) -> Near | None:
        """The most similar document at another address than ``uri``, if any is nearly identical."""
        shared = np.zeros(len(self._documents), dtype=np.bool_)
        for known, own in zip(self._keys[:, : len(shared)], _band_keys(matrix([one])), strict=True):
            shared |= known == own
        if uri in self._row_of:
            shared[self._row_of[uri]] = False
        rows = np.flatnonzero(shared)
        if not len(rows):
            return None
        found = similarity(one, self._rows[rows])
        best = int(found.argmax())
        return Near(self._documents[rows[best]], float(found[best])) if found[best] >= NEAR else None

    def put(self, id: str, uri: str, title: str, one: bytes) -> None:
        """Take a document in, in place of the one at its address."""
        row = self._row_of.setdefault(uri, len(self._documents))
        if row == len(self._rows):
            more = max(256, row)
            self._rows = np.pad(self._rows, ((0, more), (0, 0)))
            self._keys = np.pad(self._keys, ((0, 0), (0, more)))
        self._rows[row] = matrix([one])[0]
        self._keys[:, row] = _band_keys(matrix([one]))[:, 0]
        self._documents[row : row + 1] = [Signed(id, uri, title, one)]

    def forget(self, uri: str) -> None:
        """Leave a document out; an unknown address is passed over."""
        row = self._row_of.pop(uri, None)
        if row is None:
            return
        last = self._documents.pop()
        if row < len(self._documents):
            self._documents[row] = last
            self._rows[row] = self._rows[len(self._documents)]
            self._keys[:, row] = self._keys[:, len(self._documents)]
            self._row_of[last.uri] = row


def _band_keys(rows: Matrix) -> Matrix:
    """Shape (BANDS, n): a hash of each band of each row. Bands of one hash that differ cost an estimate, no more."""
    bands = rows[:, DIGEST_WORDS : DIGEST_WORDS + BANDS * BAND_BINS].reshape(len(rows), BANDS, BAND_BINS)
    return np.ascontiguousarray((bands * _FACTORS).sum(axis=2, dtype=np.uint32).T)


def similar(some: Matrix, others: Matrix) -> NDArray[np.float64]:
    """Similarities row by row, or of one row to all where one side has only one."""
    same = some == others
    shares = same[:, DIGEST_WORDS:].mean(axis=1)
    equal = same[:, :DIGEST_WORDS].all(axis=1)
    # All values may agree where the texts do not; only equal texts are told to be equal.
    estimates: NDArray[np.float64] = np.where(equal, 1.0, np.minimum(shares, 1 - 0.5 / BINS))
    return estimates
