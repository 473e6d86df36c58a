"""The risk–coverage curve: how many answers are wrong if only the surest are given."""

from collections.abc import Sequence

from evals.calibration import Point
from evals.plots.axes import HEIGHT, WIDTH, Axes, across, share_ticks, upwards
from evals.plots.svg import Picture, joined, tag


def risk_coverage(
    points: Sequence[Point], chosen: Point, note: str, x_label: str, earlier: Sequence[Point] = ()
) -> Picture:
    """Coverage from left to right, the share of wrong answers upwards; ``chosen`` is marked with ``note``.

    ``earlier`` is the curve of a run to compare with.
    """
    top_risk = max(0.1, *(p.risk for p in (*points, *earlier)))
    highest = next(step for step in (0.1, 0.2, 0.4, 0.6, 1.0) if top_risk <= step)
    axes = Axes(across(1.0, share_ticks()), upwards(highest, share_ticks(highest)), x_label, "answers that are wrong")
    here, there = axes.x(chosen.coverage), axes.y(chosen.risk)
    body = joined(
        axes.draw(),
        axes.line([(p.coverage, p.risk) for p in earlier], "earlier") if earlier else "",
        axes.line([(p.coverage, p.risk) for p in points], "curve"),
        tag("circle", class_="chosen", cx=here, cy=there, r=5),
        tag(
            "text",
            note,
            class_="chosen on-line",
            x=here + 6 if chosen.coverage > 0.5 else here - 6,
            y=there - 13,
            text_anchor="end" if chosen.coverage > 0.5 else "start",
        ),
    )
    return Picture(WIDTH, HEIGHT, body, note)
