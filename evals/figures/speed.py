"""How long does an answer take? Wall-clock time of asking, one question at a time; errors are left out."""

from evals.figures.types import NOT_MEASURED, Measured, Metric, Unit
from evals.metrics.percentile import percentile
from evals.run import Run


def _latencies(run: Run) -> list[float]:
    return [row.latency_ms for row in run.rows if row.answer is not None]


def _median(run: Run) -> Measured:
    latencies = _latencies(run)
    return Measured(percentile(latencies, 50), len(latencies))


def _p95(run: Run) -> Measured:
    latencies = _latencies(run)
    return Measured(percentile(latencies, 95), len(latencies))


def _per_second(run: Run) -> Measured:
    latencies = _latencies(run)
    seconds = sum(latencies) / 1000
    return Measured(len(latencies) / seconds, len(latencies)) if seconds > 0 else NOT_MEASURED


METRICS = (
    Metric("latency_p50_ms", "half of the answers took no longer", _median, Unit.MILLISECONDS, lower_is_better=True),
    Metric("latency_p95_ms", "95 % of the answers took no longer", _p95, Unit.MILLISECONDS, lower_is_better=True),
    Metric("questions_per_second", "answers a second, asked one after another", _per_second, Unit.PER_SECOND),
)
