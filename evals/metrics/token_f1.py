"""Token F1: how many words does the answer share with a reference answer?"""

from collections import Counter
from collections.abc import Sequence

from evals.metrics.answer_words import compared_words


def token_f1(answer: str, references: Sequence[str]) -> float:
    """The best over the references of 2PR / (P + R), with P and R the share of the words of each that are common.

    Source: ``compute_f1`` of the official SQuAD scripts: words are counted as a multiset, their order is ignored;
    if either side has no words, 1 when both have none, else 0. Trap: it rewards overlap, not truth ("in 1998" for
    "in 1989" scores 0.5), and long free answers score low even when they are right.
    """
    return max((_f1(*both) for both in compared_words(answer, references)), default=0.0)


def _f1(given: list[str], wanted: list[str]) -> float:
    if not given or not wanted:
        return float(given == wanted)
    common = sum((Counter(given) & Counter(wanted)).values())
    return 2 * common / (len(given) + len(wanted))
