"""How long does an answer take? Wall-clock time of asking; errors are left out.

With ``--jobs`` above 1 the questions wait for each other, so times are only compared between runs of as many jobs.
"""

from collections.abc import Iterator, Sequence
from functools import partial

from evals.figures.types import Metric, Unit
from evals.metrics.percentile import percentile
from evals.rows import Row


def _latency(row: Row) -> Iterator[float]:
    if row.answer is not None:
        yield row.latency_ms


def _percentile(percent: float, latencies: Sequence[float]) -> float | None:
    return percentile(latencies, percent)


def _at(percent: int, meaning: str) -> Metric:
    fold = partial(_percentile, percent)
    return Metric(f"latency_p{percent}_ms", meaning, _latency, fold, Unit.MILLISECONDS, lower_is_better=True)


METRICS = (
    _at(50, "half of the answers took no longer"),
    _at(95, "95 % of the answers took no longer"),
    _at(99, "99 % of the answers took no longer"),
)
