"""Reads a table with a header row: CSV, TSV, or what a spreadsheet made of them.

The delimiter is the comma, semicolon or tab that parts the header; a line "sep=;" before it, which Excel writes and
heeds, decides. Trap: a header of one column tells no delimiter, and then nothing parts its rows: "Where, and when?"
is one cell.
"""

import csv
import io
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from evals.sets.faults import FaultList, Fields

DELIMITERS = ",;\t"
NO_DELIMITERS = "".join(chr(code) for code in (*range(1, 9), *range(0xE000, 0xF8FF)))  # for one column
LONGEST_CELL = 10_000_000
STATED = re.compile(r'"?sep=(.)"?\n')


@dataclass(frozen=True, slots=True)
class Record:
    """A row as it stands in the file."""

    place: str
    cells: Sequence[str]


@dataclass(frozen=True, slots=True)
class Table:
    """The columns as the header names them, in lower case, and a row a record; an empty cell is absent."""

    columns: tuple[str, ...]
    rows: tuple[Fields, ...]


def header_of(text: str) -> tuple[str, ...]:
    """The columns of the text, if it is a table."""
    first = next(_records(text, FaultList.nowhere()), None)
    return _names(first.cells) if first else ()


def read_table(text: str, faults: FaultList) -> Table:
    """A CSV or TSV file; what is wrong goes to the fault list."""
    return table(_records(text, faults), faults)


def table(records: Iterable[Record], faults: FaultList) -> Table:
    """Names the cells by the header, which is the first record that is not empty."""
    filled = (record for record in records if any(cell.strip() for cell in record.cells))
    first = next(filled, None)
    if first is None:
        return Table((), ())
    columns = _names(first.cells)
    for name in sorted(name for name, count in Counter(columns).items() if name and count > 1):
        faults.add(first.place, f'the column "{name}" is there twice', "Give every column its own name.")
    return Table(tuple(name for name in columns if name), tuple(_row(record, columns, faults) for record in filled))


def _names(cells: Sequence[str]) -> tuple[str, ...]:
    return tuple(cell.strip().casefold() for cell in cells)


def _row(record: Record, columns: Sequence[str], faults: FaultList) -> Fields:
    cells = [cell.strip() for cell in record.cells]
    if any(cells[len(columns) :]):
        faults.add(
            record.place,
            f"{len(cells)} cells, but the header has {len(columns)}",
            "Put a text that holds the delimiter in quotation marks, and double those inside it.",
        )
    return Fields({n: c for n, c in zip(columns, cells, strict=False) if n and c}, record.place, faults)


def _records(text: str, faults: FaultList) -> Iterator[Record]:
    # A cell may be as long as a document; the library's own limit is 128 kB, and is one for the whole process.
    csv.field_size_limit(LONGEST_CELL)
    stated = STATED.match(text)
    start = stated.end() if stated else 0
    lines_before = 1 if stated else 0
    delimiter = stated.group(1) if stated else _delimiter(text)
    reader = csv.reader(io.StringIO(text[start:], newline=""), delimiter=delimiter, strict=True)
    line = 1
    try:
        for cells in reader:
            yield Record(f"line {line + lines_before}", cells)
            line = reader.line_num + 1
    except csv.Error as error:
        faults.add(
            f"line {line + lines_before}",
            f"the row cannot be read ({error})",
            "Close every quotation mark, and double those inside a text.",
        )


def _delimiter(text: str) -> str:
    """The one that stands most often in the first line that is not empty, outside quotation marks."""
    line = next((line for line in text.split("\n") if line.strip()), "")
    bare = re.sub(r'"[^"]*"', "", line)
    best = max(DELIMITERS, key=bare.count)
    return best if best in bare else next(c for c in NO_DELIMITERS if c not in text)
