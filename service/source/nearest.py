"""Of several places where words stand, the one nearest to where they are expected."""


def nearest(text: str, words: str, expected: int) -> int | None:
    """Where ``words`` begin in ``text``, as near as can be to ``expected``; None where they are not there."""
    expected = min(max(expected, 0), len(text))
    before = text.rfind(words, 0, expected + len(words))
    after = text.find(words, expected)
    found = [place for place in (before, after) if place >= 0]
    return min(found, key=lambda place: abs(place - expected), default=None)
