"""The reading order of a PDF page: columns of running text one after the other, all else row by row."""

import re
from dataclasses import dataclass
from itertools import pairwise

from ingest.pdf_lines import Line, lines_of, rows_of
from ingest.pdf_segments import Segment

_DEEPEST = 4  # a gutter splits in two: room for five columns
_MIN_LINES = 3  # in each column
_MIDDLE = 0.12  # of the width at either side is no place for a gutter
_GUTTER = 5.0  # points, at the least
_LETTERS = 0.72  # of the characters of running text, at the least
_BAND_LETTERS = 0.6  # of the characters of a column between two lines across
_FULL = 0.5  # of the lines of running text reach the edge of their column
_SCRAMBLED_ROWS = 4


@dataclass(frozen=True, slots=True)
class Gutter:
    """Where a page parts: what stands left of ``x``, right of it, and across."""

    x: float
    left: list[Segment]
    right: list[Segment]
    across: list[Segment]


def ordered_rows(segments: list[Segment]) -> list[list[list[Segment]]]:
    """The regions of a page in reading order, each as its rows from the top."""
    regions: list[list[Segment]] = []
    _part([s for s in segments if not s.turned], 0, regions)
    if turned := [s for s in segments if s.turned]:
        # Stamps at the edge and labels of axes: each by itself, in the order of the file.
        regions += [[s] for s in turned]
    return [rows_of(region) for region in regions if region]


def ordered_lines(segments: list[Segment]) -> list[Line]:
    """The lines of a page in reading order."""
    return [line for i, rows in enumerate(ordered_rows(segments)) for line in lines_of(rows, i)]


def looks_scrambled(lines: list[Line]) -> bool:
    """Whether several lines hold two sentences side by side that go on below: columns that could not be told."""
    return sum(_is_two_sentences(line) for line in lines) >= _SCRAMBLED_ROWS


def _is_two_sentences(line: Line) -> bool:
    long = [cell.text for cell in line.parts if len(cell.text) >= 25 and _letters(cell.text) > 0.75]
    return len(long) >= 2 and len(long) == line.cells and any(text[0].islower() for text in long[1:])


def _part(segments: list[Segment], depth: int, regions: list[list[Segment]]) -> None:
    gutter = _gutter(segments) if depth < _DEEPEST and len(segments) >= 2 * _MIN_LINES else None
    if gutter is None:
        regions.append(segments)
        return
    # What reaches across parts the columns into bands; each band is read column by column.
    rows = rows_of(gutter.across)
    edges = [(min(s.y0 for s in row) + max(s.y1 for s in row)) / 2 for row in rows]
    band: list[list[Segment]] = []
    for i in range(len(rows) + 1):
        above = edges[i - 1] if i else float("inf")
        below = edges[i] if i < len(rows) else float("-inf")
        sides = [[s for s in side if below < (s.y0 + s.y1) / 2 <= above] for side in (gutter.left, gutter.right)]
        if any(sides):
            if band:
                regions.append([s for row in band for s in row])
                band = []
            if all(sides) and any(_letters("".join(s.text for s in side)) < _BAND_LETTERS for side in sides):
                regions.append([*sides[0], *sides[1]])  # a table or a figure between the columns
            else:
                for side in sides:
                    _part(side, depth + 1, regions)
        if i < len(rows):
            band.append(rows[i])
    if band:
        regions.append([s for row in band for s in row])


def _gutter(segments: list[Segment]) -> Gutter | None:
    """Where two columns of running text part, if anywhere; of several places the one that least crosses."""
    left, right = min(s.x0 for s in segments), max(s.x1 for s in segments)
    width = int(right - left) + 1
    if not 60 < width < 20_000:
        return None
    cover = [0] * (width + 1)
    for segment in segments:
        cover[int(segment.x0 - left)] += 1
        cover[min(width, int(segment.x1 - left) + 1)] -= 1
    total, profile = 0, []
    for change in cover:
        total += change
        profile.append(total)
    for x in _valleys(profile, width):
        gutter = _cut(segments, left + x)
        if _are_columns(gutter):
            return gutter
    return None


def _valleys(profile: list[int], width: int) -> list[float]:
    """The middles of the stretches that few segments cover, the emptiest and widest first."""
    inner = range(int(width * _MIDDLE), int(width * (1 - _MIDDLE)))
    most = max(profile)
    found: list[tuple[int, int, float]] = []
    i = inner.start
    while i < inner.stop:
        j = i
        while j < inner.stop and profile[j] == profile[i]:
            j += 1
        lower = profile[i] < profile[i - 1] and (j >= len(profile) or profile[i] < profile[j])
        if j - i >= _GUTTER and profile[i] <= 0.4 * most and (lower or profile[i] == 0):
            found.append((profile[i], i - j, (i + j) / 2))
        i = j
    return [middle for _, _, middle in sorted(found)[:6]]


def _cut(segments: list[Segment], x: float) -> Gutter:
    left = [s for s in segments if s.x1 <= x]
    right = [s for s in segments if s.x0 >= x]
    across = [s for s in segments if s.x0 < x < s.x1]
    return Gutter(x, left, right, across)


def _are_columns(gutter: Gutter) -> bool:
    rows = [rows_of(side) for side in (gutter.left, gutter.right)]
    if min(map(len, rows)) < _MIN_LINES:
        return False
    if not _side_by_side(gutter.left, gutter.right) or _is_table(*rows):
        return False
    return all(_is_running_text(side) for side in rows)


def _side_by_side(left: list[Segment], right: list[Segment]) -> bool:
    top = min(max(s.y1 for s in left), max(s.y1 for s in right))
    bottom = max(min(s.y0 for s in left), min(s.y0 for s in right))
    shorter = min(max(s.y1 for s in side) - min(s.y0 for s in side) for side in (left, right))
    return top - bottom > 0.4 * shorter


def _is_running_text(rows: list[list[Segment]]) -> bool:
    """Letters, and lines that mostly reach the edge of their column, or of one of its columns."""
    text = "".join(s.text for row in rows for s in row)
    if _letters(text) < _LETTERS or len(text) < 18 * len(rows):
        return False
    left, right = min(row[0].x0 for row in rows), max(row[-1].x1 for row in rows)
    full = sum(row[-1].x1 > right - 0.22 * (right - left) for row in rows)
    return full >= _FULL * len(rows)


def _is_table(left: list[list[Segment]], right: list[list[Segment]]) -> bool:
    """Rows of words: wherever the one side has a gap between its lines, the other has one, too."""
    gaps = [_gaps(rows) for rows in (left, right)]
    most = max(map(len, gaps))
    shared = sum(any(a < d and c < b for c, d in gaps[1]) for a, b in gaps[0])
    # Of two columns, both have lines at the same heights; of a table's cells, the shorter has fewer.
    return most >= 2 and shared >= 0.6 * most and abs(len(left) - len(right)) > 0.1 * max(len(left), len(right))


def _gaps(rows: list[list[Segment]]) -> list[tuple[float, float]]:
    """Where more than a line's height is empty between lines: bottom and top."""
    edges = [(min(s.y0 for s in row), max(s.y1 for s in row)) for row in rows]
    steps = [(below[1], above[0]) for above, below in pairwise(edges)]
    usual = sorted(top - bottom for bottom, top in steps)[len(steps) // 2] if steps else 0.0
    return [(bottom, top) for bottom, top in steps if top - bottom > usual + 2.5]


def _letters(text: str) -> float:
    shown = re.sub(r"\s", "", text)
    return sum(c.isalpha() for c in shown) / len(shown) if shown else 0.0
