"""Columns that stand: how many there are of each."""

from collections.abc import Sequence

from evals.plots.axes import HEIGHT, WIDTH, Axes, across, round_ticks, upwards
from evals.plots.svg import Picture, joined, tag


def columns(counts: Sequence[tuple[str, int, bool]], x_label: str, y_label: str, label: str) -> Picture:
    """One for each (name, count, hatched), with its count above."""
    ticks = round_ticks(max(n for _, n, _ in counts), lambda n: f"{n:,g}", whole=True)
    x = across(len(counts), [(i + 0.5, name) for i, (name, _, _) in enumerate(counts)])
    axes = Axes(x, upwards(ticks[-1][0], ticks), x_label, y_label, upright_lines=False)
    drawn = [axes.draw()]
    for i, (_, count, hatched) in enumerate(counts):
        box = {"x": x(i) + 3, "width": x(1) - x(0) - 6, "y": axes.y(count), "height": axes.y.start - axes.y(count)}
        drawn.append(tag("rect", class_="part wrong" if hatched else "share", **box))
        if hatched:
            drawn.append(tag("rect", fill="url(#hatch)", **box))
        drawn.append(tag("text", f"{count:,}", class_="small", x=x(i + 0.5), y=axes.y(count) - 5, text_anchor="middle"))
    return Picture(WIDTH, HEIGHT, joined(*drawn), label)
