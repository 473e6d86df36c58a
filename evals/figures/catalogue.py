"""All the metrics, in the order of a report."""

from collections.abc import Mapping

from evals.figures import abstaining, citing, finding, saying, speed
from evals.figures.types import Measured, Metric
from evals.run import Run

METRICS: Mapping[str, Metric] = {
    metric.name: metric
    for metric in (*finding.METRICS, *citing.METRICS, *saying.METRICS, *abstaining.METRICS, *speed.METRICS)
}
LATENCY = frozenset(metric.name for metric in speed.METRICS)

HEADLINE = ("hit@5", "evidence_cited_first", "answer_f1", "answered_wrong_rate", "refused_rate")
"""The few to look at first: found, cited, said, and known not to be known."""


def measure_all(run: Run) -> dict[str, Measured]:
    """Each metric of a run by name, in the order of a report; those with nothing to measure are there too."""
    return {name: metric.measure(run) for name, metric in METRICS.items()}
