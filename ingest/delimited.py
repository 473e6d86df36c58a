"""CSV and TSV to a table: a line a row with the columns' names."""

import csv
import io

from ingest.blocks import Parsed, TextBuilder, clean
from ingest.tables import add_table, looks_like_header, table_lines

_SAMPLE = 20_000


def parse(text: str | bytes, name: str) -> Parsed:
    """The delimiter is told by the first lines: comma, semicolon, tab or bar."""
    text = clean(text)
    csv.field_size_limit(10_000_000)
    rows = list(csv.reader(io.StringIO(text), _dialect(text)))
    builder = TextBuilder()
    lines = table_lines(rows, header=bool(rows) and looks_like_header(rows[0]))
    add_table(lines, builder)
    return builder.build()


def _dialect(text: str) -> type[csv.Dialect]:
    first = text[:_SAMPLE]
    try:
        return csv.Sniffer().sniff(first, delimiters=",;\t|")
    except csv.Error:
        line = first.split("\n", 1)[0]
        best = max(",;\t|", key=line.count)

        class Plain(csv.excel):
            delimiter = best

        return Plain
