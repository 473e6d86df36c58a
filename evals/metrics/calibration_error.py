"""Expected calibration error: when the system says 80 %, is it right 80 % of the time?"""

from collections.abc import Sequence

BINS = 10


def calibration_error(confidences: Sequence[float], outcomes: Sequence[bool]) -> float | None:
    """The gap between confidence and share of true outcomes in each of 10 equally wide bins, weighted by size.

    Source: Guo et al. 2017 (arXiv 1706.04599). None without data. Trap: it depends on the binning and is biased
    upwards for few questions (with 20, a perfect system shows about 0.1), and it depends on how many of the set's
    questions have no answer.
    """
    if not confidences:
        return None
    bins: dict[int, list[tuple[float, bool]]] = {}
    for confidence, outcome in zip(confidences, outcomes, strict=True):
        bins.setdefault(min(int(confidence * BINS), BINS - 1), []).append((confidence, outcome))
    gaps = (abs(sum(c for c, _ in members) - sum(o for _, o in members)) for members in bins.values())
    return sum(gaps) / len(confidences)
