"""What a figure is, and how most are folded: the mean over the rows it applies to."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum

from evals.metrics.interval import interval
from evals.run import Run


class Unit(StrEnum):
    """What a figure counts."""

    SHARE = "share"
    SCORE = "score"  # from 0 to 1, but no share of anything
    MILLISECONDS = "ms"
    PER_SECOND = "per second"


@dataclass(frozen=True, slots=True)
class Measured:
    """A value over ``n`` cases, None where there was nothing to measure; its 95 % interval where one is known."""

    value: float | None
    n: int
    interval: tuple[float, float] | None = None


NOT_MEASURED = Measured(None, 0)


@dataclass(frozen=True, slots=True)
class Metric:
    """A figure's definition. The name is the same in the code, on the command line and in every report."""

    name: str
    meaning: str
    measure: Callable[[Run], Measured]
    unit: Unit = Unit.SHARE
    lower_is_better: bool = False


def mean(values: Iterable[float]) -> Measured:
    """The mean of values in [0, 1] with its interval."""
    found = list(values)
    if not found:
        return NOT_MEASURED
    value = sum(found) / len(found)
    return Measured(value, len(found), interval(value, len(found)))
