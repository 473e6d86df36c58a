"""The columns of a table on a PDF page, by where its cells stand, and the names above them."""

import re
from dataclasses import dataclass
from itertools import pairwise

from ingest.pdf_lines import Cell, Line

_FIGURE = re.compile(
    r"[$€£¥]?\s*[-–—−+(]*\s*[$€£¥]?\s*[\d.,]*\d[\d.,]*\s*[)%]*\s*[%x)]?(?:\s*pts?)?|[-–—−*]+\s*%?|\(\s*\)"
)
_NOTHING = re.compile(r"(?:N/?[AM]|n/?[am]|\*+|[-–—−]+)\.?")
_YEAR = re.compile(r"(?:FY\s?|Q[1-4]\s?|[1-4]Q\s?)?(?:19|20)\d\d(?:[EA*]|\s*\(\w{1,2}\)|\s*[-–/]\s*(?:19|20)?\d\d)?")
_NOTE = re.compile(r"\s*(?:\(\w{1,2}\)|[*†‡]+)$")
_CLOSE = 1.6  # type sizes that the middle of a heading may be beside the middle of its columns
_EVEN = 0.3  # of that is as good as the very middle: figures end under their heading's middle, words begin there
_TOUCH = 0.5  # points that cells of two columns may overlap


def is_figure(text: str) -> bool:
    """A number, an amount, a percentage, or what stands for none."""
    return bool(_FIGURE.fullmatch(text) or _NOTHING.fullmatch(text))


def is_header_row(line: Line) -> bool:
    """Years over the columns, perhaps with words among them, and with at most a label beside them.

    One year beside a label ("Fiscal year | 2025") is a value.
    """
    years = sum(bool(_YEAR.fullmatch(cell.text)) for cell in line.parts)
    others = sum(is_figure(cell.text) for cell in line.parts)
    return (
        years > 0
        and others == sum(is_figure(c.text) for c in line.parts if _YEAR.fullmatch(c.text))
        and (years > 1 or line.cells == 1)
    )


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
        best = max(self.columns, key=lambda c: _overlap(c, cell))
        return best if _overlap(best, cell) > 0 else None

    def under(self, cell: Cell) -> list[Column]:
        """The columns that a heading stands over."""
        return [c for c in self.columns if _overlap(c, cell) > 0]

    def are_below(self, line: Line) -> bool:
        """Whether a line above the table names columns: all its cells but perhaps a first one stand over columns."""
        cells = line.parts
        if line.cells > 1 and cells[0].x1 < self.columns[0].x0 and not self.under(cells[0]):
            cells = cells[1:]
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
        if edges and cell.x0 < edges[-1][1] - _TOUCH:
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


@dataclass(frozen=True, slots=True)
class Names:
    """The headings above each column, from the top, each with the cell that it is: (row, cell, text)."""

    columns: Columns
    parts: tuple[tuple[tuple[int, int, str], ...], ...]
    label: str = ""

    def fit(self, rows: list[Line]) -> bool:
        """Whether the cells of rows further down stand in these columns."""
        for line in rows:
            at = [self.columns.of(cell) for cell in line.parts[1:]]
            if None in at or len(set(at)) < len(at):
                return False
        return True

    def row(self, line: Line) -> str:
        """The cells with the names of their columns; what two neighbours have in common is said once."""
        said: tuple[tuple[int, int, str], ...] = ()
        parts = []
        for i, cell in enumerate(line.parts):
            column = self.columns.of(cell)
            if column is None and i == 0 and self.label:
                parts.append(f"{self.label}: {cell.text}")
                continue
            own = self.parts[column.index] if column is not None else ()
            same = next(
                (i for i, (a, b) in enumerate(zip(own, said, strict=False)) if a != b), min(len(own), len(said))
            )
            name = " ".join(text for _, _, text in own[same:])
            parts.append(f"{name}: {cell.text}" if name and name != cell.text else cell.text)
            said = own or said
        return " | ".join(parts)


