"""Short signatures of texts, from which their similarity can be told.

A signature estimates the Jaccard similarity of the sets of five words in a row (of five characters where a script puts
no spaces between words): Broder, "On the resemblance and containment of documents" (1997). It is made with one hash for
all 128 bins (Li, Owen and Zhang, "One Permutation Hashing", 2012); bins that stay empty take their value from others as
in Shrivastava, "Optimal Densification for Fast and Accurate Minwise Hashing" (2017). The standard error at a similarity
of 0.9 is 0.027.
"""

import hashlib
import re
import zlib
from collections.abc import Iterator
from functools import cache

import numpy as np
from numpy.typing import NDArray

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


def _densified(bins: NDArray[np.uint32]) -> NDArray[np.uint32]:
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
