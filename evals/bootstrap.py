"""The paired bootstrap: how far the difference of a figure between two runs of the same questions can be trusted.

Source: Efron and Tibshirani 1993, percentile intervals; paired, as in Berg-Kirkpatrick et al. 2012: both runs keep
the same drawn questions, so what makes a question hard for both does not blur the difference. Questions on one place
of the documents are drawn together (a cluster bootstrap, Cameron et al. 2008): thirty questions on one paragraph are
not thirty independent cases. Trap: an interval that leaves out 0 is no proof where many figures are looked at.
"""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from math import sqrt
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.stats import norm
from scipy.stats import t as student

from evals.figures.types import Metric
from evals.rows import Row
from evals.sets.types import Question

DRAWS = 2000
_SEED = 20_177
_CELLS = 500_000  # bounds the memory of the draws that are made at once


@dataclass(frozen=True, slots=True)
class Difference:
    """``other`` minus ``base`` of one metric, with the interval at the asked level; None where not measured."""

    metric: str
    base: float | None
    other: float | None
    n: int
    interval: tuple[float, float] | None

    @property
    def value(self) -> float | None:
        return None if self.base is None or self.other is None else self.other - self.base

    @property
    def is_sure(self) -> bool:
        """The interval leaves out 0."""
        return self.interval is not None and (self.interval[0] > 0 or self.interval[1] < 0)


def difference(metric: Metric, pairs: Sequence[tuple[Row, Row]], level: float = 0.95) -> Difference:
    """Of one metric over (base, other) rows of the same questions. The same rows always give the same interval."""
    base = [list(metric.cases(row)) for row, _ in pairs]
    other = [list(metric.cases(row)) for _, row in pairs]
    n = sum(map(len, other))
    values = _folded(metric, base), _folded(metric, other)
    if None in values:
        return Difference(metric.name, *values, n, None)
    groups = _groups([row for row, _ in pairs])
    if len(groups) < 2:
        return Difference(metric.name, *values, n, None)
    drawn = _drawn_means(base, other, groups) if metric.is_mean else _drawn_folds(metric, base, other, groups)
    if len(drawn) < DRAWS // 20:
        return Difference(metric.name, *values, n, None)
    tail = 100 * _expanded_tail((1 - level) / 2, len(groups))
    low, high = np.percentile(drawn, [tail, 100 - tail])
    return Difference(metric.name, *values, n, (float(low), float(high)))


def _expanded_tail(tail: float, n: int) -> float:
    """Percentile intervals are too narrow for few cases, as a z interval with the divisor n is beside Student's.

    Source: the expanded percentile interval of Hesterberg 2015, "What Teachers Should Know about the Bootstrap".
    """
    return float(norm.cdf(sqrt(n / (n - 1)) * student.ppf(tail, n - 1)))


def _folded(metric: Metric, cases: Sequence[Sequence[Any]]) -> float | None:
    together = [case for own in cases for case in own]
    return metric.fold(together) if together else None


def _groups(rows: Sequence[Row]) -> list[list[int]]:
    """The places of the rows that are drawn together."""
    groups: dict[Hashable, list[int]] = {}
    for i, row in enumerate(rows):
        groups.setdefault(_dependence(row.question), []).append(i)
    return list(groups.values())


def _dependence(question: Question) -> Hashable:
    """The same for questions on one paragraph, on one piece of evidence, or of one conversation."""
    if question.group is not None:
        return question.group
    if question.evidence:
        return question.evidence[0].piece
    return question.history[0].content if question.history else question.text


def _drawn_means(
    base: Sequence[Sequence[float]], other: Sequence[Sequence[float]], groups: Sequence[Sequence[int]]
) -> NDArray[np.float64]:
    sums = np.array(
        [
            [sum(sum(side[i]) for i in group) for side in (base, other)]
            + [sum(len(side[i]) for i in group) for side in (base, other)]
            for group in groups
        ],
        dtype=np.float64,
    )
    generator = np.random.default_rng(_SEED)
    totals = []
    left, at_once = DRAWS, max(1, _CELLS // len(groups))
    while left > 0:
        picked = generator.integers(len(groups), size=(min(left, at_once), len(groups)))
        totals.append(sums[picked].sum(axis=1))
        left -= at_once
    total = np.concatenate(totals)
    total = total[(total[:, 2] > 0) & (total[:, 3] > 0)]
    return np.asarray(total[:, 1] / total[:, 3] - total[:, 0] / total[:, 2])


def _drawn_folds(
    metric: Metric,
    base: Sequence[Sequence[Any]],
    other: Sequence[Sequence[Any]],
    groups: Sequence[Sequence[int]],
) -> NDArray[np.float64]:
    generator = np.random.default_rng(_SEED)
    drawn = []
    # Folded anew for each draw, in Python: fewer draws where there are many cases.
    for _ in range(max(DRAWS // 5, min(DRAWS, _CELLS // max(1, len(base))))):
        rows = [i for group in generator.integers(len(groups), size=len(groups)) for i in groups[group]]
        values = _folded(metric, [base[i] for i in rows]), _folded(metric, [other[i] for i in rows])
        if values[0] is not None and values[1] is not None:
            drawn.append(values[1] - values[0])
    return np.array(drawn)
