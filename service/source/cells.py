"""The parts of a table's text by row and cell: lines are rows, a bar between spaces parts cells."""

import re
from collections.abc import Sequence

from service.source.records import Part

_BAR = " | "

Cell = list[Part]


def table_rows(parts: Sequence[Part]) -> list[list[Cell]] | None:
    """The cells of each row; None where the rows do not have the same number of them, or there is nothing to align."""
    rows: list[list[Cell]] = []
    position = 0
    for line in "".join(part.text for part in parts).split("\n"):
        row = []
        for cell in line.split(_BAR):
            row.append(_cut(parts, position, position + len(cell)))
            position += len(cell) + len(_BAR)
        position += 1 - len(_BAR)
        rows.append(row)
    widths = {len(row) for row in rows}
    return rows if len(rows) > 1 and len(widths) == 1 and widths != {1} else None


def tabbed(parts: Sequence[Part]) -> list[Part]:
    """The same parts with a tab between cells."""
    text = "".join(part.text for part in parts)
    found: list[Part] = []
    bars = [match.span() for match in re.finditer(re.escape(_BAR), text)]
    begin = 0
    for part in parts:
        end = begin + len(part.text)
        position, out = begin, ""
        for a, b in bars:
            if b <= position or a >= end:
                continue
            out += text[position : max(a, position)] + ("\t" if a >= begin else "")
            position = min(b, end)
        out += text[position:end]
        if out:
            found.append(Part(out, part.lit))
        begin = end
    return found


def _cut(parts: Sequence[Part], start: int, end: int) -> Cell:
    cell = []
    begin = 0
    for part in parts:
        a, b = max(start - begin, 0), min(end - begin, len(part.text))
        if a < b:
            cell.append(Part(part.text[a:b], part.lit))
        begin += len(part.text)
    return cell
