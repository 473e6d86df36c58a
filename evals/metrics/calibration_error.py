"""Expected calibration error: when the system says 80 %, is it right 80 % of the time?"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from evals.metrics.interval import interval

BINS = 10


@dataclass(frozen=True, slots=True)
class Bin:
    """Confidences from ``low`` to ``high``: their mean, and the share of outcomes that are true."""

    low: float
    high: float
    confidence: float
    share: float
    n: int

    @property
    def interval(self) -> tuple[float, float]:
        """The 95 % interval of the share."""
        return interval(self.share, self.n)


def bins(pairs: Iterable[tuple[float, bool]]) -> list[Bin]:
    """Of (confidence, outcome), in 10 equally wide bins; empty ones are left out."""
    members: dict[int, list[tuple[float, bool]]] = {}
    for confidence, outcome in pairs:
        members.setdefault(min(int(confidence * BINS), BINS - 1), []).append((confidence, outcome))
    return [
        Bin(i / BINS, (i + 1) / BINS, sum(c for c, _ in own) / len(own), sum(o for _, o in own) / len(own), len(own))
        for i, own in sorted(members.items())
    ]


def calibration_error(confidences: Sequence[float], outcomes: Sequence[bool]) -> float | None:
    """The gap between confidence and share of true outcomes in each of 10 equally wide bins, weighted by size.

    Source: Guo et al. 2017 (arXiv 1706.04599). None without data. Trap: it depends on the binning and is biased
    upwards for few questions (with 20, a perfect system shows about 0.1), and it depends on how many of the set's
    questions have no answer.
    """
    if not confidences:
        return None
    pairs = list(zip(confidences, outcomes, strict=True))
    return sum(b.n * abs(b.confidence - b.share) for b in bins(pairs)) / len(pairs)
