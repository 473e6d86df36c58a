"""A citation's place found again in a text that may have changed since."""

from service.source.fold import fold
from service.source.nearest import nearest
from service.source.records import Asked, Place, PlaceState
from service.source.similar import most_similar


def locate(text: str, asked: Asked, *, same_version: bool) -> Place:
    """Where the asked words stand: at their offsets, else elsewhere word for word, else the same but for white space,
    hyphens, cases and quotation marks, else the most similar ones, else nowhere. Of several, the nearest.

    Without the words, a place is known only in the version that the link was made for.
    """
    if asked.quote is None:
        fits = same_version and asked.end <= len(text)
        return Place(PlaceState.SAME, (asked.start, asked.end)) if fits else _GONE
    if _stands(text, asked):
        return Place(PlaceState.SAME, _known(asked, asked.start, same_version))
    at = nearest(text, asked.quote, asked.start)
    if at is not None:
        return Place(PlaceState.MOVED, (at, at + len(asked.quote)))
    folded, wanted = fold(text), fold(asked.quote).letters
    if not wanted:
        return _GONE
    expected = folded.position(min(asked.start, len(text)))
    found = nearest(folded.letters, wanted, expected)
    if found is not None:
        return Place(PlaceState.MOVED, folded.span(found, found + len(wanted)))
    similar = most_similar(text, folded, wanted, expected)
    return Place(PlaceState.CHANGED, similar) if similar else _GONE


_GONE = Place(PlaceState.GONE, None)


def _stands(text: str, asked: Asked) -> bool:
    """Whether the words, or as many as the link tells, are at their old place."""
    assert asked.quote is not None
    there = text[asked.start : asked.end]
    return there.startswith(asked.quote) if asked.is_shortened else there == asked.quote


def _known(asked: Asked, start: int, same_version: bool) -> tuple[int, int]:
    """The whole span in the version that was cited; in another, only as far as the link tells the words."""
    assert asked.quote is not None
    return start, asked.end if same_version else start + len(asked.quote)
