"""recall@k: how much of the evidence is among the first k hits?"""

from collections.abc import Sequence


def recall_at(grades: Sequence[int], relevant: int, k: int) -> float:
    """The share of the ``relevant`` pieces of evidence that the first ``k`` hits find.

    ``grades`` is in rank order, 0 for what is no evidence, and holds each piece once. Source: R@k of ir_measures and
    trec_eval's ``recall``. Trap: it equals hit@k where every question has one piece, as in SQuAD; papers often mean
    hit@k when they write recall@k.
    """
    return sum(grade > 0 for grade in grades[:k]) / relevant if relevant else 0.0
