"""MAP@k is the mean of this: how much of what was read down to each piece of evidence was evidence?"""

from collections.abc import Sequence


def average_precision(found: Sequence[int], relevant: int, k: int) -> float:
    """The precision at the rank of each piece of evidence among the first ``k``, over ``relevant`` pieces in all.

    ``found`` has by rank how many pieces are found there and not higher up. Source: trec_eval's ``map_cut``, AP@k of
    ir_measures, which know one piece a rank; several at one rank have that rank's precision each. Trap: it divides by
    all the evidence there is, not by min(relevant, k), so more pieces than k keep it below 1.
    """
    good, total = 0, 0.0
    for rank, pieces in enumerate(found[:k], start=1):
        good += pieces > 0
        total += pieces * good / rank
    return total / relevant if relevant else 0.0
