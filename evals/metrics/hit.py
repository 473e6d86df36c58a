"""hit@k: is there evidence among the first k hits?"""

from collections.abc import Sequence


def hit_at(relevant: Sequence[bool], k: int) -> float:
    """1 if one of the first ``k`` hits finds evidence, else 0. ``relevant`` is in rank order, best first.

    Source: Success@k of ir_measures and trec_eval. Trap: much of the question answering literature calls this
    recall@k or top-k accuracy; recall proper is the share of *all* the evidence that was found, and is lower
    where a question has more than one piece.
    """
    return float(any(relevant[:k]))
