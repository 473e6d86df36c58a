"""Percentiles, with the definition said."""

from collections.abc import Sequence
from math import floor


def percentile(values: Sequence[float], percent: float) -> float | None:
    """The value below which ``percent`` of the sorted values lie, interpolated linearly; None without values.

    Source: type 7 of Hyndman and Fan 1996, the default of NumPy and R: position (n - 1) · percent / 100 in the
    sorted values, counted from 0. Trap: with fewer than 20 values p95 is little more than the largest one.
    """
    if not values:
        return None
    ordered = sorted(values)
    position = (len(ordered) - 1) * percent / 100
    below = floor(position)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (ordered[above] - ordered[below]) * (position - below)
