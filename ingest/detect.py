"""Which format some bytes are in: told by their content first, by the name only between text formats."""

import re
from pathlib import PurePosixPath

from core.errors import ReadError, UnsupportedMedia
from ingest.archive_streams import compression, is_tar
from ingest.media_types import BMP, GIF, JPEG, MAIL, PDF, PNG, RTF, SUPPORTED, TIFF, WEBP
from ingest.packages import package_type, refuse_ole
from ingest.text_encoding import decode
from ingest.text_formats import text_type

_IMAGES = (
    (b"\x89PNG\r\n\x1a\n", PNG),
    (b"\xff\xd8\xff", JPEG),
    (b"GIF87a", GIF),
    (b"GIF89a", GIF),
    (b"II*\x00", TIFF),
    (b"MM\x00*", TIFF),
    (b"II+\x00", TIFF),
    (b"MM\x00+", TIFF),
)
_BMP_HEADERS = (12, 40, 52, 56, 64, 108, 124)  # their lengths
# Formats that are recognised only to be refused by name.
_MAGIC = (
    (b"7z\xbc\xaf\x27\x1c", "a 7-Zip archive"),
    (b"Rar!", "a RAR archive"),
    (b"\x7fELF", "a program"),
    (b"SQLite format 3\x00", "a SQLite database"),
)
_MAIL_NAMES = {".eml", ".mbox"}
_MAIL_START = re.compile(rb"(?:From \S+@?\S* .*\d{4}\s*\n)?(?:[A-Za-z][A-Za-z0-9-]*:[ \t].*\n(?:[ \t].*\n)*){2,}", re.A)
_MAIL_HEADS = re.compile(rb"^(?:message-id|received|mime-version|return-path):", re.I | re.M)
_SAMPLE = 4096


def detect(data: bytes, name: str) -> tuple[str, str | None]:
    """The media type, and the decoded text for text formats (None for the others).

    Raises UnsupportedMedia when no parser knows the format, ReadError when text cannot be decoded.
    """
    suffix = PurePosixPath(name).suffix.lower()
    # The mark may stand behind some junk, but an essay on PDFs is no PDF.
    if data[:1024].lstrip().startswith(b"%PDF-") or (suffix == ".pdf" and b"%PDF-" in data[:1024]):
        return PDF, None
    if suffix == ".pdf" and not data[:1024].strip(b"\x00"):
        raise ReadError(f"{name} is named .pdf but holds no PDF data.", "Get the file again from its source.")
    if data.startswith(b"PK\x03\x04"):
        return package_type(data, name), None
    refuse_ole(data, name)
    if data.startswith(b"{\\rtf"):
        return RTF, None
    if _is_mail(data, suffix):
        return MAIL, None
    if (image := _image(data)) is not None:
        return image, None
    _refuse(data, name)
    text = decode(data, name)
    return text_type(text, suffix), text


def _image(data: bytes) -> str | None:
    for magic, media_type in _IMAGES:
        if data.startswith(magic):
            return media_type
    if data.startswith(b"RIFF") and data[8:12] == b"WEBP":
        return WEBP
    # "BM" begins many a text; the length of a known header follows.
    if data.startswith(b"BM") and int.from_bytes(data[14:18], "little") in _BMP_HEADERS:
        return BMP
    return None


def _refuse(data: bytes, name: str) -> None:
    """Raises UnsupportedMedia for what is no text and has no parser."""
    kind = "tar" if is_tar(data) else compression(data)
    if kind is not None:
        article = "an" if kind == "xz" else "a"
        raise UnsupportedMedia(f"{name} is {article} {kind} archive.", "Unpack it and ingest what is in it.")
    what = next((what for magic, what in _MAGIC if data.startswith(magic)), None)
    if what is not None:
        raise UnsupportedMedia(f"{name} is {what}.", f"Footnoted reads {SUPPORTED}: convert the file first.")


def _is_mail(data: bytes, suffix: str) -> bool:
    """By its headers: two lines of them, of which one is a mail server's, or the name says so."""
    head = data[:_SAMPLE].replace(b"\r\n", b"\n")
    match = _MAIL_START.match(head)
    return match is not None and (suffix in _MAIL_NAMES or _MAIL_HEADS.search(match.group()) is not None)
