"""Excel files to blocks: a heading a sheet, a line a row with the columns' names."""

import io
from datetime import date, datetime, time
from typing import Any

from core.types import BlockKind
from ingest.blocks import Parsed, TextBuilder
from ingest.packages import whole
from ingest.tables import add_table, table_lines


def parse(data: bytes, name: str) -> Parsed:
    """Values as they were last calculated; hidden sheets are left out and told. Raises ReadError."""
    import openpyxl

    with whole(name, "Excel file", "Save it again in Excel or LibreOffice."):
        book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=True)
    builder = TextBuilder()
    hidden = []
    for sheet in book.worksheets:
        if sheet.sheet_state != "visible":
            hidden.append(sheet.title)
            continue
        rows = [[_shown(value) for value in row] for row in sheet.iter_rows(values_only=True)]
        lines = table_lines(_trimmed(rows))
        if lines:
            builder.add(BlockKind.HEADING, sheet.title, level=2)
        add_table(lines, builder)
    notes = (f"{name}: hidden sheets were left out: {', '.join(hidden)}.",) if hidden else ()
    return builder.build(book.properties.title, notes=notes)


def _trimmed(rows: list[list[str]]) -> list[list[str]]:
    """Without the empty columns at the left and at the right."""
    used = [i for row in rows for i, cell in enumerate(row) if cell]
    if not used:
        return []
    first, last = min(used), max(used)
    return [row[first : last + 1] for row in rows]


def _shown(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.isoformat(" ", "minutes")
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else f"{value:.10g}"
    return str(value)
