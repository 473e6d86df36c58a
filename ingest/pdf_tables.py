"""Tables on PDF pages: which lines they are, what their columns are called, and their rows with those names."""

from dataclasses import dataclass

from ingest.pdf_grid import columns_of, has_label, is_figure, is_header_row, may_be_header_row
from ingest.pdf_header import Names, names_of
from ingest.pdf_lines import Cell, Line

_LABEL_CHARS = 90
_HEADER_ROWS = 6
_NEAR = 2.6  # line heights between rows of one table
_BETWEEN = 5  # lines at most between tables that share the names of the first,
_LONG_BETWEEN = 2  # and of these as long as sentences
_SURE_ROWS = 3  # a table with fewer rows of figures is not missed when it has no names


@dataclass(frozen=True, slots=True)
class Table:
    """Lines ``start`` to ``end`` (exclusive) of a page, as rows of text. ``flattened`` where the columns of its figures
    could not be named."""

    start: int
    end: int
    rows: tuple[str, ...]
    flattened: bool


def tables_of(lines: list[Line]) -> list[Table]:
    """The tables of a page, from the top, disjoint."""
    found: list[Table] = []
    names: Names | None = None
    waiting: list[Line] | None = None
    i = 0
    while i < len(lines):
        if not _is_row(lines, i):
            i += 1
            continue
        end = _end(lines, i)
        start = _start(lines, i, end, found[-1].end if found else 0)
        above = lines[found[-1].end : start] if found else []
        if len(above) > _BETWEEN or sum(len(line.text) > _LABEL_CHARS for line in above) > _LONG_BETWEEN:
            names = waiting = None
        table, names = _table(lines, start, end, names, waiting)
        waiting = lines[start:end] if _is_header_only(lines[start:end]) else None
        found.append(table)
        i = end
    return found


def _is_row(lines: list[Line], i: int) -> bool:
    line = lines[i]
    if line.cells >= 2 and any(c.isdigit() for c in line.text):
        return True
    following = lines[i + 1] if i + 1 < len(lines) and lines[i + 1].region == line.region else None
    return line.cells >= 3 or (line.cells == 2 and following is not None and following.cells >= 2)


def _near(above: Line, below: Line) -> bool:
    gap = above.y0 - below.y1
    return above.region == below.region and gap < _NEAR * max(above.size, below.size)


def _end(lines: list[Line], start: int) -> int:
    """Past the last row: between rows there may be a few labels without figures, and ends of wrapped cells."""
    last = start
    i = start + 1
    while i < len(lines) and _near(lines[i - 1], lines[i]) and i - last <= 4:
        if lines[i].cells >= 2 or (_continues_cell(lines[last], lines[i]) and i == last + 1):
            last = i
        elif len(lines[i].text) > _LABEL_CHARS:
            break
        i += 1
    return last + 1


def _continues_cell(row: Line, line: Line) -> bool:
    """Whether a line of one cell goes on with a later cell of the row above it."""
    return line.cells == 1 and row.y0 - line.y1 < 0.4 * line.size and _cell_at(row.parts, line) > 0


def _cell_at(parts: tuple[Cell, ...], line: Line) -> int:
    """The cell that begins where the line does; -1 where none does. Figures do not go on."""
    for i, cell in enumerate(parts):
        if abs(cell.x0 - line.x0) < 0.5 * line.size and not is_figure(cell.text) and not is_figure(line.text):
            return i
    return -1


def _start(lines: list[Line], first: int, end: int, floor: int) -> int:
    """Up to the lines above that name the columns."""
    columns = columns_of([line for line in lines[first:end] if line.cells >= 2])
    start = first
    while columns is not None and start > floor and first - start < _HEADER_ROWS:
        line = lines[start - 1]
        if not _near(line, lines[start]) or not columns.are_below(line):
            break
        start -= 1
    return start


def _is_header_only(lines: list[Line]) -> bool:
    return len(lines) <= _HEADER_ROWS and all(
        may_be_header_row(line) or not any(is_figure(cell.text) for cell in line.parts) for line in lines
    )


