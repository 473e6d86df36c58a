"""The risk–coverage curve of a calibration as a picture: an SVG that any browser shows."""

from collections.abc import Sequence

from evals.calibration import Point
from evals.plots.risk_coverage import risk_coverage


def svg(points: Sequence[Point], chosen: Point, title: str) -> str:
    """The curve over all questions, with the chosen threshold marked."""
    note = f"threshold {chosen.threshold:.2f}: {chosen.coverage:.0%} answered, {chosen.risk:.0%} of these wrong"
    return risk_coverage(points, chosen, note, "questions answered").file(title)
