"""Unpacking gzip piece by piece, so that a small answer cannot become a huge one in memory."""

import zlib
from collections.abc import Iterator

MAGIC = b"\x1f\x8b"
_PIECE = 64 * 1024


class Gunzip:
    """Feed it packed bytes; it gives unpacked ones in pieces of at most 64 KiB."""

    def __init__(self) -> None:
        self._inner = zlib.decompressobj(wbits=16 + zlib.MAX_WBITS)

    @property
    def is_complete(self) -> bool:
        """Whether the end of the packed data was reached."""
        return self._inner.eof

    def feed(self, packed: bytes) -> Iterator[bytes]:
        """Raises zlib.error."""
        while not self._inner.eof:
            unpacked = self._inner.decompress(packed, _PIECE)
            packed = self._inner.unconsumed_tail
            if unpacked:
                yield unpacked
            elif not packed:
                return
