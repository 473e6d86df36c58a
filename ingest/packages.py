"""What a ZIP file is: an Office, OpenDocument or EPUB document, and whether it is safe to open and to unpack."""

import io
import lzma
import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from core.errors import EncryptedDocument, ReadError, TooLarge, UnsupportedMedia

DOCX: Final = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
PPTX: Final = "application/vnd.openxmlformats-officedocument.presentationml.presentation"
XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
ODT: Final = "application/vnd.oasis.opendocument.text"
EPUB: Final = "application/epub+zip"

_PARTS = {"word/document.xml": DOCX, "ppt/presentation.xml": PPTX, "xl/workbook.xml": XLSX}
_MOST_UNPACKED = 512 * 1024**2
_MOST_FILES = 20_000
# What zipfile raises on damage, besides its own class: for unknown methods, odd flags, places outside of the file.
DAMAGED_ZIP: Final = (
    zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, OSError, ValueError, OverflowError, struct.error,
    zlib.error, lzma.LZMAError,
)  # fmt: skip
_ENTRY = b"PK\x01\x02"  # what each entry of a ZIP file's directory begins with
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED_STREAM = "EncryptedPackage".encode("utf-16-le")


def is_package(data: bytes, name: str) -> bool:
    """Whether a ZIP file is one document in parts, as Office and e-book programs write it, and no archive of files.

    One too damaged or too large to tell goes by its name.
    """
    try:
        with open_zip(data, name) as archive:
            names = archive.namelist()
    except (*DAMAGED_ZIP, TooLarge):
        return not name.lower().endswith(".zip")
    return "[Content_Types].xml" in names or "mimetype" in names or any(part in names for part in _PARTS)


class _Directory(io.BytesIO):
    """A ZIP file's bytes; refuses the read of a directory with more entries than ``most``."""

    def __init__(self, data: bytes, name: str, most: int) -> None:
        super().__init__(data)
        self._name = name
        self.most: int | None = most

    def read(self, size: int | None = -1, /) -> bytes:
        piece = super().read(size)
        if self.most is not None and piece.count(_ENTRY) > self.most:
            message = f"{self._name} holds more than {self.most:,} files and folders."
            raise TooLarge(message, "Split it, or ingest it in parts.")
        return piece


def open_zip(data: bytes, name: str, most: int = _MOST_FILES) -> zipfile.ZipFile:
    """Raises TooLarge before an object is made of each entry, and DAMAGED_ZIP.

    The entries are counted in what zipfile reads: it does not go by their number in the end record either.
    """
    directory = _Directory(data, name, most)
    archive = zipfile.ZipFile(directory)
    directory.most = None  # from here on files are read, in which may be anything
    return archive


def package_type(data: bytes, name: str) -> str:
    """The media type of a ZIP file. Raises UnsupportedMedia for other archives, TooLarge for bombs, ReadError."""
    try:
        with open_zip(data, name) as archive:
            infos = archive.infolist()
            names = {info.filename for info in infos}
            unpacked = sum(info.file_size for info in infos)
            if unpacked > _MOST_UNPACKED:
                raise TooLarge(
                    f"{name} unpacks to {unpacked / 1024**2:,.0f} MiB in {len(infos):,} files.",
                    f"At most {_MOST_UNPACKED // 1024**2} MiB are unpacked: split it.",
                )
            for part, media_type in _PARTS.items():
                if part in names:
                    return media_type
            if "mimetype" in names:
                told = archive.read("mimetype")[:100].decode("ascii", "replace").strip()
                if told in (ODT, EPUB):
                    return told
                raise UnsupportedMedia(f"{name} is {told}.", "Convert it to PDF or DOCX first.")
    except DAMAGED_ZIP as error:
        raise ReadError(f"{name} is a damaged ZIP or Office file: {error}.", "Save or download it again.") from error
    raise UnsupportedMedia(f"{name} is a ZIP archive.", "Unpack it and ingest the folder.")


def refuse_ole(data: bytes, name: str) -> None:
    """Old Office files and encrypted new ones are one container. Raises EncryptedDocument, UnsupportedMedia."""
    if not data.startswith(_OLE):
        return
    if _ENCRYPTED_STREAM in data:
        raise EncryptedDocument(f"{name} is protected by a password.", "Save it without one.")
    raise UnsupportedMedia(f"{name} is an old Office file (.doc, .xls, .ppt).", "Save it as .docx, .xlsx or .pptx.")


@contextmanager
def whole(name: str, what: str, hint: str) -> Iterator[None]:
    """Whatever a library raises on a damaged file is told as a ReadError: they have classes of their own for it."""
    try:
        yield
    except Exception as error:  # a border: the parsers behind it meet any file at all
        raise ReadError(f"{name} is not a whole {what}: {error}", hint) from error
