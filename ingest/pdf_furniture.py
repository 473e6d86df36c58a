"""What comes back on many pages of a PDF at the same place, and page numbers: no part of the text."""

import re
from collections import defaultdict, deque
from dataclasses import dataclass

from ingest.pdf_grid import is_header_row
from ingest.pdf_lines import Line

NEIGHBOURS = 24
"""Pages before and after a page that tell what is furniture on it."""

_ZONE = 0.15  # of the page's height, at the top and at the bottom, is where furniture stands
_MARGIN = 0.09  # a page number alone is told here
_SAME_PLACE = 4.0  # points
_ENOUGH = 3
_SHORT = 8  # pages of a document where twice is enough
_NUMBER = re.compile(r"\W{0,3}(\d{1,4})\W{0,3}")
_PAGE_NUMBER = re.compile(
    r"\W*(?:(?:page|p\.|seite|página|стр\.?|第)\s*)?(?:[A-Z]{1,2}-)?(?:\d{1,4}|[ivxlc]{1,7})"
    r"(?:\s*(?:of|/|von|de|из|\|)\s*\d{1,4})?(?:\s*页)?\W*",
    re.I,
)


@dataclass(frozen=True, slots=True)
class Page:
    """A page's number (from 1), height in points and lines in reading order."""

    number: int
    height: float
    lines: list[Line]


class Furniture:
    """Learns pages in order; judges each when its neighbours are known. ``pages`` is how many there are."""

    def __init__(self, pages: int) -> None:
        self._enough = 2 if pages <= _SHORT else _ENOUGH
        self._seen: dict[tuple[str, int], deque[tuple[int, float]]] = defaultdict(deque)

    def learn(self, page: Page) -> None:
        for line in _outermost(page):
            if (key := _numbering(line, page)) is not None:
                self._add(key, page.number, 0.0)
        for line, place in _zone(page):
            self._add(_key(line), page.number, place)
        if page.number % (4 * NEIGHBOURS) == 0:
            for key in [key for key, places in self._seen.items() if places[-1][0] < _oldest(page.number)]:
                del self._seen[key]

    def _add(self, key: tuple[str, int], number: int, place: float) -> None:
        places = self._seen[key]
        places.append((number, place))
        while places[0][0] < _oldest(number):
            places.popleft()

    def without(self, page: Page) -> list[Line]:
        """The lines of a page that are text. What is dropped reaches from the edge of the page without a gap."""
        dropped: set[int] = set()
        ordered = sorted(page.lines, key=lambda line: line.y0 + line.y1)
        for side in (ordered, ordered[::-1]):
            for line in side:
                if not self._is_furniture(line, page):
                    break
                dropped.add(id(line))
        return [line for line in page.lines if id(line) not in dropped]

    def _is_furniture(self, line: Line, page: Page) -> bool:
        key = _numbering(line, page)
        if key is not None and line in _outermost(page) and self._count(key, page.number, 0.0) >= self._enough:
            return True
        place = _place(line, page)
        if place is None:
            return False
        if abs(place) < _MARGIN * page.height and _PAGE_NUMBER.fullmatch(line.text):
            return True
        if is_header_row(line):
            return False
        return self._count(_key(line), page.number, place) >= self._enough

    def _count(self, key: tuple[str, int], page: int, place: float) -> int:
        """On how many of the neighbouring pages the same stands at the same place."""
        near = ((number, other) for number, other in self._seen.get(key, ()) if abs(number - page) <= NEIGHBOURS)
        return len({number for number, other in near if abs(other - place) < _SAME_PLACE})


def _oldest(learned: int) -> int:
    """The first page that still counts for one that is to be judged."""
    return learned - 2 * NEIGHBOURS - 2


def _outermost(page: Page) -> list[Line]:
    """The highest and the lowest line."""
    ordered = sorted(page.lines, key=lambda line: line.y0 + line.y1)
    return [ordered[0], ordered[-1]] if ordered else []


def _numbering(line: Line, page: Page) -> tuple[str, int] | None:
    """What is the same for all lines that count the pages, wherever on the page they stand."""
    found = _NUMBER.fullmatch(line.text)
    return ("", int(found.group(1)) - page.number) if found else None


def _zone(page: Page) -> list[tuple[Line, float]]:
    return [(line, place) for line in page.lines if (place := _place(line, page)) is not None]


def _place(line: Line, page: Page) -> float | None:
    """The distance from the lower edge, or, below zero, from the upper one; None in the middle of the page."""
    middle = (line.y0 + line.y1) / 2
    if middle < _ZONE * page.height:
        return middle
    return middle - page.height if middle > (1 - _ZONE) * page.height else None


def _key(line: Line) -> tuple[str, int]:
    """The words without their figures, and the type size."""
    return re.sub(r"\d+", "#", line.text).lower(), round(line.size)
