"""Quantiles, slopes and lines of Markdown tables."""

from collections.abc import Sequence

import numpy as np

from bench.load.clients import Told

HEADER = (
    "| what | clients | q/s | p50 ms | p95 ms | p99 ms | first word p50 ms | 429 | errors |\n"
    "|---|---|---|---|---|---|---|---|---|"
)


def quantile_ms(seconds: Sequence[float], at: float) -> float:
    return float(np.quantile(seconds, at)) * 1000 if seconds else float("nan")


def row(what: str, clients: int, told: Told) -> str:
    """A line below HEADER."""
    rate = len(told.answered_s) / told.lasted_s
    times = " | ".join(f"{quantile_ms(told.answered_s, at):.0f}" for at in (0.5, 0.95, 0.99))
    first = f"{quantile_ms(told.first_s, 0.5):.0f}" if told.first_s else ""
    return f"| {what} | {clients} | {rate:.1f} | {times} | {first} | {len(told.refused_s)} | {len(told.errors)} |"


def slope_per_hour(seconds: Sequence[float], values: Sequence[float]) -> float:
    """Of the line of least squares."""
    return float(np.polyfit(np.asarray(seconds) / 3600, values, 1)[0]) if len(values) > 1 else float("nan")
