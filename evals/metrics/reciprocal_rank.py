"""MRR@k is the mean of this: how high is the first evidence?"""

from collections.abc import Sequence


def reciprocal_rank(relevant: Sequence[bool], k: int) -> float:
    """1 / (rank of the first hit that finds evidence), 0 if none of the first ``k`` does.

    Source: Voorhees, TREC-8 question answering track (1999); RR@k of ir_measures. Trap: only the first evidence
    counts, and rank 2 already halves the value: the mean is pulled by the first rank far more than by the rest.
    """
    for rank, found in enumerate(relevant[:k], start=1):
        if found:
            return 1 / rank
    return 0.0
