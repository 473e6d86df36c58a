"""Page numbers as people write them."""

from collections.abc import Iterable

_SHOWN = 8


def page_ranges(pages: Iterable[int]) -> str:
    """``"page 3"``, or ``"pages 3, 5–7 and 12"``; after eight ranges ``"and others"``. Pages may come in any order."""
    numbers = sorted(set(pages))
    ranges: list[list[int]] = []
    for number in numbers:
        if ranges and number == ranges[-1][1] + 1:
            ranges[-1][1] = number
        else:
            ranges.append([number, number])
    shown = [str(first) if first == last else f"{first}–{last}" for first, last in ranges[:_SHOWN]]
    if len(ranges) > _SHOWN:
        shown.append("others")
    listed = shown[0] if len(shown) == 1 else f"{', '.join(shown[:-1])} and {shown[-1]}"
    return f"page {listed}" if len(numbers) == 1 else f"pages {listed}"
