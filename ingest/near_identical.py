"""Documents that say nearly the same, told by short signatures instead of by comparing texts.

The signature estimates the Jaccard similarity of the sets of five words in a row (of five characters where a script
puts no spaces between words): Broder, "On the resemblance and containment of documents" (1997). It is made with one
hash for all 128 bins (Li, Owen and Zhang, "One Permutation Hashing", 2012); bins that stay empty take their value from
others as in Shrivastava, "Optimal Densification for Fast and Accurate Minwise Hashing" (2017). The standard error at a
similarity of 0.9 is 0.027.
"""

import hashlib
import re
import zlib
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

NEAR = 0.8
"""From which similarity on two documents are nearly identical: one sentence of ten was changed."""

SHINGLE = 5
BINS = 128
_BIN_SHIFT = np.uint64(64 - 7)  # 2 ** 7 bins
DIGEST_WORDS = 8  # SHA-256 as uint32
_GAP = re.compile(r"\W")
_PIECE_CHARS = 1_000_000  # a long text is read in pieces, so that memory stays flat
_DONORS = 2048  # enough that each bin finds a filled one
_EMPTY = np.iinfo(np.uint32).max
_CODES, _PLANES = 0x32000, 0x20000  # beyond the second there are only ideographs, beyond the first no letters
_NO_WORD, _JOINED, _ALONE = 0, 1, 2
_POWERS = 64  # longer words are rare enough to be mistaken for each other's anagrams
# Thai and Lao, Myanmar, Khmer, kana, ideographs
_UNSPACED = (
    (0x0E00, 0x0EFF),
    (0x1000, 0x109F),
    (0x1780, 0x17FF),
    (0x3040, 0x30FF),
    (0x3400, 0x4DBF),
    (0x4E00, 0x9FFF),
    (0xF900, 0xFAFF),
    (0x20000, _CODES - 2),
)

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


def signature(text: str) -> bytes:
    """544 bytes: the SHA-256 of the text, then 128 numbers of 32 bits, little-endian, that estimate similarity."""
    bins = np.full(BINS, _EMPTY, dtype=np.uint32)
    for hashes in _shingles(text):
        np.minimum.at(bins, (hashes >> _BIN_SHIFT).astype(np.intp), hashes.astype(np.uint32))
    digest = hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()
    return digest + _densified(bins).astype("<u4").tobytes()


def text_digest(one: bytes) -> bytes:
    """The SHA-256 of the text that a signature was made of."""
    return one[: 4 * DIGEST_WORDS]


def matrix(signatures: Sequence[bytes]) -> Matrix:
    """Shape (n, 136): the signatures as they are compared."""
    return np.frombuffer(b"".join(signatures), dtype="<u4").reshape(len(signatures), DIGEST_WORDS + BINS)


def similarity(one: bytes, others: Matrix) -> NDArray[np.float64]:
    """Shape (n,), in [0, 1]: 1 for equal texts and only for those, else the estimate of the Jaccard similarity."""
    return similar(matrix([one]), others)


class NearIdentical:
    """The documents of a collection, among which those that are nearly identical to a new one are looked up.

    A look-up compares with all of them at once: half a millisecond for 10,000. Not safe from several threads.
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


def _shingles(text: str) -> Iterator[NDArray[np.uint64]]:
    """Hashes of all five words in a row, once or more each; at least one."""
    before = np.empty(0, dtype=np.uint64)
    any_words = False
    for piece in _pieces(text.lower()):
        words = np.concatenate([before, _words(piece)])
        if len(words) >= SHINGLE:
            any_words = True
            yield _rolled(words, SHINGLE)
        before = words[max(0, len(words) - SHINGLE + 1) :]
    if not any_words:  # a few words, or none: then the text as a whole is compared
        whole = (
            before if len(before) else np.array([zlib.crc32(text.encode("utf-8", "surrogatepass"))], dtype=np.uint64)
        )
        yield _rolled(whole, len(whole))


def _words(piece: str) -> NDArray[np.uint64]:
    """A hash of each word: letters and digits in a row, or one character where a script has no spaces."""
    codes = np.frombuffer(piece.encode("utf-32-le", "surrogatepass"), dtype="<u4")
    kinds = _kinds()[np.minimum(codes, _CODES - 1)]
    starts_here = kinds == _ALONE
    starts_here[:1] |= kinds[:1] == _JOINED
    starts_here[1:] |= (kinds[1:] == _JOINED) & (kinds[:-1] != _JOINED)
    starts = np.flatnonzero(starts_here)
    if not len(starts):
        return np.empty(0, dtype=np.uint64)
    codes, kinds, starts = codes[starts[0] :], kinds[starts[0] :], starts - starts[0]
    place = np.arange(len(codes)) - np.repeat(starts, np.diff(starts, append=len(codes)))
    weighted = codes * _powers()[np.minimum(place, _POWERS - 1)]
    weighted[kinds == _NO_WORD] = 0
    return _mixed(np.add.reduceat(weighted, starts))


@cache
def _kinds() -> NDArray[np.uint8]:
    """What each character is to a word, by code point; from the last one on it is none."""
    kinds = np.zeros(_CODES, dtype=np.uint8)
    kinds[:_PLANES] = [chr(code).isalnum() for code in range(_PLANES)]
    for first, last in _UNSPACED:
        kinds[first : last + 1] = _ALONE
    return kinds


@cache
def _powers() -> NDArray[np.uint64]:
    return np.array([pow(0xD1342543DE82EF95, place, 1 << 64) for place in range(_POWERS)], dtype=np.uint64)


def _pieces(text: str) -> Iterator[str]:
    """Stretches that do not cut a word."""
    start = 0
    while len(text) - start > _PIECE_CHARS:
        end = start + _PIECE_CHARS
        gap = _GAP.search(text, end - 1000, end)
        cut = gap.start() if gap else end
        yield text[start:cut]
        start = cut
    yield text[start:]


def _rolled(hashes: NDArray[np.uint64], length: int) -> NDArray[np.uint64]:
    count = len(hashes) - length + 1
    rolled = hashes[:count].copy()
    for i in range(1, length):
        rolled = rolled * np.uint64(0x9E3779B97F4A7C15) + hashes[i : count + i]
    return _mixed(rolled)


def _mixed(x: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """The finaliser of SplitMix64 (Steele, Lea and Flood, 2014): every bit of the outcome hangs on every bit."""
    x = (x ^ (x >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    x = (x ^ (x >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return x ^ (x >> np.uint64(31))


def _densified(bins: Matrix) -> Matrix:
    """Every empty bin takes the value of the first filled one in an order of its own."""
    filled = bins != _EMPTY
    if filled.all():
        return bins
    out = bins.copy()
    steps = np.arange(1, _DONORS + 1, dtype=np.uint64)
    for empty in np.flatnonzero(~filled):
        order = (_mixed(steps + np.uint64(empty) * np.uint64(1 << 32)) >> _BIN_SHIFT).astype(np.intp)
        donor = order[filled[order].argmax()]
        out[empty] = bins[donor] if filled[donor] else bins[filled][0]
    return out
