"""Bars that lie: a whole in its parts, and a share with its interval."""

from collections.abc import Sequence

from markupsafe import Markup

from evals.plots.svg import Picture, joined, tag

WHOLE_WIDTH, WHOLE_HEIGHT = 960, 44
SHARE_WIDTH, SHARE_HEIGHT = 120, 14


def hatching() -> Markup:
    """The pattern that tells bad parts from good ones without colour; once in a page."""
    stripe = tag("line", class_="stripe", x1=0, y1=0, x2=0, y2=7)
    return tag(
        "pattern", stripe, id="hatch", width=7, height=7, patternUnits="userSpaceOnUse", patternTransform="rotate(45)"
    )


def whole_bar(parts: Sequence[tuple[str, int, bool]], label: str) -> Picture:
    """Parts as (class, count, hatched)."""
    total = sum(count for _, count, _ in parts)
    drawn, left = [tag("defs", hatching())], 0.0
    for class_, count, hatched in parts:
        width = count / total * WHOLE_WIDTH if total else 0.0
        box = {"x": left + 1, "y": 1.0, "width": max(width - 2, 1.0), "height": WHOLE_HEIGHT - 2.0, "rx": 3}
        drawn.append(tag("rect", class_=f"part {class_}", **box))
        if hatched:
            drawn.append(tag("rect", fill="url(#hatch)", **box))
        left += width
    return Picture(WHOLE_WIDTH, WHOLE_HEIGHT, joined(*drawn), label)


def share_bar(value: float, interval: tuple[float, float] | None) -> Markup:
    """A share of 1 as a bar with its interval as a whisker. Its value stands beside it in words: it is decoration."""
    end, middle = _at(value), SHARE_HEIGHT / 2
    drawn = [
        tag("rect", class_="track", x=0, y=4, width=SHARE_WIDTH, height=SHARE_HEIGHT - 8, rx=3),
        tag("rect", class_="share", x=0, y=4, width=end, height=SHARE_HEIGHT - 8, rx=3),
    ]
    if interval is not None:
        low, high = _at(interval[0]), _at(interval[1])
        drawn.append(tag("path", class_="whisker", d=f"M{low} {middle}H{high}M{low} 2V12M{high} 2V12"))
    view = f"-1 0 {SHARE_WIDTH + 2} {SHARE_HEIGHT}"
    return tag("svg", *drawn, class_="plot share-bar", viewBox=view, aria_hidden="true", preserveAspectRatio="none")


def _at(value: float) -> float:
    return round(value * SHARE_WIDTH, 1)
