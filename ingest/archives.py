"""Files in archives: ZIP, tar (plain, gzip, bzip2, xz) and single compressed files, one at a time, in memory.

Nothing is written to disk, so a path in an archive is only a name. What the headers say of unpacked sizes is not
believed: bytes are counted as they are unpacked. The packed size of a file in a ZIP, against which its ratio is held,
is its header's; it counts for no more than the whole archive has.
"""

import io
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import IO, cast

from core.errors import EncryptedDocument, ReadError, TooLarge
from ingest.archive_streams import TAR_HEAD, Counted, clean_path, compression, decompressed, is_hidden, is_tar
from ingest.packages import DAMAGED_ZIP, is_package, open_zip

_ZIP_STARTS = (b"PK\x03\x04", b"PK\x05\x06")  # the second one is an empty archive's
_CHUNK = 1 << 20
_FREE_RATIO_BYTES = 16 * 1024**2  # small files of one letter compress by any factor and do no harm
_DAMAGED_HINT = "Download or pack it again."
_BAD = (*DAMAGED_ZIP, tarfile.TarError, IndexError)


@dataclass(frozen=True, slots=True)
class ArchiveLimits:
    """What an archive may hold with the archives in it: bytes unpacked, files and folders, bytes in one file.

    ``max_ratio`` is that of unpacked to packed bytes, from 16 MiB on. ``max_depth`` counts the archives around a file.
    """

    max_bytes: int = 4 * 1024**3
    max_members: int = 20_000
    max_member_bytes: int = 512 * 1024**2
    max_ratio: float = 200.0
    max_depth: int = 3


@dataclass(frozen=True, slots=True)
class Member:
    """A file: its path with "/" between folders and "!/" between archives, never absolute, without ``..``."""

    path: str
    data: bytes


Found = Member | tuple[str, ReadError]


def is_archive(data: bytes, name: str) -> bool:
    """Whether ``members`` unpacks it. An Office, OpenDocument or EPUB package is no archive."""
    if data.startswith(_ZIP_STARTS):
        return not is_package(data, name)
    return compression(data) is not None or is_tar(data)


def members(data: bytes, name: str, limits: ArchiveLimits | None = None) -> Iterator[Found]:
    """Each file, or its path with the reason why it cannot be unpacked; one is in memory at a time.

    Hidden files and what systems leave beside files are passed over, though counted. Raises TooLarge where the limits
    on the whole are reached, ReadError where the archive's own structure is damaged: files before that have been given.
    """
    yield from _Unpacker(name, len(data), limits or ArchiveLimits()).unpack(data, name, "", 1)


