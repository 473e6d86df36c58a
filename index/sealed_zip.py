"""ZIP files that anybody may have made, as this project writes them: a manifest, and files that it names."""

import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from core.errors import InvalidRequest

Refused = Callable[[str], InvalidRequest]
"""Makes the error of a file that is not as it should be, from what is wrong with it."""


def open_sealed(path: Path, what: str, refused: Refused) -> zipfile.ZipFile:
    """``what`` says what it is not when it cannot be opened. Raises InvalidRequest."""
    try:
        return zipfile.ZipFile(path)
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
        raise refused(f"{what} ({error})") from error


def checked_infos(
    archive: zipfile.ZipFile, manifest: str, max_manifest_bytes: int, refused: Refused
) -> dict[str, zipfile.ZipInfo]:
    """Its directory by names, of which none is there twice. Raises InvalidRequest."""
    listed = archive.infolist()
    infos = {info.filename: info for info in listed}
    if len(infos) != len(listed) or manifest not in infos:
        raise refused("it has no manifest, or two files of one name")
    if infos[manifest].file_size > max_manifest_bytes:
        raise refused("its manifest is too long")
    for name, info in infos.items():
        if info.header_offset < 0:  # where the directory was damaged: reading it would be an error of the disk
            raise refused(f"it is damaged: {name[:200]!r} would begin before it")
        if info.flag_bits & 1 or info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise refused(f"{name[:200]!r} is encrypted, or packed in a way that is not used here")
    return infos


@contextmanager
def reading(name: str, refused: Refused) -> Iterator[None]:
    """What the ZIP reader finds amiss in a file, in words. Raises InvalidRequest."""
    try:
        yield
    except (zipfile.BadZipFile, zlib.error, struct.error, EOFError, ValueError, NotImplementedError) as error:
        raise refused(f"{name} is damaged ({error})") from error
