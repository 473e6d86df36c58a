"""Rows of cells to lines that can be understood alone: each value is named by the heading of its column."""

import re
from collections.abc import Sequence

from core.types import BlockKind
from ingest.blocks import TextBuilder, fold_spaces

_ROWS_A_BLOCK = 200
_VALUE = re.compile(r"[\d\s.,:%$€£¥()+\-–—/]*")


def table_lines(rows: Sequence[Sequence[str]], *, header: bool | None = None) -> list[str]:
    """A line a row that is not empty: "Region: North | Sales: 5".

    ``header`` says whether the first row names the columns; None: it does if it looks so and figures stand below it.
    Without figures, a table of two columns of words may as well have its names in the first column.
    """
    cells = [[fold_spaces(cell) for cell in row] for row in rows]
    cells = [row for row in cells if any(row)]
    if not cells:
        return []
    cells = _with_one_header(cells)
    names = cells[0]
    if header is None:
        header = looks_like_header(names) and _has_figures(cells[1:])
    if not header or len(names) < 2:
        return [" | ".join(cell for cell in row if cell) if _ragged(row) else " | ".join(row) for row in cells]
    lines = [" | ".join(name for name in names if name)]
    for row in cells[1:]:
        named = [
            f"{name}: {cell}" if name and name != cell else cell
            for name, cell in zip([*names, *[""] * len(row)], row, strict=False)
            if cell
        ]
        lines.append(" | ".join(named))
    return lines


def _with_one_header(rows: list[list[str]]) -> list[list[str]]:
    """A first row whose cells stand over several of the second ("2022", "", above "Q1", "Q2") becomes one with it."""
    if len(rows) < 3 or len(rows[0]) != len(rows[1]) or not _has_figures(rows[2:]):
        return rows
    upper, lower = rows[0], rows[1]
    gaps = [i for i, cell in enumerate(upper) if not cell and i > 1 and lower[i]]
    if not gaps or not all(lower[1:]) or any(_VALUE.fullmatch(cell) and not _is_year(cell) for cell in lower if cell):
        return rows
    names, over = [], ""
    for i, (above, below) in enumerate(zip(upper, lower, strict=True)):
        over = above or (over if i > 1 else "")
        names.append(" ".join(part for part in (over, below) if part))
    return [names, *rows[2:]]


def add_table(lines: Sequence[str], builder: TextBuilder) -> None:
    """A long table as several blocks."""
    for start in range(0, len(lines), _ROWS_A_BLOCK):
        builder.add(BlockKind.TABLE, "\n".join(lines[start : start + _ROWS_A_BLOCK]))


def looks_like_header(row: Sequence[str]) -> bool:
    """All columns but perhaps the first have a name, none twice, none a figure."""
    names = [name for name in row if name]
    return (
        len(row) > 1
        and all(row[1:])
        and len(set(names)) == len(names)
        and not any(_VALUE.fullmatch(name) and not _is_year(name) for name in names)
    )


def _has_figures(rows: Sequence[Sequence[str]]) -> bool:
    """A column below the first row holds nothing but figures."""
    width = min((len(row) for row in rows), default=0)
    columns = ([row[i] for row in rows if row[i]] for i in range(width))
    return any(column and all(_VALUE.fullmatch(cell) for cell in column) for column in columns)


def _is_year(name: str) -> bool:
    return bool(re.fullmatch(r"(?:FY ?)?(?:19|20)\d\d", name))


def _ragged(row: Sequence[str]) -> bool:
    return any(not cell for cell in row)
