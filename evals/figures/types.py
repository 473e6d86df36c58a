"""What a figure is, and how it is folded from what each question contributes."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from evals.metrics.interval import interval
from evals.rows import Row
from evals.run import Run


class Unit(StrEnum):
    """What a figure counts."""

    SHARE = "share"
    SCORE = "score"  # from 0 to 1, but no share of anything
    MILLISECONDS = "ms"


@dataclass(frozen=True, slots=True)
class Measured:
    """A value over ``n`` cases, None where there was nothing to measure; its 95 % interval where one is known."""

    value: float | None
    n: int
    interval: tuple[float, float] | None = None


NOT_MEASURED = Measured(None, 0)


def mean(values: Sequence[float]) -> float:
    return sum(values) / len(values)


@dataclass(frozen=True, slots=True)
class Metric:
    """A figure's definition. The name is the same in the code, on the command line and in every report.

    ``cases`` are what a question contributes, none where the metric does not apply to it; ``fold`` makes one value
    of all the cases: mostly their mean, and then each case is in [0, 1]. ``least_hits`` is how many hits a run must
    have asked for.
    """

    name: str
    meaning: str
    cases: Callable[[Row], Iterable[Any]]
    fold: Callable[[Sequence[Any]], float | None] = mean
    unit: Unit = Unit.SHARE
    lower_is_better: bool = False
    least_hits: int = 0

    @property
    def is_mean(self) -> bool:
        return self.fold is mean

    def measure(self, run: Run) -> Measured:
        if run.top_k < self.least_hits:
            return NOT_MEASURED
        cases = [case for row in run.rows for case in self.cases(row)]
        value = self.fold(cases) if cases else None
        if value is None:
            return NOT_MEASURED
        return Measured(value, len(cases), interval(value, len(cases)) if self.is_mean else None)
