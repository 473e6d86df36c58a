"""The reliability diagram: is the confidence a probability? In the bins of evals/metrics/calibration_error.py."""

from collections.abc import Sequence

from markupsafe import Markup

from evals.metrics.calibration_error import Bin
from evals.plots.axes import BOTTOM, HEIGHT, WIDTH, Axes, across, share_ticks, upwards
from evals.plots.svg import Picture, joined, tag

STRIP = 56  # below the diagram: how many questions are in each bin


def reliability(binned: Sequence[Bin], label: str, earlier: Sequence[Bin] = ()) -> Picture:
    """Confidence from left to right, the share with an answer upwards; on the diagonal they are equal."""
    axes = Axes(
        across(1.0, share_ticks()),
        upwards(1.0, share_ticks(), HEIGHT - BOTTOM - STRIP),
        "confidence",
        "have an answer",
    )
    body = joined(
        axes.draw(),
        axes.line([(0, 0), (1, 1)], "ideal"),
        axes.line([(b.confidence, b.share) for b in earlier], "earlier") if earlier else "",
        axes.line([(b.confidence, b.share) for b in binned], "curve thin"),
        *(_point(axes, b) for b in binned),
        *_counts(axes, binned),
    )
    return Picture(WIDTH, HEIGHT, body, label)


def _point(axes: Axes, found: Bin) -> Markup:
    here = axes.x(found.confidence)
    low, high = found.interval
    return joined(
        tag("line", class_="whisker", x1=here, x2=here, y1=axes.y(low), y2=axes.y(high)),
        tag("circle", class_="point", cx=here, cy=axes.y(found.share), r=4.5),
    )


def _counts(axes: Axes, binned: Sequence[Bin]) -> list[Markup]:
    ground, room = HEIGHT - BOTTOM, STRIP - 22
    most = max(b.n for b in binned)
    drawn = [tag("line", class_="axis", x1=axes.x.start, x2=axes.x.end, y1=ground, y2=ground)]
    for found in binned:
        left, right, height = axes.x(found.low) + 3, axes.x(found.high) - 3, max(found.n / most * room, 1.5)
        drawn.append(tag("rect", class_="bar", x=left, width=right - left, y=ground - height, height=height))
        drawn.append(
            tag(
                "text",
                f"{found.n:,}",
                class_="small",
                x=(left + right) / 2,
                y=ground - height - 4,
                text_anchor="middle",
            )
        )
    return drawn
