"""AUROC: does confidence tell questions with an answer from those without?"""

from collections.abc import Sequence


def auroc(positive: Sequence[float], negative: Sequence[float]) -> float | None:
    """The chance that a random positive scores higher than a random negative; a tie counts one half.

    Source: the Mann-Whitney statistic U / (n₊ n₋), by ranks (Hanley and McNeil 1982). None when one side is empty.
    Trap: only the order counts. 1.0 does not mean that the scores are probabilities (see ``calibration_error``),
    and it does not depend on the threshold at which the system abstains.
    """
    if not positive or not negative:
        return None
    scores = sorted([*positive, *negative])
    rank = _mean_ranks(scores)
    rank_sum = sum(rank[score] for score in positive)
    above = rank_sum - len(positive) * (len(positive) + 1) / 2
    return above / (len(positive) * len(negative))


def _mean_ranks(ordered: Sequence[float]) -> dict[float, float]:
    """The rank of each value, counted from 1; equal values share the mean of their ranks."""
    ranks: dict[float, float] = {}
    start = 0
    while start < len(ordered):
        end = start
        while end < len(ordered) and ordered[end] == ordered[start]:
            end += 1
        ranks[ordered[start]] = (start + 1 + end) / 2
        start = end
    return ranks
