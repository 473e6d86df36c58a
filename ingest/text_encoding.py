"""Bytes to text, whatever their encoding."""

import codecs

import py3langid
from charset_normalizer import from_bytes

from core.errors import ReadError, UnsupportedMedia
from ingest.media_types import SUPPORTED

_BOMS = (  # the four-byte marks first: UTF-32's begins with UTF-16's
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
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
