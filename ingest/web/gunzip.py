"""Unpacking gzip piece by piece, so that a small answer cannot become a huge one in memory."""

import zlib
from collections.abc import Iterator

MAGIC = b"\x1f\x8b"
_PIECE = 64 * 1024
_PACKED = 4 * 1024  # zlib copies what it leaves: little, however many members there are


class Gunzip:
    """Feed it packed bytes; it gives unpacked ones in pieces of at most 64 KiB.

    A file of several members is their contents one after the other (RFC 1952, 2.2); what else follows is padding.
    """

    def __init__(self) -> None:
        self._inner = _member()
        self._begun = b""  # what may be half of the next member's magic
        self.is_over = False
        """Whether padding was reached, so that nothing more will come."""

    @property
    def is_complete(self) -> bool:
        """Whether the packed data may end here."""
        return self._inner.eof

    def feed(self, packed: bytes) -> Iterator[bytes]:
        """Raises zlib.error."""
        for at in range(0, len(packed), _PACKED):
            yield from self._feed(packed[at : at + _PACKED])

    def _feed(self, packed: bytes) -> Iterator[bytes]:
        packed, self._begun = self._begun + packed, b""
        while not self.is_over:
            if self._inner.eof:
                if packed == MAGIC[: len(packed)]:  # nothing yet, or half of it
                    self._begun = packed
                    return
                if not packed.startswith(MAGIC):
                    self.is_over = True
                    return
                self._inner = _member()
            unpacked = self._inner.decompress(packed, _PIECE)
            packed = self._inner.unused_data if self._inner.eof else self._inner.unconsumed_tail
            if unpacked:
                yield unpacked
            elif not packed and not self._inner.eof:
                return


def _member() -> "zlib._Decompress":
    return zlib.decompressobj(wbits=16 + zlib.MAX_WBITS)
