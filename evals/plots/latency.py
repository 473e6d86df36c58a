"""How long answers took: the share of them that took no longer than so many milliseconds."""

from collections.abc import Mapping, Sequence

from markupsafe import Markup

from evals.metrics.percentile import percentile
from evals.plots.axes import HEIGHT, WIDTH, Axes, across, round_ticks, share_ticks, upwards
from evals.plots.svg import Picture, joined, tag

_STEPS = 200  # more corners than this no eye can tell apart


def latency(
    latencies: Sequence[float], marks: Mapping[str, float], label: str, earlier: Sequence[float] = ()
) -> Picture:
    """``marks`` are points of the curve with their names, lowest first. What is far beyond the last is cut off."""
    ticks = round_ticks(max(marks.values()) * 1.2, lambda value: f"{value:,g}")
    axes = Axes(across(ticks[-1][0], ticks), upwards(1.0, share_ticks()), "milliseconds", "answers that took no longer")
    body = joined(
        axes.draw(),
        axes.line(_steps(earlier, axes.x.high), "earlier") if earlier else "",
        axes.line(_steps(latencies, axes.x.high), "curve"),
        *(_mark(axes, name, value, i == len(marks) - 1) for i, (name, value) in enumerate(marks.items())),
    )
    return Picture(WIDTH, HEIGHT, body, label)


def _steps(latencies: Sequence[float], most: float) -> list[tuple[float, float]]:
    corners = min(len(latencies), _STEPS)
    points = [(percentile(latencies, 100 * i / corners) or 0.0, i / corners) for i in range(corners + 1)]
    kept = [(0.0, 0.0), *(point for point in points if point[0] <= most)]
    return [*kept, (most, kept[-1][1])]


def _mark(axes: Axes, name: str, value: float, is_last: bool) -> Markup:
    share = float(name.removeprefix("p")) / 100
    here, there = axes.x(value), axes.y(share)
    # The last two are close to each other at the top: one name goes above, the others below the curve.
    place = {"x": here - 4, "y": there - 9, "text_anchor": "end"} if is_last else {"x": here + 8, "y": there + 15}
    return joined(
        tag("circle", class_="point", cx=here, cy=there, r=4.5),
        tag("text", f"{name} {value:,.0f} ms", class_="on-line", **place),
    )
