"""What goes over the pipes between the ingest and its parser processes: a kind, a length, then that many bytes.

No pickle: what a parser that was taken over sends is read as JSON and text, never run.
"""

import struct
from typing import BinaryIO, Final

REQUEST: Final = b"R"
"""JSON: module, name, memory_mb, patience_s. A DATA frame follows."""
DATA: Final = b"D"
PROGRESS: Final = b"P"
"""JSON: [done, total]."""
ANSWER: Final = b"A"
"""JSON: a Parsed without its text, or ``error`` with message and hint, or ``crash``. A TEXT frame follows."""
TEXT: Final = b"T"
"""UTF-8, in which a lone surrogate may stand (``surrogatepass``)."""

_HEAD = struct.Struct(">cQ")
HEAD_BYTES: Final = _HEAD.size


def head(kind: bytes, length: int) -> bytes:
    """The first bytes of a frame."""
    return _HEAD.pack(kind, length)


def kind_and_length(first: bytes | bytearray) -> tuple[bytes, int]:
    """The reverse of ``head``."""
    kind, length = _HEAD.unpack(first)
    return kind, length


def read_frame(stream: BinaryIO) -> tuple[bytes, bytes]:
    """The next frame of a blocking stream. Raises EOFError at its end, also within a frame."""
    first = stream.read(HEAD_BYTES)
    if len(first) < HEAD_BYTES:
        raise EOFError
    kind, length = kind_and_length(first)
    body = stream.read(length)
    if len(body) < length:
        raise EOFError
    return kind, body


def write_frame(stream: BinaryIO, kind: bytes, body: bytes) -> None:
    """Write and flush a frame."""
    stream.write(head(kind, len(body)))
    stream.write(body)
    stream.flush()
