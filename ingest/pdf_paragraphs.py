"""Which lines of a PDF page belong together: paragraphs, headings over two lines, items of lists."""

import re
from collections.abc import Sequence
from itertools import pairwise
from statistics import median

from core.types import BlockKind
from ingest.pdf_lines import Line

BULLETS = "•●▪■◦‣○"
BULLET = re.compile(rf"(?:[{BULLETS}–*·-]|\(?\d{{1,3}}[.)]|\(?[a-zA-Z][.)])\s+\S")
_SENTENCE_END = tuple('.!?:;。！？”")')
_REFERENCE = re.compile(r"(?:\s?\[[^\]\[]{1,40}\])+$")  # "[3]", "[citation needed]"
_TAIL = 200
_RANGE = re.compile(r"[–-]\s+\d")
_NEAR = 0.55  # type sizes between two lines of a paragraph, where the page tells nothing else
_WIDEST = 1.2
_FEWEST_GAPS = 3
_SAME_SIZE = 0.6  # points


def ends_sentence(text: str) -> bool:
    """Whether a line may be the last of its sentence; references behind it aside."""
    return without_references(text).endswith(_SENTENCE_END)


def without_references(text: str) -> str:
    """The end of a line, without the references behind it."""
    return _REFERENCE.sub("", text[-_TAIL:])


def nearness(lines: Sequence[Line]) -> float:
    """Type sizes between two lines of one paragraph, at most; more than usual where the page's text is set wide.

    Told by the lines in which a sentence surely goes on: they begin with a small letter, below a line that is full.
    """
    widest: dict[int, float] = {}
    for line in lines:
        widest[line.region] = max(widest.get(line.region, 0.0), line.x1 - line.x0)
    gaps = [
        (above.y0 - below.y1) / below.size
        for above, below in pairwise(lines)
        if above.region == below.region
        and above.cells == below.cells == 1
        and below.size > 0
        and abs(above.size - below.size) < _SAME_SIZE
        and abs(above.x0 - below.x0) < 1.0
        and above.x1 - above.x0 > 0.6 * widest[above.region]
        and below.text[0].islower()
        and not ends_sentence(above.text)
    ]
    usual = median(gaps) if len(gaps) >= _FEWEST_GAPS else 0.0
    return min(_WIDEST, max(_NEAR, 1.2 * usual))


def goes_on(group: list[Line], kind: BlockKind, line: Line, line_kind: BlockKind, near: float) -> bool:
    """Whether a line that looks like a heading or an item is the rest of the sentence, or of the item, above it.

    ``near`` is the page's ``nearness``.
    """
    last = group[-1]
    is_near = last.region == line.region and last.y0 - line.y1 < near * max(line.size, last.size)
    if kind is BlockKind.HEADING or not is_near or ends_sentence(last.text):
        return False
    if line_kind is BlockKind.LIST:
        # "1806-" and "07. Many": a number at the beginning of a line of running text. So is "A. Johnson", also below
        # the first line of a paragraph, which may be set in; that one is as full as the paragraph's others.
        hanging = len(group) == 1 and 0 < last.x0 - line.x0 < 5 * line.size and last.x1 > line.x1 - 2 * line.size
        aligned = abs(line.x0 - last.x0) < 1.0
        # "24 August" and "– 3 October"
        ranges = bool(_RANGE.match(line.text)) and aligned and not _RANGE.match(last.text)
        return kind is BlockKind.PARAGRAPH and (ranges or (line.text[0].isalnum() and (aligned or hanging)))
    set_in = kind is BlockKind.LIST and line.x0 > group[0].x0 + 0.5 * line.size and line.bold == group[0].bold
    return line.text[0].islower() or set_in


def continues(group: list[Line], line: Line, kind: BlockKind, line_kind: BlockKind, near: float) -> bool:
    """Whether a line is of the same block as the lines above it. ``near`` is the page's ``nearness``."""
    last = group[-1]
    if last.region != line.region:
        # A sentence goes on in the next column.
        ended = ends_sentence(last.text) or not line.text[0].islower()
        same_size = abs(last.size - line.size) < _SAME_SIZE
        return kind is line_kind is BlockKind.PARAGRAPH and not ended and same_size
    gap = last.y0 - line.y1  # below zero where line boxes overlap, as they usually do
    is_near = -1.5 * line.size < gap < near * max(line.size, last.size)
    if kind is BlockKind.CODE or line_kind is BlockKind.CODE:
        return kind is line_kind and -1.5 * line.size < gap < 2.5 * line.size
    if kind is BlockKind.HEADING or line_kind is BlockKind.HEADING:
        # A heading may run over two lines.
        return kind is line_kind and is_near and abs(last.size - line.size) < _SAME_SIZE and last.bold == line.bold
    if line_kind is BlockKind.LIST:
        return kind is BlockKind.LIST and -1.5 * line.size < gap < 1.6 * line.size
    if not is_near:
        return False
    if kind is BlockKind.LIST:
        # Below an item's second line, which is set in, a line further out is no part of the list.
        return bool(BULLET.match(last.text)) or line.x0 > last.x0 - 0.5 * line.size
    # A new paragraph without a gap: the last line was short and ended a sentence, or this one is set in.
    left = min(g.x0 for g in group)
    width = max(g.x1 for g in group) - left
    ended = ends_sentence(last.text)
    short = last.x1 - last.x0 < 0.75 * width
    set_in = 0.8 * line.size < line.x0 - left < 5 * line.size
    return not (ended and (short or set_in) and len(group) > 1)