class _Unpacker:
    """Counts over all nested archives."""

    def __init__(self, name: str, packed: int, limits: ArchiveLimits) -> None:
        self._name = name
        self._packed = packed
        self._limits = limits
        self._bytes = 0
        self._members = 0
        self._paths: dict[str, int] = {}  # with the last number that was given for it

    def unpack(self, data: bytes, name: str, prefix: str, depth: int) -> Iterator[Found]:
        if data.startswith(_ZIP_STARTS):
            found = self._zip(data, name)
        elif is_tar(data):
            found = self._tar(io.BytesIO(data), name, len(data))
        else:
            found = self._compressed(data, name)
        for path, content in found:
            where = self._distinct(prefix + path)
            if isinstance(content, ReadError):
                yield where, content
            elif not is_archive(content, path):
                yield Member(where, content)
            elif depth >= self._limits.max_depth:
                message = f"{path} in {self._name} is an archive within {depth} archives."
                yield where, TooLarge(message, "Unpack the inner ones first.")
            else:
                yield from self._nested(content, where, depth)

    def _nested(self, data: bytes, where: str, depth: int) -> Iterator[Found]:
        """A damaged archive in an archive is one bad file; the limits on the whole still hold."""
        try:
            yield from self.unpack(data, PurePosixPath(where).name, f"{where}!/", depth + 1)
        except _Whole:
            raise
        except ReadError as error:
            yield where, error

    def _distinct(self, path: str) -> str:
        """The path, numbered where an archive holds it twice: one document has one address."""
        name = PurePosixPath(path)
        number = self._paths.get(path, 0)
        numbered = path
        while numbered in self._paths:
            number += 1
            numbered = str(name.with_name(f"{name.stem} ({number}){name.suffix}"))
        self._paths[path] = max(number, 1)
        self._paths.setdefault(numbered, 1)
        return numbered

    def _zip(self, data: bytes, name: str) -> Iterator[tuple[str, bytes | ReadError]]:
        with _told(name), open_zip(data, name, self._limits.max_members) as archive:
            for info in archive.infolist():
                self._count_member()
                path = clean_path(info.filename)
                if info.is_dir() or is_hidden(path):
                    continue
                if info.flag_bits & 0x1:
                    yield path, EncryptedDocument(f"{path} in {name} needs a password.", "Unpack it and ingest that.")
                    continue
                try:
                    with archive.open(info) as stream:
                        content = self._read(stream, path, name, min(max(info.compress_size, 1), len(data)))
                except _Whole:
                    raise
                except ReadError as error:
                    yield path, error
                except _BAD as error:
                    yield path, ReadError(f"{path} in {name} is damaged: {error}", _DAMAGED_HINT)
                else:
                    yield path, content

    def _tar(self, stream: IO[bytes], name: str, packed: int) -> Iterator[tuple[str, bytes | ReadError]]:
        # "|": read once from front to back, so that a compressed one is never whole in memory.
        with _told(name), tarfile.open(fileobj=stream, mode="r|", errorlevel=1) as archive:
            for info in archive:
                archive.members.clear()  # type: ignore[attr-defined]  # else it keeps each of them to the end
                self._count_member()
                path = clean_path(info.name)
                if not info.isreg() or is_hidden(path):
                    continue
                content = archive.extractfile(info)
                assert content is not None  # it is a regular file
                try:
                    yield path, self._read(content, path, name, packed)
                except _Whole:
                    raise
                except ReadError as error:
                    yield path, error

    def _compressed(self, data: bytes, name: str) -> Iterator[tuple[str, bytes | ReadError]]:
        with _told(name):
            with decompressed(data) as stream:
                holds_tar = is_tar(stream.read(TAR_HEAD))
            with decompressed(data) as stream:
                if holds_tar:
                    counted = Counted(stream, lambda count: self._check_ratio(count, len(data), name))
                    yield from self._tar(cast(IO[bytes], counted), name, len(data))
                    return
                self._count_member()
                path = clean_path(name)
                inner = path.rpartition(".")[0] or path
                try:
                    yield inner, self._read(stream, inner, name, len(data))
                except _Whole:
                    raise
                except TooLarge as error:
                    yield inner, error

    def _read(self, stream: IO[bytes], path: str, name: str, packed: int) -> bytes:
        """All of a member, counted. Raises TooLarge for it, _Whole for the archive."""
        whole = io.BytesIO()  # gives its bytes away without a copy
        size = 0
        while piece := stream.read(_CHUNK):
            size += len(piece)
            self._bytes += len(piece)
            self._check_ratio(self._bytes, self._packed, self._name)  # also of many small files together
            if self._bytes > self._limits.max_bytes:
                raise _Whole(
                    f"{self._name} unpacks to more than {self._limits.max_bytes / 1024**2:,.0f} MiB.",
                    "Ingest it in parts.",
                )
            self._check_ratio(size, packed, name)
            if size > self._limits.max_member_bytes:
                raise TooLarge(
                    f"{path} in {name} has more than {self._limits.max_member_bytes / 1024**2:,.0f} MiB.",
                    "Split the file, or raise the setting ingest.max_file_mb.",
                )
            whole.write(piece)
        return whole.getvalue()

    def _check_ratio(self, unpacked: int, packed: int, name: str) -> None:
        if unpacked > _FREE_RATIO_BYTES and unpacked > packed * self._limits.max_ratio:
            raise _Whole(
                f"{name} unpacks to more than {self._limits.max_ratio:.0f} times its size, as archives do that are "
                "made to fill a disk.",
                "If it is honest, unpack it and ingest the folder.",
            )

    def _count_member(self) -> None:
        self._members += 1
        if self._members > self._limits.max_members:
            raise _Whole(
                f"{self._name} holds more than {self._limits.max_members:,} files and folders.", "Ingest it in parts."
            )


class _Whole(TooLarge):
    """A limit on the archive as a whole: it ends the unpacking, also from within a nested archive."""


@contextmanager
def _told(name: str) -> Iterator[None]:
    try:
        yield
    except _BAD as error:
        raise ReadError(f"{name} is a damaged archive: {error or 'it ends too early'}.", _DAMAGED_HINT) from error
