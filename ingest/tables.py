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
