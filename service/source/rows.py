"""The rows of a table found again on a page, where the names of their columns do not stand."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from service.source.fold import Folded, fold
from service.source.nearest import nearest

_CELL = re.compile(r" \| |\n")
_NAME = re.compile(r": ")
_FAR = 3_000  # letters between where a cell is expected and where it is
_TRIES = 4  # colons of a cell that its name may end at


@dataclass(frozen=True, slots=True)
class _Cell:
    """A cell's place in the text, and where its value may begin: with its name, or behind one of its colons."""

    start: int
    end: int
    begins: tuple[int, ...]


def row_places(
    page: Folded, text: str, block: tuple[int, int], span: tuple[int, int], expected: int
) -> list[tuple[int, int]] | None:
    """The stretches of the page's letters that are the values of ``text[span]``, which is in a table's ``block``.

    Whole rows are looked for, so that a short figure is found in its row. None where a value is not there; words that
    are names only have no place.
    """
    found: list[tuple[int, int]] = []
    at = expected
    for row in _rows(text, block, span):
        place = _row(page, text, row, at)
        if place is None:
            return None
        for (start, end), where in place:
            a, b = max(start, span[0]), min(end, span[1])
            if a < b:
                skipped, wanted = len(fold(text[start:a]).letters), len(fold(text[a:b]).letters)
                if wanted:
                    found.append((where + skipped, where + skipped + wanted))
            at = where + len(fold(text[start:end]).letters)
    return found


def _rows(text: str, block: tuple[int, int], span: tuple[int, int]) -> Iterator[list[_Cell]]:
    """The cells of each line of the table that the span touches."""
    first = text.rfind("\n", block[0], span[0]) + 1 or block[0]
    last = text.find("\n", span[1], block[1])
    start = first
    while start < (last if last >= 0 else block[1]):
        stop = text.find("\n", start, block[1])
        stop = stop if stop >= 0 else block[1]
        yield list(_cells(text, start, stop))
        start = stop + 1


def _cells(text: str, start: int, end: int) -> Iterator[_Cell]:
    position = start
    for bar in [*_CELL.finditer(text, start, end), None]:
        stop = bar.start() if bar else end
        if position < stop:
            colons = [m.end() for m in _NAME.finditer(text, position, stop)][:_TRIES]
            yield _Cell(position, stop, (position, *(c for c in colons if c < stop)))
        position = bar.end() if bar else end


def _row(page: Folded, text: str, cells: list[_Cell], expected: int) -> list[tuple[tuple[int, int], int]] | None:
    """For each value its place in the text and the first of its letters on the page."""
    anchors = [_joined(text, cells, first) for first in (False, True)]
    for values in anchors:
        letters = [fold(text[start:end]).letters for start, end in values]
        at = nearest(page.letters, "".join(letters), expected)
        if at is not None and "".join(letters):
            places = []
            for value, own in zip(values, letters, strict=True):
                places.append((value, at))
                at += len(own)
            return places
    return _one_by_one(page, text, cells, expected)


def _joined(text: str, cells: list[_Cell], first: bool) -> list[tuple[int, int]]:
    """The values of a row whose cells all have names; the first only where ``first`` says so."""
    return [(cell.begins[-1] if i or first else cell.start, cell.end) for i, cell in enumerate(cells)]


def _one_by_one(page: Folded, text: str, cells: list[_Cell], expected: int) -> list[tuple[tuple[int, int], int]] | None:
    """Each cell after the one before it, with as much of it as stands there."""
    places: list[tuple[tuple[int, int], int]] = []
    at: int | None = None
    for cell in cells:
        options = [(begin, fold(text[begin : cell.end]).letters) for begin in cell.begins]
        options = [(begin, letters) for begin, letters in options if letters]
        if not options:
            continue
        chosen = _place(page, options, at, expected)
        if chosen is None:
            return None
        begin, where = chosen
        places.append(((begin, cell.end), where))
        at = where + len(fold(text[begin : cell.end]).letters)
    return places


def _place(page: Folded, options: list[tuple[int, str]], at: int | None, expected: int) -> tuple[int, int] | None:
    """The first of the options that stands at ``at``, else the first that is near; with its place."""
    if at is not None:
        for begin, letters in options:
            if page.letters.startswith(letters, at):
                return begin, at
    near = expected if at is None else at
    for begin, letters in options:
        found = nearest(page.letters, letters, near)
        if found is not None and abs(found - near) < _FAR:
            return begin, found
    return None
