"""What archives are made of: how to tell them, streams that unpack them, and paths that are only names."""

import bz2
import gzip
import io
import lzma
import re
from collections.abc import Callable
from typing import IO, Final, cast

TAR_HEAD: Final = 512
"""So many bytes tell whether something is a tar archive."""

_COMPRESSED = {b"\x1f\x8b\x08": "gzip", b"\xfd7zXZ\x00": "xz"}
_HIDDEN = ("__MACOSX", "Thumbs.db", "desktop.ini")
_CONTROLS = re.compile("[\x00-\x1f\x7f-\x9f]")


class Counted:
    """A stream that tells how much came out of it, also of what tarfile only skips."""

    def __init__(self, stream: IO[bytes], tell: Callable[[int], None]) -> None:
        self._stream = stream
        self._tell = tell
        self._count = 0

    def read(self, size: int = -1) -> bytes:
        piece = self._stream.read(size)
        self._count += len(piece)
        self._tell(self._count)
        return piece


def compression(data: bytes) -> str | None:
    """gzip, bzip2 or xz, by their first bytes."""
    if data.startswith(b"BZh") and data[4:10] == b"1AY&SY":
        return "bzip2"
    return next((kind for start, kind in _COMPRESSED.items() if data.startswith(start)), None)


def decompressed(data: bytes) -> IO[bytes]:
    """The stream of what was packed. Raises as its module does, where it is damaged."""
    packed = io.BytesIO(data)
    kind = compression(data)
    if kind == "bzip2":
        return bz2.BZ2File(packed)
    if kind == "xz":
        return lzma.LZMAFile(packed)
    return cast(IO[bytes], gzip.GzipFile(fileobj=packed))


def is_tar(data: bytes) -> bool:
    """By the mark of POSIX and GNU tar; the tar of before 1988 has none."""
    return data[257:262] == b"ustar"


def clean_path(path: str) -> str:
    """Only a name: no drive, no root, no steps up, no characters that cannot be stored."""
    shown = _CONTROLS.sub("", path.encode("utf-8", "replace").decode()).replace("\\", "/")
    return "/".join(part for part in shown.split("/") if part not in ("", ".", "..")) or "unnamed"


def is_hidden(path: str) -> bool:
    return any(part.startswith(".") or part in _HIDDEN for part in path.split("/"))
