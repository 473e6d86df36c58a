"""Whether a paragraph goes on overleaf: told by the room that its last line and its page leave."""

from collections.abc import Sequence
from dataclasses import dataclass

from ingest.pdf_lines import Line
from ingest.pdf_paragraphs import ends_sentence

_FEWEST_LINES = 2
"""Of a parted paragraph on either page: word processors and browsers leave no single line behind by themselves."""


@dataclass(frozen=True, slots=True)
class Foot:
    """The last paragraph of a page: its last line, how many lines it has there, and the room behind and below it, in
    points and in lines.
    """

    page: int
    line: Line
    lines: int
    behind: float
    below: float

    @classmethod
    def of(cls, group: Sequence[Line], page: int, right: float, lowest: float) -> "Foot":
        """``right`` is where the page's lines end, ``lowest`` where the lowest line so far stood."""
        last = group[-1]
        pitch = max(last.size, group[-2].y0 - last.y0 if len(group) > 1 else 0.0)
        return cls(page, last, len(group), right - last.x1, (last.y0 - lowest) / pitch)


def goes_on_overleaf(foot: Foot, group: Sequence[Line]) -> bool:
    """Whether the first lines of the next page are of the same paragraph."""
    last, first = foot.line, group[0]
    if abs(last.size - first.size) > 0.6 or abs(last.x0 - first.x0) > 4 * last.size:
        return False
    ended = ends_sentence(last.text)
    if not ended and first.text[0].islower():
        return True
    # The last line of a paragraph seldom lacks the room for one more word, even where it ends a sentence.
    if foot.behind > _first_word(first):
        return False
    if not ended:
        return True
    if abs(last.x0 - first.x0) > 1.0 or foot.lines < _FEWEST_LINES:
        return False
    # Another line would have fitted on the page; it was only withheld where it would have left a single one overleaf.
    return foot.below < 0.9 or len(group) <= _FEWEST_LINES


def _first_word(line: Line) -> float:
    """How wide it is at most, in points: with the space before it, and a letter more, since its letters may be wide."""
    return (line.x1 - line.x0) * (len(line.text.split(maxsplit=1)[0]) + 2) / len(line.text)
