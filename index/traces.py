"""What is remembered of a deleted text, to prove later that it is nowhere: hashes of some stretches, never the text.

A stretch is ``WINDOW`` bytes of the text's UTF-8. Two hashes are kept of each: one that can be computed for every
place of a file at once (a polynomial over the bytes, modulo 2^64), and one that confirms what the first one found.
"""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

WINDOW = 32  # a power of two
_STRETCHES = 16  # of one text, spread evenly: it may be cut anywhere into the pages of a database
_BASE = np.array([0x9E3779B97F4A7C15], dtype=np.uint64)  # odd, so that its powers never become 0; wraps silently
_BUCKET_BITS = 20
_AT_ONCE = 1 << 17  # what the processor keeps close by

Bytes = NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Trace:
    """One stretch of a deleted text."""

    rolling: int
    confirming: bytes

    def as_bytes(self) -> bytes:
        return self.rolling.to_bytes(8, "little") + self.confirming


def traces_of(text: str) -> list[Trace]:
    """Of stretches spread over the text; none of one that is shorter than a stretch."""
    data = text.encode(errors="surrogatepass")
    last = len(data) - WINDOW
    if last < 0:
        return []
    starts = sorted({round(i * last / (_STRETCHES - 1)) for i in range(_STRETCHES)})
    windows = [data[start : start + WINDOW] for start in starts]
    return [Trace(int(_hashes(np.frombuffer(w, dtype=np.uint8))[0]), _confirming(w)) for w in windows]


def as_blob(traces: Sequence[Trace]) -> bytes:
    """As a row of the catalog holds them."""
    return b"".join(trace.as_bytes() for trace in traces)


def from_blob(blob: bytes) -> list[Trace]:
    return [
        Trace(int.from_bytes(blob[i : i + 8], "little"), blob[i + 8 : i + 16]) for i in range(0, len(blob) - 15, 16)
    ]


class Finder:
    """Finds the stretches of many deleted texts in bytes, all at once."""

    def __init__(self, traces: Sequence[Trace]) -> None:
        self._confirming = {(trace.rolling, trace.confirming): trace for trace in traces}
        self._sorted = np.array(sorted({trace.rolling for trace in traces}), dtype=np.uint64)
        self._buckets = np.zeros(1 << _BUCKET_BITS, dtype=bool)
        self._buckets[self._sorted >> np.uint64(64 - _BUCKET_BITS)] = True

    def find(self, data: bytes | memoryview) -> Iterator[tuple[int, Trace]]:
        """(place, stretch) of each that the bytes hold."""
        if not len(self._sorted):
            return
        whole = np.frombuffer(data, dtype=np.uint8)
        for start in range(0, max(0, len(whole) - WINDOW + 1), _AT_ONCE):
            hashes = _hashes(whole[start : start + _AT_ONCE + WINDOW - 1])
            for place in np.flatnonzero(self._buckets[hashes >> np.uint64(64 - _BUCKET_BITS)]):
                at = start + int(place)
                window = whole[at : at + WINDOW].tobytes()
                found = self._confirming.get((int(hashes[place]), _confirming(window)))
                if found is not None:
                    yield at, found


def _hashes(data: Bytes) -> NDArray[np.uint64]:
    """The rolling hash of every stretch, shape (len(data) - WINDOW + 1,)."""
    out = data.astype(np.uint64)
    power, length = _BASE, 1
    while length < WINDOW:  # the hash of a stretch from those of its halves
        out = out[:-length] * power + out[length:]
        power, length = power * power, 2 * length
    return out


def _confirming(window: bytes) -> bytes:
    return hashlib.blake2b(window, digest_size=8).digest()
