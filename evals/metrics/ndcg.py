"""nDCG@k: is the evidence high up, the best of it highest?"""

from collections.abc import Sequence
from math import log2


def ndcg_at(grades: Sequence[int], relevant: Sequence[int], k: int) -> float:
    """DCG of the ranking divided by that of all evidence in the best order, 1 at most, 0 where nothing is relevant.

    ``grades`` has by rank the grade of what is found there and not higher up, 0 for nothing and the sum for several
    pieces in one hit (only then can it be better than one after the other, and is cut at 1); ``relevant`` has the
    grades of all the evidence there is.
    Source: Järvelin and Kekäläinen 2002 in trec_eval's form, gain = grade, discount = log2(rank + 1); nDCG@k of
    ir_measures. Trap: another common form takes 2^grade - 1 as the gain; the two agree only for grades of 0 and 1.
    """
    best = _dcg(sorted(relevant, reverse=True)[:k])
    return min(1.0, _dcg(grades[:k]) / best) if best else 0.0


def _dcg(grades: Sequence[int]) -> float:
    return sum(grade / log2(rank + 1) for rank, grade in enumerate(grades, start=1))
