"""A PDF page to lines of text with their place and type size, through PDFium's character API."""

import re
from dataclasses import dataclass

from ingest.pdf_segments import Segment

# A gap wider than this many type sizes separates table cells; justified text stays well below.
_CELL_GAP = 1.1
_WORD_GAP = 0.12
_CURRENCY = frozenset("$€£¥")
_TAIL = re.compile(r"%|\)|\)\s*%|pts?|x")  # belongs to the figure before it
_MARK = re.compile(r"[•●▪■◦‣○–*·†‡-]+|\(?[\w*†‡]{1,3}[.)]|\([\w*]{1,3}\)|\d{1,2}")
_PROSE = re.compile(r"[^\W\d].{14,}|.*[^\W\d]{3}.*\s.*[^\W\d]{3}")
_RIGHT_TO_LEFT = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]")


@dataclass(frozen=True, slots=True)
class Cell:
    """A stretch of a line that wide gaps set apart, with its left and right edge in points."""

    text: str
    x0: float
    x1: float


@dataclass(frozen=True, slots=True)
class Line:
    """One line of one or more cells. Coordinates are points, the origin is the lower left corner of the page as read.

    ``hyphenated`` is True where PDFium took the hyphen at its end for a word break. ``region`` is the number of the
    column, or of what stands between columns, that the line is in.
    """

    parts: tuple[Cell, ...]
    y0: float
    y1: float
    size: float
    bold: bool
    hyphenated: bool = False
    region: int = 0
    fixed_pitch: bool = False

    @property
    def text(self) -> str:
        """The cells joined by `` | ``."""
        return self.parts[0].text if len(self.parts) == 1 else " | ".join(cell.text for cell in self.parts)

    @property
    def cells(self) -> int:
        return len(self.parts)

    @property
    def x0(self) -> float:
        return self.parts[0].x0

    @property
    def x1(self) -> float:
        return self.parts[-1].x1


def lines_of(rows: list[list[Segment]], region: int = 0) -> list[Line]:
    """A line for each row of segments, which are in reading order."""
    return [line for row in rows if (line := _line(row, region)) is not None]


def rows_of(segments: list[Segment]) -> list[list[Segment]]:
    """The segments by the base lines that they share, from the top; each row from where reading begins."""
    rows: list[list[Segment]] = []
    for segment in sorted(segments, key=lambda s: -(s.y0 + s.y1)):
        if rows and _shares(rows[-1], segment):
            rows[-1].append(segment)
        else:
            rows.append([segment])
    for row in rows:
        to_left = sum(bool(_RIGHT_TO_LEFT.search(s.text)) for s in row) * 2 > len(row)
        row.sort(key=lambda s: -s.x1 if to_left else s.x0)
    return rows


def _shares(row: list[Segment], segment: Segment) -> bool:
    tallest = max(row, key=lambda s: s.y1 - s.y0)
    overlap = min(tallest.y1, segment.y1) - max(tallest.y0, segment.y0)
    return overlap > 0.55 * min(tallest.y1 - tallest.y0, segment.y1 - segment.y0) > 0


def _line(row: list[Segment], region: int) -> Line | None:
    cells: list[Cell] = []
    last: Segment | None = None
    for segment in row:
        if last is None:
            cells.append(Cell(segment.text, segment.x0, segment.x1))
        else:
            gap = segment.x0 - last.x1 if segment.x0 >= last.x0 else last.x0 - segment.x1
            _put(cells, segment, gap, max(segment.size, 1.0))
        last = segment
    cells = _join_mark(_join_currency(cells))
    if not cells or not any(cell.text for cell in cells):
        return None
    longest = max(row, key=lambda s: len(s.text))
    bold = sum(len(s.text) for s in row if s.bold) * 2 > sum(len(s.text) for s in row)
    y0, y1 = min(s.y0 for s in row), max(s.y1 for s in row)
    fixed = all(s.fixed_pitch for s in row)
    return Line(tuple(cells), y0, y1, longest.size, bold, row[-1].hyphenated, region, fixed)


def _put(cells: list[Cell], segment: Segment, gap: float, size: float) -> None:
    before = cells[-1]
    figure_ends = before.text[-1:].isdigit() or before.text[-1:] in ("%", ")", "—", "–")
    next_column = figure_ends and segment.text[:1] in _CURRENCY and gap > _WORD_GAP * size
    if (gap > _CELL_GAP * size or next_column) and not (_TAIL.fullmatch(segment.text) and gap < 2.5 * size):
        cells.append(Cell(segment.text, segment.x0, segment.x1))
        return
    glue = "" if gap < _WORD_GAP * size or segment.text == ")" else " "
    x0, x1 = min(before.x0, segment.x0), max(before.x1, segment.x1)
    cells[-1] = Cell(before.text + glue + segment.text, x0, x1)


def _join_currency(cells: list[Cell]) -> list[Cell]:
    """A currency sign set apart from its figure belongs to the cell of the figure."""
    joined: list[Cell] = []
    for cell in cells:
        if joined and joined[-1].text in _CURRENCY:
            sign = joined.pop()
            cell = Cell(f"{sign.text} {cell.text}", sign.x0, cell.x1)
        joined.append(cell)
    return joined


def _join_mark(cells: list[Cell]) -> list[Cell]:
    """A bullet, number or footnote mark set apart from its sentence is the beginning of it."""
    if len(cells) == 2 and _MARK.fullmatch(cells[0].text) and _PROSE.match(cells[1].text):
        return [Cell(f"{cells[0].text} {cells[1].text}", cells[0].x0, cells[1].x1)]
    return cells
