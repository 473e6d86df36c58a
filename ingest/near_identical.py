"""Which documents say nearly the same, told by their signatures instead of by comparing texts."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ingest.signature import BINS, DIGEST_WORDS

NEAR = 0.8
"""From which similarity on two documents are nearly identical: one sentence of ten was changed."""

Matrix = NDArray[np.uint32]


class Signed(NamedTuple):
    """A document that others are compared with."""

    id: str
    uri: str
    title: str
    signature: bytes


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

    A look-up compares with all of them at once: about a millisecond for 10,000. Not safe from several threads.
    """

    def __init__(self, known: Iterable[tuple[str, str, str, bytes]] = ()) -> None:
        """``known``: id, uri, title and signature of each, as ``index.quality.signatures`` gives them."""
        self._documents = [Signed(*one) for one in known]
        self._row_of = {document.uri: row for row, document in enumerate(self._documents)}
        self._rows = matrix([document.signature for document in self._documents]).copy()

    def nearest(self, uri: str, one: bytes) -> Near | None:
        """The most similar document at another address than ``uri``, if any is nearly identical."""
        if not self._documents:
            return None
        found = similarity(one, self._rows[: len(self._documents)])
        if uri in self._row_of:
            found[self._row_of[uri]] = 0
        best = int(found.argmax())
        return Near(self._documents[best], float(found[best])) if found[best] >= NEAR else None

    def put(self, id: str, uri: str, title: str, one: bytes) -> None:
        """Take a document in, in place of the one at its address."""
        row = self._row_of.setdefault(uri, len(self._documents))
        if row == len(self._rows):
            self._rows = np.concatenate([self._rows, np.zeros((max(256, row), self._rows.shape[1]), dtype=np.uint32)])
        self._rows[row] = matrix([one])[0]
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
            self._row_of[last.uri] = row


def similar(some: Matrix, others: Matrix) -> NDArray[np.float64]:
    """Similarities row by row, or of one row to all where one side has only one."""
    same = some == others
    shares = same[:, DIGEST_WORDS:].mean(axis=1)
    equal = same[:, :DIGEST_WORDS].all(axis=1)
    # All values may agree where the texts do not; only equal texts are told to be equal.
    estimates: NDArray[np.float64] = np.where(equal, 1.0, np.minimum(shares, 1 - 0.5 / BINS))
    return estimates
