"""What the columns of a table on a PDF page are called, by the lines above its figures."""

import re
from dataclasses import dataclass, replace

from ingest.pdf_grid import Column, Columns, is_figure, may_be_header_row, overlap
from ingest.pdf_lines import Cell, Line

_NOTE = re.compile(r"\s*(?:\(\w{1,2}\)|[*†‡]+)$")
_UNITS = re.compile(r"\b(?:in (?:thousands|millions|billions)|unaudited)\b", re.I)
_NAME_CHARS = 60
_CLOSE = 1.2  # type sizes, or
_CLOSE_SHARE = 0.25  # of a column's width, that the middle of a heading may be beside the middle of its columns
_EVEN = 0.3  # of that is as good as the very middle: figures end under their heading's middle, words begin there
_UNSURE = 0.6  # on average, of what a heading may be beside: beyond, none of the line's headings is sure
_CENTRED = 0.2  # of the width of all columns, that a lone heading over all of them may be beside their middle

_MOST_OF_ALL = 0.6  # of that width, and it stands over all of them


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
    rows = [cells for line in header if (cells := _headings(line, columns))]
    if not rows:
        return None
    parts: list[list[tuple[int, int, str]]] = [[] for _ in columns.columns]
    above: list[list[Column]] = []
    wide = _widened(rows[-1], columns)
    for row, cells in enumerate(rows):
        groups = _groups(cells, wide, above)
        if groups is None:
            return None
        above = groups
        for i, (cell, group) in enumerate(zip(cells, groups, strict=True)):
            text = _NOTE.sub("", cell.text).strip().rstrip(":")
            if len(group) < max(2, len(columns.columns)) and _is_name(text):
                for column in group:
                    parts[column.index].append((row, i, text))
    return Names(columns, tuple(map(tuple, parts)), _label(header[-1], columns)) if any(parts) else None


def _is_name(text: str) -> bool:
    return bool(text) and text[0] != "(" and len(text) <= _NAME_CHARS and not _UNITS.search(text)


def _headings(line: Line, columns: Columns) -> list[Cell]:
    """The cells of a line that stand over the columns; none of a line that does not name columns."""
    cells = list(line.parts)
    if all(is_figure(cell.text) for cell in cells) and not may_be_header_row(line):
        return []
    if line.cells == 1:
        return cells if columns.are_below(line) else []
    over_labels = not columns.under(cells[0]) and cells[0].x1 <= columns.columns[0].x0 + columns.size
    if over_labels and (len(cells) != len(columns.columns) or _one_each(cells, columns) is None):
        return cells[1:]
    return cells


def _widened(last: list[Cell], columns: Columns) -> Columns:
    """The columns as wide as the headings directly above them, where each has its own."""
    own = _one_each(last, columns)
    if own is None:
        return columns
    wide = list(columns.columns)
    for cell, column in zip(last, own, strict=True):
        wide[column.index] = Column(column.index, min(column.x0, cell.x0), max(column.x1, cell.x1))
    return replace(columns, columns=tuple(wide))


def _one_each(cells: list[Cell], columns: Columns) -> list[Column] | None:
    """A column of its own for each of as many headings; None where that is not so."""
    if len(cells) != len(columns.columns):
        return None
    under = [columns.under(cell) for cell in cells]
    if all(len(group) == 1 for group in under):
        own = [group[0] for group in under]
    else:
        own = [min(columns.columns, key=lambda c: abs(_middle(c) - _centre(cell))) for cell in cells]
    return own if len(set(own)) == len(cells) else None


def _label(last: Line, columns: Columns) -> str:
    """The name of the first column, where all columns have one; "(in millions)" is none."""
    first = last.parts[0]
    named = last.cells == len(columns.columns) + 1 and not columns.under(first)
    return first.text.rstrip(":") if named and first.text[0] != "(" and not is_figure(first.text) else ""


def _groups(cells: list[Cell], columns: Columns, above: list[list[Column]]) -> list[list[Column]] | None:
    """The columns that each heading of one line names, ``above`` those of the line above it; None where not sure."""
    own = _one_each(cells, columns)
    if own is not None:
        return [[column] for column in own]
    first, last = columns.columns[0], columns.columns[-1]
    width = last.x1 - first.x0
    if len(cells) == 1 and (
        abs(_centre(cells[0]) - (first.x0 + last.x1) / 2) < _CENTRED * width
        or cells[0].x1 - cells[0].x0 > _MOST_OF_ALL * width
    ):
        return [list(columns.columns)]
    return _spans(cells, columns, above)


def _spans(cells: list[Cell], columns: Columns, above: list[list[Column]]) -> list[list[Column]] | None:
    """Neighbouring columns for each heading, so that headings stand over the middle of theirs: dynamic programming.

    None reaches over the border of a heading above it.
    """
    borders = {edge for group in above if len(group) > 1 for edge in (group[0].index, group[-1].index + 1)}
    count = len(columns.columns)
    pitch = (columns.columns[-1].x1 - columns.columns[0].x0) / count
    tolerance = max(_CLOSE * columns.size, _CLOSE_SHARE * pitch)
    best: list[dict[int, tuple[float, list[list[Column]]]]] = [{0: (0.0, [])}]
    for cell in cells:
        reached: dict[int, tuple[float, list[list[Column]]]] = {}
        for begin, (cost, groups) in best[-1].items():
            for start in range(begin, count):
                for stop in range(start + 1, count + 1):
                    if any(start < border < stop for border in borders):
                        break
                    group = list(columns.columns[start:stop])
                    price = cost + _price(cell, group, tolerance)
                    if stop not in reached or price < reached[stop][0]:
                        reached[stop] = (price, [*groups, group])
        best.append(reached)
    if not best[-1]:
        return None
    price, groups = min(best[-1].values(), key=lambda found: found[0])
    return groups if price < _UNSURE * len(cells) else None


def _price(cell: Cell, group: list[Column], tolerance: float) -> float:
    """0 for a heading over the middle of its columns, which are as many as can be; 1 for one just too far beside."""
    beside = max(0.0, abs(_centre(cell) - (group[0].x0 + group[-1].x1) / 2) - _EVEN * tolerance)
    if len(group) == 1 and overlap(group[0], cell) > 0:
        beside = min(beside, 0.5 * tolerance)
    missed = max(0.0, group[0].x0 - cell.x0 - tolerance * 3) + max(0.0, cell.x1 - group[-1].x1 - tolerance * 3)
    return beside / tolerance + missed / tolerance - 0.05 * (len(group) - 1)


def _middle(column: Column) -> float:
    return (column.x0 + column.x1) / 2


def _centre(cell: Cell) -> float:
    return (cell.x0 + cell.x1) / 2
