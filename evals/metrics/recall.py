"""recall@k: how much of the evidence is among the first k hits?"""

from collections.abc import Sequence


def recall_at(found: Sequence[int], relevant: int, k: int) -> float:
    """The share of the ``relevant`` pieces of evidence that the first ``k`` hits find.

    ``found`` has by rank how many pieces are found there and not higher up. Source: R@k of ir_measures and
    trec_eval's ``recall``. Trap: it equals hit@k where every question has one piece, as in SQuAD; papers often mean
    hit@k when they write recall@k.
    """
    return sum(found[:k]) / relevant if relevant else 0.0
