"""Whether a paragraph goes on overleaf: told by the room that its last line and its page leave."""

import re
from bisect import insort
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from ingest.pdf_lines import Line
from ingest.pdf_paragraphs import ends_sentence, without_references

_FEWEST_LINES = 2
"""Of a parted paragraph on either page: what writes text in pages seldom leaves a single line behind."""
_SURE_END = re.compile(r"""[.!?。！？]["'”’»)]*$""")


class Bottoms:
    """How far down the pages of a document go: as far as two of them do, since one may have other things there."""

    def __init__(self) -> None:
        self._seen: list[float] = []

    def add(self, lines: Sequence[Line]) -> None:
        if lines:
            insort(self._seen, min(line.y0 for line in lines))

    def lowest(self, line: float) -> float | None:
        """None where no two pages agree, within the height of a ``line``."""
        return next((low for low, above in pairwise(self._seen) if above - low < line), None)


@dataclass(frozen=True, slots=True)
class Foot:
    """The last paragraph of a page: its last line, how many lines it has there, the points from one to the next, and
    the points that are left behind the last.
    """

    page: int
    line: Line
    lines: int
    pitch: float
    behind: float

    @classmethod
    def of(cls, group: Sequence[Line], page: int, right: float) -> "Foot":
        """``right`` is where the page's lines end."""
        last = group[-1]
        pitch = max(last.size, group[-2].y0 - last.y0 if len(group) > 1 else 0.0, 1.0)
        return cls(page, last, len(group), pitch, right - last.x1)

    def has_room_below(self, bottoms: Bottoms) -> bool:
        """For another line; False where it is not known how far down the pages go."""
        lowest = bottoms.lowest(self.pitch)
        return lowest is not None and self.line.y0 - lowest >= 0.9 * self.pitch


def goes_on_overleaf(foot: Foot, group: Sequence[Line], bottoms: Bottoms) -> bool:
    """Whether the first lines of the next page are of the same paragraph. ``bottoms`` are those of the pages before."""
    last, first = foot.line, group[0]
    if abs(last.size - first.size) > 0.6 or abs(last.x0 - first.x0) > 4 * last.size:
        return False
    ended, small = ends_sentence(last.text), first.text[0].islower()
    # The last line of a paragraph seldom lacks the room for one more word, even where it ends a sentence.
    if foot.behind > _first_word(first) and (ended or not small):
        return False
    if ended and abs(last.x0 - first.x0) > 1.0:
        return False
    if small or not _SURE_END.search(without_references(last.text)):
        return True
    # Another line would have fitted on the page; it was only withheld where it would have left a single one overleaf.
    return foot.lines >= _FEWEST_LINES and (len(group) <= _FEWEST_LINES or not foot.has_room_below(bottoms))


def _first_word(line: Line) -> float:
    """How wide it is at most, in points: with the space before it, and a letter more, since its letters may be wide."""
    return (line.x1 - line.x0) * (len(line.text.split(maxsplit=1)[0]) + 2) / len(line.text)
