"""The characters of a PDF page to segments: stretches of one line without a wide gap, with their place."""

import math
import re
from collections import Counter
from ctypes import c_int, create_string_buffer
from dataclasses import dataclass

import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_c

_LIGATURES = {
    "ﬀ": "ff", "ﬁ": "fi", "ﬂ": "fl", "ﬃ": "ffi", "ﬄ": "ffl", "ﬅ": "st", "ﬆ": "st",
    "\uf0b7": "•", "\uf0a7": "▪", "\uf0d8": "‣",  # bullets of the fonts Symbol and Wingdings
}  # fmt: skip
_BOLD_WEIGHT = 600
_GAP = 0.7  # type sizes; the gutter of two columns may be narrower than what parts the cells of a table
_HYPHENS = ("\x02", "\ufffe")  # PDFium's marks for a hyphen at a line's end that it takes for a word break
_SOFT_HYPHEN = "\xad"
_PRIVATE = re.compile("[\ufffd\ue000-\uf8ff\x00-\x08\x0e-\x1f]")
_FIXED_PITCH = re.compile(rb"Mono|Courier|Consolas|Menlo|Typewriter|CMTT|LMMono", re.I)
_JUNK_SHARE = 0.5
_ANGLE_SAMPLES = 40


@dataclass(frozen=True, slots=True)
class Segment:
    """Text with its box in points, upright: the origin is the lower left corner of the page as it is read.

    ``start`` and ``end`` number its characters as PDFium counts them. ``turned`` is True where it runs in another
    direction than most of the page.
    """

    text: str
    x0: float
    y0: float
    x1: float
    y1: float
    size: float
    bold: bool
    hyphenated: bool
    start: int
    end: int
    turned: bool = False
    fixed_pitch: bool = False


@dataclass(frozen=True, slots=True)
class PageSegments:
    """The segments of a page in the order of its content stream, and the page's height in points as it is read.

    ``junk`` is True where most of the characters stand for nothing: fonts without a table of their letters.
    """

    segments: list[Segment]
    height: float
    junk: bool


def page_segments(page: pdfium.PdfPage) -> PageSegments:
    """Raises pypdfium2.PdfiumError."""
    textpage = page.get_textpage()
    try:
        return _Reader(page, textpage).read()
    finally:
        textpage.close()