def names_of(header: list[Line], columns: Columns) -> Names | None:
    """A name for each column, of all the lines above it; None where not one can be told.

    What stands over all columns ("Year ended December 31,") tells none from another and is left out.
    """
    parts: list[list[tuple[int, int, str]]] = [[] for _ in columns.columns]
    for row, line in enumerate(header):
        cells = list(line.parts)
        if len(cells) > 1 and not columns.under(cells[0]) and cells[0].x1 <= columns.columns[0].x0 + columns.size:
            cells = cells[1:]
        groups = _groups(cells, columns)
        if groups is None:
            return None
        for i, (cell, group) in enumerate(zip(cells, groups, strict=True)):
            text = _NOTE.sub("", cell.text).strip().rstrip(":")
            if len(group) < max(2, len(columns.columns)) and text and not text.startswith("("):
                for column in group:
                    parts[column.index].append((row, i, text))
    return Names(columns, tuple(map(tuple, parts)), _label(header[-1], columns)) if any(parts) else None


def _label(last: Line, columns: Columns) -> str:
    """The name of the first column, where all columns have one; "(in millions)" is none."""
    first = last.parts[0]
    named = last.cells == len(columns.columns) + 1 and not columns.under(first)
    return first.text.rstrip(":") if named and first.text[0] != "(" and not is_figure(first.text) else ""


def _groups(cells: list[Cell], columns: Columns) -> list[list[Column]] | None:
    """The columns that each heading of one line names; None where that is not sure."""
    under = [columns.under(cell) for cell in cells]
    single = [group[0] if len(group) == 1 else None for group in under]
    count = len(columns.columns)
    if len(cells) == count:
        if all(group for group in under) and len({c for c in single if c}) == len(cells):
            return under
        # As many headings as columns, each the nearest to its own.
        nearest = [min(columns.columns, key=lambda c: abs(_middle(c) - _centre(cell))) for cell in cells]
        return [[c] for c in nearest] if len(set(nearest)) == count else None
    return _spans(cells, columns)


def _spans(cells: list[Cell], columns: Columns) -> list[list[Column]] | None:
    """Neighbouring columns for each heading, so that headings stand over the middle of theirs: dynamic programming."""
    count = len(columns.columns)
    tolerance = _CLOSE * columns.size
    best: list[dict[int, tuple[float, list[list[Column]]]]] = [{0: (0.0, [])}]
    for cell in cells:
        reached: dict[int, tuple[float, list[list[Column]]]] = {}
        for begin, (cost, groups) in best[-1].items():
            for start in range(begin, count):
                for stop in range(start + 1, count + 1):
                    group = list(columns.columns[start:stop])
                    price = cost + _price(cell, group, tolerance)
                    if stop not in reached or price < reached[stop][0]:
                        reached[stop] = (price, [*groups, group])
        best.append(reached)
    if not best[-1]:
        return None
    price, groups = min(best[-1].values(), key=lambda found: found[0])
    return groups if price < len(cells) else None


def _price(cell: Cell, group: list[Column], tolerance: float) -> float:
    """0 for a heading over the middle of its columns, which are as many as can be; 1 for one just too far beside."""
    beside = max(0.0, abs(_centre(cell) - (group[0].x0 + group[-1].x1) / 2) - _EVEN * tolerance)
    if len(group) == 1 and _overlap(group[0], cell) > 0:
        beside = min(beside, 0.8 * tolerance)
    missed = max(0.0, group[0].x0 - cell.x0 - tolerance * 3) + max(0.0, cell.x1 - group[-1].x1 - tolerance * 3)
    return beside / tolerance + missed / tolerance - 0.05 * (len(group) - 1)


def _middle(column: Column) -> float:
    return (column.x0 + column.x1) / 2


def _centre(cell: Cell) -> float:
    return (cell.x0 + cell.x1) / 2


def _overlap(column: Column, cell: Cell) -> float:
    return min(column.x1, cell.x1) - max(column.x0, cell.x0)
