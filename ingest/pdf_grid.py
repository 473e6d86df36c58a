"""The columns of a table on a PDF page, by where its cells stand."""

import re
from dataclasses import dataclass
from itertools import pairwise

from ingest.pdf_lines import Cell, Line

_FIGURE = re.compile(
    # Possessive where spaces may follow spaces: else a cell of thousands of them takes for ever.
    r"[$€£¥]?\s*+[-–—−+(]*\s*+[$€£¥]?\s*+[\d.,]*\d[\d.,]*\s*+[)%]*\s*+[%x)]?(?:\s*+pts?)?|[$€£¥]?\s*[-–—−*]+\s*%?"
)
_NOTHING = re.compile(r"(?:N/?[AM]|n/?[am]|\*+|[-–—−]+)\.?")
_YEAR = re.compile(
    r"(?:FY\s?|Q[1-4]\s?|[1-4]Q\s?)?(?:19|20)\d\d(?:[EA*]|\s*\(\w{1,2}\)|\s*[-–/]\s*(?:19|20)?\d\d)?"
    r"|(?:[^\W\d]{2,10}\.?\s+)?(?:\d{1,2}(?:,|\.|th|st|nd|rd)?\s*)?(?:of\s+)?(?:[^\W\d]{3,10}\.?\s+)(?:\d{1,2},\s*)?(?:19|20)\d\d"
    r"|\d{1,2}[./]\d{1,2}[./]\d{2,4}"
)
_TOUCH = 0.25  # type sizes between two cells that are one column: a dash hangs over where figures end


def is_figure(text: str) -> bool:
    """A number, an amount, a percentage, or what stands for none."""
    if any(c.isdigit() for c in text) and not any(c.isalpha() for c in text):
        return True
    return bool(_FIGURE.fullmatch(text) or _NOTHING.fullmatch(text))


def is_header_row(line: Line) -> bool:
    """Years or dates over the columns, perhaps with words among them, and with at most a label beside them.

    One year beside a label ("Fiscal year | 2025") is a value.
    """
    years = _years(line)
    return years > 1 or (years == 1 and line.cells == 1)


def may_be_header_row(line: Line) -> bool:
    """Years or words only: a line of names where it stands above other names."""
    return _years(line) > 0


def has_label(line: Line) -> bool:
    """Whether the line begins with words that are no date; "(in millions)" is no label."""
    first = line.parts[0].text
    return not is_figure(first) and not _YEAR.fullmatch(first) and first[0] != "("


def _years(line: Line) -> int:
    """How many cells are years or dates; 0 where others are figures."""
    years = [bool(_YEAR.fullmatch(cell.text)) for cell in line.parts]
    figures = any(is_figure(cell.text) and not year for cell, year in zip(line.parts, years, strict=True))
    return 0 if figures else sum(years)


@dataclass(frozen=True, slots=True)
class Column:
    """A column's place among the others and its left and right edge in points."""

    index: int
    x0: float
    x1: float


@dataclass(frozen=True, slots=True)
class Columns:
    """The columns right of the labels, which end at ``labels``; ``size`` is the type's."""

    columns: tuple[Column, ...]
    labels: float
    size: float

    def of(self, cell: Cell) -> Column | None:
        """The column that a cell is in; None for a label."""
        best = max(self.columns, key=lambda c: overlap(c, cell))
        return best if overlap(best, cell) > 0 else None

    def under(self, cell: Cell) -> list[Column]:
        """The columns that a heading stands over."""
        return [c for c in self.columns if overlap(c, cell) > 0]

    def are_below(self, line: Line) -> bool:
        """Whether a line above the table names columns: all its cells but perhaps a first one stand over columns."""
        cells = line.parts
        if line.cells > 1 and cells[0].x1 < self.columns[0].x0 and not self.under(cells[0]):
            cells = cells[1:]
        if any(is_figure(cell.text) and not _YEAR.fullmatch(cell.text) for cell in cells):
            return False
        return all(self._is_over(cell) for cell in cells) and not line.text.endswith((".", ";"))

    def _is_over(self, cell: Cell) -> bool:
        first, last = self.columns[0], self.columns[-1]
        # A heading may be wider than its column, yet not so wide that it reaches over the labels.
        reach = max(self.labels - self.size, first.x0 - 6 * self.size)
        centre = (cell.x0 + cell.x1) / 2
        return cell.x0 > reach and centre < last.x1 + 2 * self.size and centre > first.x0 - 3 * self.size


def columns_of(rows: list[Line]) -> Columns | None:
    """None where the cells of the rows do not fall into columns."""
    if not rows:
        return None
    left = min(line.x0 for line in rows)
    size = sorted(line.size for line in rows)[len(rows) // 2]
    labels, cells = [], []
    for line in rows:
        if is_header_row(line):
            continue
        first = line.parts[0]
        labelled = not is_figure(first.text) or abs(first.x0 - left) < size
        if labelled:
            labels.append(first.x1)
        cells.append(line.parts[1:] if labelled else line.parts)
    edges: list[list[float]] = []
    for cell in sorted((cell for row in cells for cell in row if is_figure(cell.text)), key=lambda c: c.x0):
        if edges and cell.x0 < edges[-1][1] + _TOUCH * size:
            edges[-1][1] = max(edges[-1][1], cell.x1)
        else:
            edges.append([cell.x0, cell.x1])
    for cell in (cell for row in cells for cell in row if not is_figure(cell.text)):
        if not any(min(e[1], cell.x1) > max(e[0], cell.x0) for e in edges):
            edges.append([cell.x0, cell.x1])
    edges.sort()
    if not edges or any(a[1] > b[0] + 1 for a, b in pairwise(edges)):
        return None
    columns = tuple(Column(i, x0, x1) for i, (x0, x1) in enumerate(edges))
    found = Columns(columns, sorted(labels)[int(0.8 * (len(labels) - 1))] if labels else left, size)
    for row in cells:
        at = [found.of(cell) for cell in row]
        if len(set(at)) < len(at):
            return None
    return found


def overlap(column: Column, cell: Cell) -> float:
    """How many points a cell and a column share; below zero how far they are apart."""
    return min(column.x1, cell.x1) - max(column.x0, cell.x0)
