"""What of a document is shown: a window of its text as blocks with the cited span lit, and its outline."""

from bisect import bisect_right
from collections.abc import Iterator
from itertools import pairwise

from core.types import Block, BlockKind, Document
from service.source.records import Heading, Part, ShownBlock, Window

_MAX_HEADINGS = 400
_SLACK = 0.1  # of the window's size, that a border may move to where a block begins or ends
_WORD = 200  # characters, within which a long block is cut between words
_TITLE_CHARS = 200

Span = tuple[int, int]


def window_of(document: Document, around: Span, size: int) -> Window:
    """About ``size`` characters around a span, all of it among them, whole blocks where they are not very long."""
    length = len(document.text)
    size = max(size, int(1.2 * (around[1] - around[0])))
    if length <= 1.25 * size:
        return Window(0, length, length)
    start = max(0, min((around[0] + around[1] - size) // 2, length - size))
    end = min(start + size, length)
    slack = int(size * _SLACK)
    starts = [block.start for block in document.blocks]
    if start > 0 and (first := _block_at(document, starts, start)):
        start = first.start if start - first.start < slack else _between_words(document.text, start)
    if end < length and (last := _block_at(document, starts, end)):
        end = last.end if last.end - end < slack else _between_words(document.text, end)
    return Window(min(start, around[0]), max(end, min(around[1], length)), length)


def _block_at(document: Document, starts: list[int], position: int) -> Block | None:
    """The block that a position lies in, else the one before it."""
    index = bisect_right(starts, position) - 1
    return document.blocks[index] if index >= 0 else None


def _between_words(text: str, position: int) -> int:
    return next((i for i in range(position, max(position - _WORD, 0), -1) if text[i - 1].isspace()), position)


def shown_blocks(document: Document, window: Window, lit: Span | None) -> tuple[ShownBlock, ...]:
    """The blocks in the window; text between blocks, if any is visible, becomes a gap."""
    return tuple(_shown(document, window, lit))


def _shown(document: Document, window: Window, lit: Span | None) -> Iterator[ShownBlock]:
    text, position = document.text, window.start

    def cut(kind: str, start: int, end: int, level: int | None, page: int | None) -> Iterator[ShownBlock]:
        start, end = max(start, window.start), min(end, window.end)
        if start < end and text[start:end].strip():
            yield ShownBlock(kind, level, page, start, _parts(text, start, end, lit))

    first = max(bisect_right([block.end for block in document.blocks], window.start), 0)
    for block in document.blocks[first:]:
        if block.start >= window.end:
            break
        yield from cut("gap", position, block.start, None, None)
        yield from cut(block.kind.value, block.start, block.end, block.level, block.page)
        position = block.end
    yield from cut("gap", position, window.end, None, None)


def _parts(text: str, start: int, end: int, lit: Span | None) -> tuple[Part, ...]:
    """The stretch cut at the borders of the lit span."""
    cuts = sorted({start, end} | {c for c in lit or () if start < c < end})
    return tuple(Part(text[a:b], lit is not None and lit[0] <= a and b <= lit[1]) for a, b in pairwise(cuts))


def outline_of(document: Document, near: int) -> tuple[Heading, ...]:
    """The headings; of very many the higher levels, and of too many even then those around ``near``."""
    headings = [block for block in document.blocks if block.kind is BlockKind.HEADING]
    level = max((h.level or 1 for h in headings), default=1)
    while len(headings) > _MAX_HEADINGS and level > 1:
        level -= 1
        kept = [h for h in headings if (h.level or 1) <= level]
        if not kept:
            break
        headings = kept
    if len(headings) > _MAX_HEADINGS:
        middle = bisect_right([h.start for h in headings], near)
        first = max(0, min(middle - _MAX_HEADINGS // 2, len(headings) - _MAX_HEADINGS))
        headings = headings[first : first + _MAX_HEADINGS]
    return tuple(
        Heading(" ".join(document.text[h.start : h.end][:_TITLE_CHARS].split()), h.level or 1, h.start, h.page)
        for h in headings
    )
