"""MAP@k is the mean of this: how much of what was read down to each piece of evidence was evidence?"""

from collections.abc import Sequence


def average_precision(grades: Sequence[int], relevant: int, k: int) -> float:
    """The sum of the precision at each rank with evidence among the first ``k``, over ``relevant`` pieces in all.

    ``grades`` is in rank order, 0 for what is no evidence. Source: trec_eval's ``map_cut``, AP@k of ir_measures.
    Trap: it divides by all the evidence there is, not by min(relevant, k), so more pieces than k keep it below 1.
    """
    found, total = 0, 0.0
    for rank, grade in enumerate(grades[:k], start=1):
        if grade > 0:
            found += 1
            total += found / rank
    return total / relevant if relevant else 0.0
