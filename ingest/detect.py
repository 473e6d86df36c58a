"""Which format some bytes are in: told by their content first, by the name only between text formats."""

import codecs
import re
from pathlib import PurePosixPath

from charset_normalizer import from_bytes

from core.errors import ReadError, UnsupportedMedia

PDF = "application/pdf"
HTML = "text/html"
MARKDOWN = "text/markdown"
PLAIN = "text/plain"
SUPPORTED = "PDF, HTML, Markdown and plain text"

# Formats that are recognised only to be refused by name.
_MAGIC = (
    (b"PK\x03\x04", "a ZIP archive or an Office or EPUB file"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an old Office file (.doc, .xls, .ppt)"),
    (b"\x89PNG\r\n\x1a\n", "a PNG image"),
    (b"\xff\xd8\xff", "a JPEG image"),
    (b"GIF8", "a GIF image"),
    (b"II*\x00", "a TIFF image"),
    (b"MM\x00*", "a TIFF image"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"7z\xbc\xaf\x27\x1c", "a 7-Zip archive"),
    (b"Rar!", "a RAR archive"),
    (b"\x7fELF", "a program"),
    (b"SQLite format 3\x00", "a SQLite database"),
    (b"{\\rtf", "an RTF file"),
)
_BOMS = (  # the four-byte marks first: UTF-32's begins with UTF-16's
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_HTML_START = re.compile(r"\s*(<!--.*?-->\s*|<\?xml[^>]*>\s*)*<(!doctype\s+html|html|head|body)\b", re.I | re.S)
_HTML_ANY = re.compile(r"</?(p|div|h[1-6]|table|ul|ol|br|span|a|article|section)\b[^>]*>", re.I)
_MARKDOWN_NAMES = {".md", ".markdown", ".mdown", ".mkd"}
_HTML_NAMES = {".html", ".htm", ".xhtml"}
_SAMPLE = 4096


def detect(data: bytes, name: str) -> tuple[str, str | None]:
    """The media type, and the decoded text for text formats (None for PDF).

    Raises UnsupportedMedia when no parser knows the format, ReadError when text cannot be decoded.
    """
    if b"%PDF-" in data[:1024]:
        return PDF, None
    suffix = PurePosixPath(name).suffix.lower()
    if suffix == ".pdf" and not data[:1024].strip(b"\x00"):
        raise ReadError(f"{name} is named .pdf but holds no PDF data.", "Get the file again from its source.")
    for magic, what in _MAGIC:
        if data.startswith(magic):
            raise UnsupportedMedia(f"{name} is {what}.", f"Footnoted reads {SUPPORTED}: convert the file first.")
    text = decode(data, name)
    if _HTML_START.match(text[:_SAMPLE]) or (suffix in _HTML_NAMES and _HTML_ANY.search(text[:_SAMPLE])):
        return HTML, text
    if suffix in _MARKDOWN_NAMES:
        return MARKDOWN, text
    return PLAIN, text


def decode(data: bytes, name: str) -> str:
    """Bytes to text: byte-order mark, UTF-8, UTF-16 without a mark, then a statistical guess.

    Raises UnsupportedMedia for binary data, ReadError where no encoding fits.
    """
    for bom, encoding in _BOMS:
        if data.startswith(bom):
            try:
                return data.decode(encoding)
            except UnicodeDecodeError as error:
                raise ReadError(
                    f"{name} says that it is {encoding.upper()}, but byte {error.start} does not fit.",
                    "The file is damaged or cut short: get it again, or save it as UTF-8.",
                ) from error
    sample = data[:_SAMPLE]
    if b"\x00" in sample:
        wide = _utf16_without_mark(data, sample)
        if wide is None:
            raise UnsupportedMedia(f"{name} holds binary data.", f"Footnoted reads {SUPPORTED}.")
        return wide
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        # A guess needs no more than the neighbourhood of the first byte that is not ASCII.
        around = data[max(0, error.start - 20_000) : error.start + 40_000]
        best = from_bytes(around).best()
        if best is None:
            raise ReadError(
                f"{name} is in no known text encoding (byte {error.start} is the first odd one).",
                "Save it as UTF-8.",
            ) from error
        return data.decode(best.encoding, errors="replace")


def _utf16_without_mark(data: bytes, sample: bytes) -> str | None:
    """Latin text in UTF-16 has a zero at every second byte; anything else is taken for binary."""
    for offset, encoding in ((1, "utf-16-le"), (0, "utf-16-be")):
        halves = sample[offset::2], sample[1 - offset :: 2]
        if halves[0].count(0) > 0.6 * len(halves[0]) and halves[1].count(0) < 0.05 * len(halves[1]):
            try:
                return data[: len(data) // 2 * 2].decode(encoding)
            except UnicodeDecodeError:
                continue
    return None