class _Reader:
    def __init__(self, page: pdfium.PdfPage, textpage: pdfium.PdfTextPage) -> None:
        self._raw = textpage.raw
        self._count = textpage.count_chars()
        left, bottom, right, top = page.get_cropbox()
        self._left, self._bottom, self._width, self._height = left, bottom, right - left, top - bottom
        self._quarter = self._most_frequent_quarter()
        self._box = pdfium_c.FS_RECTF()
        self._matrix = pdfium_c.FS_MATRIX()
        self._name = create_string_buffer(80)
        self._flags = c_int()

    def read(self) -> PageSegments:
        codes = [pdfium_c.FPDFText_GetUnicode(self._raw, i) for i in range(self._count)]
        found: list[Segment] = []
        start = 0
        for i in range(self._count + 1):
            # PDFium puts no line end behind a hyphen that it took for a word break.
            hyphen = i < self._count and chr(codes[i]) in _HYPHENS
            if i == self._count or hyphen or codes[i] in (10, 13):
                if i + hyphen > start:
                    self._line(codes, start, i + hyphen, found)
                start = i + 1
        letters = "".join(s.text for s in found)
        odd = len(_PRIVATE.findall(letters)) + sum(codes[i] == 0 for i in range(self._count))
        junk = bool(found) and odd > _JUNK_SHARE * max(1, len(letters.replace(" ", "")))
        return PageSegments(found, self._height if self._quarter % 2 == 0 else self._width, junk)

    def _line(self, codes: list[int], start: int, end: int, found: list[Segment]) -> None:
        """One line as PDFium tells it, cut at its wide gaps."""
        chars: list[str] = []
        x0 = y0 = math.inf
        x1 = y1 = -math.inf
        begin, last_right, bold, visible = start, None, 0, 0
        characters: list[int] = []
        for i in range(start, end):
            char = chr(codes[i]) if 0 < codes[i] < 0x110000 else ""
            if not char or char.isspace():
                chars.append(" ")
                continue
            left, bottom, right, top = self._upright(i)
            if right > left:
                gap = 0.0 if last_right is None else left - last_right
                if visible and (gap > _GAP * max((top - bottom) * 0.85, 1.0) or left < x0 - 1.0):
                    self._add(chars, (x0, y0, x1, y1), characters, bold * 2 > visible, begin, i, found)
                    chars, characters, x0, y0, x1, y1 = [], [], math.inf, math.inf, -math.inf, -math.inf
                    begin, bold, visible = i, 0, 0
                last_right = right
                x0, y0 = min(x0, left), min(y0, bottom)
                x1, y1 = max(x1, right), max(y1, top)
            visible += 1
            characters.append(i)
            bold += pdfium_c.FPDFText_GetFontWeight(self._raw, i) >= _BOLD_WEIGHT
            chars.append(_LIGATURES.get(char, char))
        if visible:
            self._add(chars, (x0, y0, x1, y1), characters, bold * 2 > visible, begin, end, found)

    def _add(
        self,
        chars: list[str],
        box: tuple[float, float, float, float],
        characters: list[int],
        bold: bool,
        start: int,
        end: int,
        found: list[Segment],
    ) -> None:
        text = re.sub(r" +", " ", "".join(chars)).strip()
        hyphenated = text.endswith((*_HYPHENS, _SOFT_HYPHEN))
        text = _surrogates(text.rstrip("".join(_HYPHENS) + _SOFT_HYPHEN))
        x0, y0, x1, y1 = box
        if not text or not math.isfinite(x0):
            return
        # Of the character in the middle, because a footnote mark may stand at either end.
        size = self._size(characters[len(characters) // 2]) or y1 - y0
        turned = self._quarter_of(start) != self._quarter
        found.append(Segment(text, x0, y0, x1, y1, size, bold, hyphenated, start, end, turned, self._is_fixed(start)))

    def _size(self, index: int) -> float:
        """The type size in points: the nominal one is often 1, with a matrix that scales it."""
        nominal = pdfium_c.FPDFText_GetFontSize(self._raw, index)
        if not pdfium_c.FPDFText_GetMatrix(self._raw, index, self._matrix):
            return float(nominal)
        return float(nominal * math.hypot(self._matrix.c, self._matrix.d))

    def _is_fixed(self, index: int) -> bool:
        """Whether the font says that all its letters are equally wide, by its flags or its name."""
        length = pdfium_c.FPDFText_GetFontInfo(self._raw, index, self._name, len(self._name), self._flags)
        return bool(self._flags.value & 1) or bool(_FIXED_PITCH.search(self._name.raw[: max(0, length - 1)]))

    def _upright(self, index: int) -> tuple[float, float, float, float]:
        """The room of a character on its line: left, bottom, right, top, turned so that most lines are level."""
        box = self._box
        pdfium_c.FPDFText_GetLooseCharBox(self._raw, index, box)
        x0, y0 = box.left - self._left, box.bottom - self._bottom
        x1, y1 = box.right - self._left, box.top - self._bottom
        if self._quarter == 0:
            return x0, y0, x1, y1
        if self._quarter == 1:  # upwards
            return y0, self._width - x1, y1, self._width - x0
        if self._quarter == 2:  # upside down
            return self._width - x1, self._height - y1, self._width - x0, self._height - y0
        return self._height - y1, x0, self._height - y0, x1

    def _quarter_of(self, index: int) -> int:
        angle = pdfium_c.FPDFText_GetCharAngle(self._raw, index)
        return round(angle / (math.pi / 2)) % 4 if angle >= 0 else 0

    def _most_frequent_quarter(self) -> int:
        step = max(1, self._count // _ANGLE_SAMPLES)
        quarters = Counter(self._quarter_of(i) for i in range(0, self._count, step))
        return quarters.most_common(1)[0][0] if quarters else 0


def _surrogates(text: str) -> str:
    """Characters beyond the basic plane can come as two UTF-16 halves."""
    if any("\ud800" <= c <= "\udfff" for c in text):
        return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return text
