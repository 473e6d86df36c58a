"""Where a stretch of a document's text stands on the pages of its PDF: one box a line."""

from collections.abc import Callable, Iterator
from itertools import pairwise

from core.types import BlockKind, Document
from ingest.pdf_isolated import Box, PageText
from service.source.fold import Folded, fold
from service.source.nearest import nearest
from service.source.records import PageBox
from service.source.rows import row_places

_MAX_PAGES = 5  # of one span; each costs a reading of its page
_APART = 2.5  # line heights between two characters that one box does not bridge: columns, cells


def boxes_of(document: Document, start: int, end: int, read_page: Callable[[int], PageText]) -> tuple[PageBox, ...]:
    """The boxes of ``document.text[start:end]``; none where its letters are not found on the pages, in their order.

    The text was tidied when it was ingested, so its letters are looked for among the page's, whatever the spaces,
    hyphens and ligatures; of several finds the one that stands where the text lets expect it. The names of columns
    that were put into the rows of a table are not there, and have no box.
    """
    found: list[PageBox] = []
    pieces = list(_pieces(document, start, end))
    for number in dict.fromkeys(page for page, _, _ in pieces[: _MAX_PAGES * 100]):
        if len({box.page for box in found}) >= _MAX_PAGES:
            break
        page = read_page(number)
        letters = fold(page.text)
        own, before = _own_letters(document, number)
        for _, a, b in (piece for piece in pieces if piece[0] == number):
            expected = (before(a) / max(own, 1)) * len(letters.letters)
            ranges = _ranges(letters, document, a, b, int(expected))
            if ranges is None:
                return ()
            for indices in ranges:
                found += (_page_box(number, box) for box in _lines(page, indices))
    return tuple(found)


def _pieces(document: Document, start: int, end: int) -> Iterator[tuple[int, int, int]]:
    """The span cut by blocks: page, start, end. What stands between blocks is not on the page."""
    for block in document.blocks:
        a, b = max(start, block.start), min(end, block.end)
        if a < b and block.page is not None and document.text[a:b].strip():
            yield block.page, a, b


def _own_letters(document: Document, page: int) -> tuple[int, Callable[[int], int]]:
    """How many letters of the text are on a page, and how many of them stand before a place."""
    blocks = [block for block in document.blocks if block.page == page]
    if not blocks:
        return 0, lambda position: 0
    first = blocks[0].start
    letters = fold(document.text[first : blocks[-1].end])
    return len(letters.letters), lambda position: letters.position(position - first)


def _indices(page: Folded, words: str, expected: int) -> range | None:
    """Which characters of the page the words are; None where they are not there. Words without a letter have none."""
    wanted = fold(words).letters
    if not wanted:
        return range(0)
    at = nearest(page.letters, wanted, expected)
    return None if at is None else range(*page.span(at, at + len(wanted)))


def _ranges(page: Folded, document: Document, start: int, end: int, expected: int) -> list[range] | None:
    """Which characters of the page a piece of one block is, in its order; None where one of its words is not there."""
    whole = _indices(page, document.text[start:end], expected)
    if whole is not None:
        return [whole]
    block = next(b for b in document.blocks if b.start <= start < b.end)
    if block.kind is not BlockKind.TABLE:
        return None
    places = row_places(page, document.text, (block.start, block.end), (start, end), expected)
    return None if places is None else [range(*page.span(a, b)) for a, b in places]


def _lines(page: PageText, indices: range) -> list[Box]:
    """The boxes of characters in reading order, joined along each line."""
    boxes = [box for i in indices if (box := page.boxes[i]) is not None]
    if not boxes:
        return []
    # In points, so that heights and widths compare.
    points = [(b[0] * page.width, b[1] * page.height, b[2] * page.width, b[3] * page.height) for b in boxes]
    joined = _join_turned(points) if _is_vertical(points) else _join(points)
    return [(b[0] / page.width, b[1] / page.height, b[2] / page.width, b[3] / page.height) for b in joined]


def _is_vertical(boxes: list[Box]) -> bool:
    """Whether most characters follow each other downwards or upwards, as in turned text and vertical writing."""
    steps = [(abs(b[0] + b[2] - a[0] - a[2]), abs(b[1] + b[3] - a[1] - a[3])) for a, b in pairwise(boxes)]
    return sum(down > across for across, down in steps) > len(steps) / 2


def _join_turned(boxes: list[Box]) -> list[Box]:
    return [_turn(box) for box in _join([_turn(box) for box in boxes])]


def _turn(box: Box) -> Box:
    return box[1], box[0], box[3], box[2]


def _join(boxes: list[Box]) -> list[Box]:
    joined = [boxes[0]]
    for box in boxes[1:]:
        last = joined[-1]
        height = min(last[3] - last[1], box[3] - box[1])
        overlap = min(last[3], box[3]) - max(last[1], box[1])
        gap = max(box[0] - last[2], last[0] - box[2])
        if overlap > 0.5 * height and gap < _APART * max(height, 1.0):
            joined[-1] = min(last[0], box[0]), min(last[1], box[1]), max(last[2], box[2]), max(last[3], box[3])
        else:
            joined.append(box)
    return joined


def _page_box(page: int, box: Box) -> PageBox:
    """Cut to the page: a character may stick out."""
    x0, y0, x1, y1 = (min(max(value, 0.0), 1.0) for value in box)
    return PageBox(page, round(x0, 5), round(y0, 5), round(x1 - x0, 5), round(y1 - y0, 5))
