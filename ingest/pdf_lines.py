"""A PDF page to lines of text with their place and type size, through PDFium's character API."""

import re
from dataclasses import dataclass

import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_c

_LIGATURES = {
    "ﬀ": "ff", "ﬁ": "fi", "ﬂ": "fl", "ﬃ": "ffi", "ﬄ": "ffl", "ﬅ": "st", "ﬆ": "st",
}  # fmt: skip
_BOLD_WEIGHT = 600
# A gap wider than this many type sizes separates table cells; justified text stays well below.
_CELL_GAP = 1.4
_HYPHENS = ("\x02", "\ufffe")  # PDFium's marks for a hyphen at a line's end that it takes for a word break
# A currency sign set apart from its figure belongs to the cell of the figure.
_CURRENCY_CELL = re.compile(r"\s*(?:\|\s*)?([$€£¥]) \| (?=[\d(—-])")


@dataclass(frozen=True, slots=True)
class Line:
    """One line: cells are joined by `` | ``. Coordinates are points, the origin is the lower left corner.

    ``hyphenated`` is True where the last word goes on in the next line.
    """

    text: str
    x0: float
    y0: float
    x1: float
    y1: float
    size: float
    bold: bool
    hyphenated: bool = False

    @property
    def cells(self) -> int:
        return self.text.count(" | ") + 1


def page_lines(page: pdfium.PdfPage) -> list[Line]:
    """The lines of a page in the order of its content stream. Raises pypdfium2.PdfiumError."""
    textpage = page.get_textpage()
    try:
        pieces = _pieces(textpage)
    finally:
        textpage.close()
    return _join_rows(pieces)


def _pieces(textpage: pdfium.PdfTextPage) -> list[Line]:
    """What PDFium holds for lines; it starts a new one at each jump of the text position."""
    raw = textpage.raw
    lines: list[Line] = []
    start = 0
    count = textpage.count_chars()
    codes = [pdfium_c.FPDFText_GetUnicode(raw, i) for i in range(count)]
    for i in range(count + 1):
        # PDFium puts no line end behind a hyphen that it took for a word break.
        hyphen = i < count and chr(codes[i]) in _HYPHENS
        if i == count or hyphen or codes[i] in (10, 13):
            end = i + hyphen
            if end > start:
                line = _piece(raw, codes, start, end)
                if line is not None:
                    lines.append(line)
            start = i + 1
    return lines


def _piece(raw: object, codes: list[int], start: int, end: int) -> Line | None:
    box = pdfium_c.FS_RECTF()
    chars: list[str] = []
    x0 = y0 = float("inf")
    x1 = y1 = float("-inf")
    size = 0.0
    bold = 0
    visible = 0
    last_right = None
    for i in range(start, end):
        char = chr(codes[i]) if 0 < codes[i] < 0x110000 else ""
        if not char or char.isspace():
            chars.append(" ")
            continue
        pdfium_c.FPDFText_GetLooseCharBox(raw, i, box)
        if visible == 0:
            size = pdfium_c.FPDFText_GetFontSize(raw, i)
        if box.right > box.left:
            height = box.top - box.bottom
            if last_right is not None and box.left - last_right > _CELL_GAP * max(height * 0.8, 1.0):
                while chars and chars[-1] == " ":
                    chars.pop()
                chars.append(" | ")
            last_right = box.right
            x0, y0 = min(x0, box.left), min(y0, box.bottom)
            x1, y1 = max(x1, box.right), max(y1, box.top)
        visible += 1
        bold += pdfium_c.FPDFText_GetFontWeight(raw, i) >= _BOLD_WEIGHT
        chars.append(_LIGATURES.get(char, char))
    text = re.sub(r" +", " ", "".join(chars)).strip()
    hyphenated = text.endswith(_HYPHENS)
    text = _surrogates(text.rstrip("".join(_HYPHENS)))
    if not text or visible == 0:
        return None
    text = _join_currency(text)
    # The nominal size is often 1 with a scaling matrix: the box tells how large the type really is.
    shown = (y1 - y0) * 0.85 if y1 > y0 else size
    return Line(text, x0, y0, x1, y1, shown, bold * 2 > visible, hyphenated)


def _join_currency(text: str) -> str:
    return _CURRENCY_CELL.sub(r" | \1 ", text).removeprefix(" | ")


def _surrogates(text: str) -> str:
    """Characters beyond the basic plane can come as two UTF-16 halves."""
    if any("\ud800" <= c <= "\udfff" for c in text):
        return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return text


def _join_rows(pieces: list[Line]) -> list[Line]:
    """Pieces that follow each other on one base line are one row. Columns of running text do not:

    their lines come one below the other in the content stream.
    """
    rows: list[Line] = []
    for piece in pieces:
        last = rows[-1] if rows else None
        if last is None or not _same_row(last, piece):
            rows.append(piece)
            continue
        gap = piece.x0 - last.x1
        glue = "" if last.hyphenated else " | " if gap > _CELL_GAP * last.size else " "
        rows[-1] = Line(
            _join_currency(last.text + glue + piece.text),
            last.x0,
            min(last.y0, piece.y0),
            max(last.x1, piece.x1),
            max(last.y1, piece.y1),
            max(last.size, piece.size) if last.bold == piece.bold else last.size,
            last.bold and piece.bold,
            piece.hyphenated,
        )
    return rows


def _same_row(left: Line, right: Line) -> bool:
    overlap = min(left.y1, right.y1) - max(left.y0, right.y0)
    shorter = min(left.y1 - left.y0, right.y1 - right.y0)
    return overlap > 0.6 * shorter > 0 and right.x0 >= left.x1 - 0.2 * left.size
