"""Every figure of an evaluation: its name, what it means, how it is folded from the rows of a run.

The name is the same in the code, on the command line and in the reports.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import partial

from evals.metrics.answered_wrong import answered_wrong
from evals.metrics.auroc import auroc
from evals.metrics.calibration_error import calibration_error
from evals.metrics.evidence_cited import evidence_cited, evidence_cited_first
from evals.metrics.hit import hit_at
from evals.metrics.interval import interval
from evals.metrics.percentile import percentile
from evals.metrics.reciprocal_rank import reciprocal_rank
from evals.rows import Row
from evals.run import Run

CUTOFFS = (1, 3, 5, 10)
RANK_CUTOFF = 10


class Unit(StrEnum):
    """How a figure is shown."""

    SHARE = "share"
    MILLISECONDS = "ms"
    PER_SECOND = "/s"


@dataclass(frozen=True, slots=True)
class Measured:
    """A value over ``n`` cases, None where there was nothing to measure; the 95 % interval where there is one."""

    value: float | None
    n: int
    interval: tuple[float, float] | None = None


@dataclass(frozen=True, slots=True)
class Metric:
    """A figure's definition. ``lower_is_better`` is so for errors and times."""

    name: str
    meaning: str
    measure: Callable[[Run], Measured]
    unit: Unit = Unit.SHARE
    lower_is_better: bool = False


def measure_all(run: Run) -> Mapping[str, Measured]:
    """Each metric of a run, by name, in the order of a report."""
    return {metric.name: metric.measure(run) for metric in METRICS.values()}


def _mean(values: Iterable[float]) -> Measured:
    found = list(values)
    if not found:
        return Measured(None, 0)
    mean = sum(found) / len(found)
    return Measured(mean, len(found), interval(mean, len(found)))


# Finding


def _located(run: Run) -> Measured:
    return _mean(float(fault is None) for row in run.rows for fault in row.evidence_faults)


def _hit(k: int, run: Run) -> Measured:
    if run.top_k < k:
        return Measured(None, 0)
    return _mean(hit_at(row.hits_on_evidence, k) for row in run.rows if row.has_evidence)


def _reciprocal_rank(run: Run) -> Measured:
    if run.top_k < RANK_CUTOFF:
        return Measured(None, 0)
    return _mean(reciprocal_rank(row.hits_on_evidence, RANK_CUTOFF) for row in run.rows if row.has_evidence)


# Citing


def _cited_marks(row: Row) -> tuple[bool, ...]:
    return row.citations_on_evidence if row.answered else ()


def _cited(run: Run) -> Measured:
    return _mean(evidence_cited(_cited_marks(row)) for row in run.rows if row.has_evidence)


def _cited_first(run: Run) -> Measured:
    return _mean(evidence_cited_first(_cited_marks(row)) for row in run.rows if row.has_evidence)


def _cited_if_answered(run: Run) -> Measured:
    return _mean(evidence_cited(_cited_marks(row)) for row in run.rows if row.has_evidence and row.answered)


def _quote_exact(run: Run) -> Measured:
    return _mean(float(exact) for row in run.rows for exact in row.citations_exact)


# Saying


def _exact_match(run: Run) -> Measured:
    return _mean(row.exact_match for row in run.rows if row.exact_match is not None)


def _exact_match_if_answered(run: Run) -> Measured:
    return _mean(row.exact_match for row in run.rows if row.exact_match is not None and row.answered)


def _token_f1(run: Run) -> Measured:
    return _mean(row.token_f1 for row in run.rows if row.token_f1 is not None)


def _token_f1_if_answered(run: Run) -> Measured:
    return _mean(row.token_f1 for row in run.rows if row.token_f1 is not None and row.answered)


# Abstaining


def _answered(run: Run) -> Measured:
    return _mean(float(row.answered) for row in run.rows if row.question.answerable is True)


def _refused(run: Run) -> Measured:
    return _mean(float(row.refused) for row in run.rows if row.question.answerable is False)


def _answered_wrong(run: Run) -> Measured:
    return _mean(_is_wrong(row, row.question.answerable) for row, _ in _judged_answers(run))


def _judged_answers(run: Run) -> Iterator[tuple[Row, bool]]:
    for row in run.rows:
        if row.answered and row.question.answerable is not None:
            yield row, row.question.answerable
