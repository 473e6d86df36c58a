"""Which format some bytes are in: told by their content first, by the name only between text formats."""

import codecs
import re
from pathlib import PurePosixPath

import py3langid
from charset_normalizer import from_bytes

from core.errors import ReadError, UnsupportedMedia
from ingest.packages import package_type, refuse_ole

PDF = "application/pdf"
HTML = "text/html"
MARKDOWN = "text/markdown"
PLAIN = "text/plain"
CSV = "text/csv"
JSON = "application/json"
RST = "text/x-rst"
CODE = "text/x-source"
RTF = "application/rtf"
MAIL = "message/rfc822"
PNG = "image/png"
JPEG = "image/jpeg"
GIF = "image/gif"
TIFF = "image/tiff"
BMP = "image/bmp"
WEBP = "image/webp"
SUPPORTED = (
    "PDF, Word, PowerPoint, Excel, OpenDocument text, EPUB, RTF, HTML, Markdown, reStructuredText, CSV, JSON, "
    "e-mail, source code, plain text, and pictures by OCR"
)

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
_ARCHIVES = ("a gzip archive", "a bzip2 archive", "an xz archive", "a tar archive")
# Formats that are recognised only to be refused by name.
_MAGIC = (
    (b"\x1f\x8b", _ARCHIVES[0]),
    (b"BZh", _ARCHIVES[1]),
    (b"\xfd7zXZ\x00", _ARCHIVES[2]),
    (b"7z\xbc\xaf\x27\x1c", "a 7-Zip archive"),
    (b"Rar!", "a RAR archive"),
    (b"\x7fELF", "a program"),
    (b"SQLite format 3\x00", "a SQLite database"),
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
_HTML_NAMES = {".html", ".htm", ".xhtml"}
_TEXT_NAMES = {
    **dict.fromkeys((".md", ".markdown", ".mdown", ".mkd"), MARKDOWN),
    **dict.fromkeys((".csv", ".tsv", ".tab"), CSV),
    **dict.fromkeys((".json", ".jsonl", ".ndjson"), JSON),
    **dict.fromkeys((".rst", ".rest"), RST),
    **dict.fromkeys(
        (
            ".py .pyi .js .mjs .cjs .ts .tsx .jsx .java .kt .kts .scala .c .h .cc .cpp .cxx .hpp .cs .go .rs .rb .php "
            ".pl .pm .lua .r .jl .m .swift .dart .ex .exs .erl .hs .ml .fs .clj .sql .sh .bash .zsh .ps1 .vb .groovy "
            ".proto .graphql .css .scss .less .vue .svelte .toml .yaml .yml .ini .cfg .conf .xml .tf .cmake .gradle"
        ).split(),
        CODE,
    ),
}
_MAIL_NAMES = {".eml", ".mbox"}
_MAIL_START = re.compile(rb"(?:From \S+@?\S* .*\d{4}\s*\n)?(?:[A-Za-z][A-Za-z0-9-]*:[ \t].*\n(?:[ \t].*\n)*){2,}", re.A)
_MAIL_HEADS = re.compile(rb"^(?:message-id|received|mime-version|return-path):", re.I | re.M)
_SAMPLE = 4096
# How much of a text its encoding is guessed from: bytes looked through, a line, all lines together.
_GUESS_WINDOW, _GUESS_LINE, _GUESS_ENOUGH = 1_000_000, 50_000, 4_000
_LAST_LATIN = "\u024f"
_WINDOWS_PAGES = {
    **dict.fromkeys(("bs", "cs", "hr", "hu", "pl", "ro", "sk", "sl", "sq"), "cp1250"),
    **dict.fromkeys(("az", "tr"), "cp1254"),
    **dict.fromkeys(("et", "lt", "lv"), "cp1257"),
    "vi": "cp1258",
}  # all other languages in Latin letters use 1252


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
    if _HTML_START.match(text[:_SAMPLE]) or (suffix in _HTML_NAMES and _HTML_ANY.search(text[:_SAMPLE])):
        return HTML, text
    return _TEXT_NAMES.get(suffix, PLAIN), text


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
    what = next((what for magic, what in _MAGIC if data.startswith(magic)), None)
    if data[257:262] == b"ustar":
        what = _ARCHIVES[3]
    if what in _ARCHIVES:
        raise UnsupportedMedia(f"{name} is {what}.", "Unpack it and ingest what is in it.")
    if what is not None:
        raise UnsupportedMedia(f"{name} is {what}.", f"Footnoted reads {SUPPORTED}: convert the file first.")


def _is_mail(data: bytes, suffix: str) -> bool:
    """By its headers: two lines of them, of which one is a mail server's, or the name says so."""
    head = data[:_SAMPLE].replace(b"\r\n", b"\n")
    match = _MAIL_START.match(head)
    return match is not None and (suffix in _MAIL_NAMES or _MAIL_HEADS.search(match.group()) is not None)


def decode(data: bytes, name: str) -> str:
    """Bytes to text: byte-order mark, UTF-16 without a mark, UTF-8, also damaged, then a statistical guess.

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
        if (damaged := _damaged_utf8(data)) is not None:
            return damaged
        guessed = _guess(_odd_lines(data, error.start))
        if guessed is None:
            raise ReadError(
                f"{name} is in no known text encoding (byte {error.start} is the first odd one).",
                "Save it as UTF-8.",
            ) from error
        return data.decode(guessed, errors="replace")


def _damaged_utf8(data: bytes) -> str | None:
    """UTF-8 with a few odd bytes, as where a file was cut. Text in another encoding has hardly a valid sequence."""
    text = data.decode("utf-8", errors="replace")
    odd = text.count("\ufffd")
    beyond_ascii = len(text) - len(text.encode("ascii", errors="ignore"))
    return text if beyond_ascii - odd > 10 * odd else None


def _odd_lines(data: bytes, first: int) -> bytes:
    """Some lines that are not ASCII, from the first odd byte on: among much ASCII, any encoding seems to fit."""
    begin = max(data.rfind(b"\n", 0, first) + 1, first - 100)
    found: list[bytes] = []
    for line in data[begin : begin + _GUESS_WINDOW].split(b"\n"):
        if not line.isascii():
            found.append(line[:_GUESS_LINE])
            if sum(map(len, found)) > _GUESS_ENOUGH:
                break
    return b"\n".join(found)


def _guess(sample: bytes) -> str | None:
    """The encoding of some text that is not UTF-8, or None.

    Windows' code pages for Latin letters differ in a few places only: there, the language tells which it is.
    """
    matches = from_bytes(sample)
    best = matches.best()
    if best is None or any(c.isalpha() and c > _LAST_LATIN for c in str(best)):
        return best.encoding if best else None
    usual = _WINDOWS_PAGES.get(py3langid.classify(str(best))[0], "cp1252")
    likely = {name for m in matches if m.chaos <= best.chaos + 0.1 for name in m.could_be_from_charset}
    return usual if usual in likely else best.encoding


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
