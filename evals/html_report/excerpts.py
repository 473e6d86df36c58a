"""Cuts text down to what a reader needs to see around a place. Offsets are code points, as everywhere."""

from dataclasses import dataclass

AROUND = 240


@dataclass(frozen=True, slots=True)
class Excerpt:
    """``before + lit + after`` is one stretch of a text; ``cut_before`` and ``cut_after`` say that the text goes on."""

    before: str
    lit: str
    after: str
    cut_before: bool = False
    cut_after: bool = False


def excerpt(text: str, start: int, end: int, around: int = AROUND) -> Excerpt:
    """The whole of ``text[start:end]``, lit, with about ``around`` characters on either side."""
    first = _next_word(text, start - around, start) if start > around else 0
    last = _word_end(text, end + around, end) if len(text) - end > around else len(text)
    return Excerpt(text[first:start], text[start:end], text[end:last], first > 0, last < len(text))


def beginning(text: str, most: int) -> Excerpt:
    """The first ``most`` characters, nothing lit."""
    last = _word_end(text, most, most // 2) if len(text) > most else len(text)
    return Excerpt(text[:last], "", "", cut_after=last < len(text))


def _next_word(text: str, position: int, limit: int) -> int:
    """Scripts without spaces are cut where they are."""
    space = text.find(" ", position, min(position + 30, limit))
    return position if space < 0 else space + 1


def _word_end(text: str, position: int, limit: int) -> int:
    space = text.rfind(" ", max(position - 30, limit), position)
    return position if space < 0 else space