def _table(
    lines: list[Line], start: int, end: int, names: Names | None, waiting: list[Line] | None
) -> tuple[Table, Names | None]:
    """The table, and the names of its columns; ``names`` are those of the table above it, ``waiting`` lines of names
    that stand above it by themselves."""
    rows: list[str] = []
    flattened = False
    i = start
    while i < end:
        stop = _next_section(lines, i, end)
        section, lost, names = _section(lines[i:stop], names, waiting)
        rows += section
        flattened |= lost
        i = stop
    return Table(start, end, tuple(rows), flattened), names


def _next_section(lines: list[Line], start: int, end: int) -> int:
    """Where other names begin: at a row of names below a row of figures."""
    figures = False
    for i in range(start, end):
        if is_header_row(lines[i]) and (not figures or not has_label(lines[i])):
            if figures:
                # A centred line of words above the names belongs to them ("52 Weeks Ended").
                first = i
                while first - 1 > start and _is_over(lines[first - 1], lines[i]):
                    first -= 1
                return first
        elif any(is_figure(cell.text) for cell in lines[i].parts[1:]):
            figures = True
    return end


def _is_over(line: Line, names: Line) -> bool:
    return (
        not any(is_figure(cell.text) for cell in line.parts)
        and line.x0 > names.parts[0].x0 - 2 * line.size
        and not line.text.endswith(":")
    )


def _section(
    lines: list[Line], inherited: Names | None, waiting: list[Line] | None
) -> tuple[list[str], bool, Names | None]:
    """The rows of one header, whether the figures' columns stayed without names, and the names."""
    head = _header_rows(lines)
    columns = columns_of([line for line in lines[head:] if line.cells >= 2])
    # Labels directly above the first row of figures ("Current assets:") are not names of columns.
    while columns is not None and head and lines[head - 1].cells == 1 and not columns.are_below(lines[head - 1]):
        head -= 1
    body = lines[head:]
    data = [line for line in body if line.cells >= 2]
    first = _after_sentences(lines[:head])
    names = names_of(lines[first:head], columns) if columns is not None and first < head else None
    if not head and columns is not None and waiting:
        names = names_of(waiting, columns)
    elif not head and inherited is not None and inherited.fit(data):
        names = inherited
    rows = [line.text for line in lines[:head]]
    last: Line | None = None
    for line in body:
        if last is not None and _continues_cell(last, line) and rows:
            rows[-1] = f"{rows[-1]} {line.text}"
            continue
        text = names.row(line) if names is not None and line.cells >= 2 else line.text
        if rows and last is not None and _is_wrapped(last, line):
            rows[-1] = f"{rows[-1]} {text}"
        else:
            rows.append(text)
        last = line
    with_figures = sum(sum(is_figure(c.text) for c in line.parts) >= 2 for line in data)
    return rows, names is None and with_figures >= _SURE_ROWS, names


def _is_wrapped(label: Line, row: Line) -> bool:
    """A label over two lines, its figures beside the second."""
    return (
        label.cells == 1
        and row.cells >= 2
        and label.text[-1:] not in ":."
        and (row.text[:1].islower() or label.text.endswith((",", " and", " of")))
        and not label.bold
    )


def _header_rows(lines: list[Line]) -> int:
    """How many lines come before the first row of figures with a label, or of figures that are no years."""
    for i, line in enumerate(lines):
        if is_header_row(line) or _names_above_names(lines, i):
            continue
        figures = [cell for cell in line.parts if is_figure(cell.text)]
        if figures and line.cells >= 2:
            return i
    first = lines[0]
    # A table of words names its columns in its first row where that is set apart by its type.
    return int(len(lines) > 2 and first.bold and first.cells >= 2 and not any(line.bold for line in lines[1:]))


def _names_above_names(lines: list[Line], i: int) -> bool:
    """A lone year beside a label, above other names: "(in millions) | 2023", then "Q1 | Q2"."""
    if not may_be_header_row(lines[i]) or i + 1 == len(lines):
        return False
    below = lines[i + 1]
    words = below.cells >= 2 and not any(is_figure(cell.text) for cell in below.parts)
    return not has_label(lines[i]) or words or is_header_row(below)


def _after_sentences(header: list[Line]) -> int:
    """Past what ends like a sentence: it stands above the names."""
    return max((i + 1 for i, line in enumerate(header) if line.text.endswith((".", ";"))), default=0)
