"""Axes: from values to places on a picture, with a grid, ticks and labels."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import ceil, floor, log10

from markupsafe import Markup

from evals.plots.svg import joined, tag

WIDTH, HEIGHT = 480, 330
LEFT, RIGHT, TOP, BOTTOM = 68, 20, 24, 54
_STEPS = (1.0, 2.0, 2.5, 5.0, 10.0)


@dataclass(frozen=True, slots=True)
class Scale:
    """A linear map: ``low`` lies at ``start``, ``high`` at ``end``; ``ticks`` are values with their text."""

    low: float
    high: float
    start: float
    end: float
    ticks: Sequence[tuple[float, str]]

    def __call__(self, value: float) -> float:
        return round(self.start + (value - self.low) / (self.high - self.low) * (self.end - self.start), 1)


@dataclass(frozen=True, slots=True)
class Axes:
    """Two scales with what they measure, unit included. Names, unlike values, need no upright lines."""

    x: Scale
    y: Scale
    x_label: str
    y_label: str
    upright_lines: bool = True

    def draw(self) -> Markup:
        x, y = self.x, self.y
        middle = (x.start + x.end) / 2, (y.start + y.end) / 2
        return joined(
            *(
                tag("line", class_="grid", x1=x(v), x2=x(v), y1=y.start, y2=y.end)
                for v, _ in (x.ticks if self.upright_lines else ())
            ),
            *(tag("line", class_="grid", x1=x.start, x2=x.end, y1=y(v), y2=y(v)) for v, _ in y.ticks),
            tag("path", class_="axis", d=f"M{x.start} {y.end}V{y.start}H{x.end}"),
            *(tag("text", text, x=x(v), y=HEIGHT - BOTTOM + 19, text_anchor="middle") for v, text in x.ticks),
            *(tag("text", text, x=x.start - 7, y=y(v) + 4.5, text_anchor="end") for v, text in y.ticks),
            tag("text", self.x_label, class_="label", x=middle[0], y=HEIGHT - 10, text_anchor="middle"),
            tag(
                "text",
                self.y_label,
                class_="label",
                transform=f"translate(15 {middle[1]}) rotate(-90)",
                text_anchor="middle",
            ),
        )

    def line(self, points: Sequence[tuple[float, float]], class_: str) -> Markup:
        """Through points given as values."""
        return tag("polyline", class_=class_, points=" ".join(f"{self.x(a)},{self.y(b)}" for a, b in points))


def across(high: float, ticks: Sequence[tuple[float, str]]) -> Scale:
    return Scale(0.0, high, LEFT, WIDTH - RIGHT, ticks)


def upwards(high: float, ticks: Sequence[tuple[float, str]], bottom: float = HEIGHT - BOTTOM) -> Scale:
    return Scale(0.0, high, bottom, TOP, ticks)


def share_ticks(high: float = 1.0) -> list[tuple[float, str]]:
    """Shares from nothing to ``high``, in quarters of it."""
    return [(high * part, f"{high * part * 100:g} %") for part in (0.0, 0.25, 0.5, 0.75, 1.0)]


def round_ticks(high: float, text: Callable[[float], str], *, whole: bool = False) -> list[tuple[float, str]]:
    """A few round values from 0 on; the last one is not below ``high``. ``whole`` ones count things."""
    step = _round_up(high / 5)
    if whole and step % 1:
        step = float(ceil(step))
    return [(i * step, text(i * step)) for i in range(ceil(round(high / step, 9)) + 1)]


def _round_up(value: float) -> float:
    if value <= 0:
        return 1.0
    power = 10.0 ** floor(log10(value))
    return next(step * power for step in _STEPS if value <= step * power * (1 + 1e-9))
