"""ROUGE-L: how much of the answer is in the reference, in its order?"""

from collections.abc import Sequence

from evals.metrics.answer_words import compared_words


def rouge_l(answer: str, references: Sequence[str]) -> float:
    """The best over the references of the F1 of the longest common subsequence of words.

    Source: Lin 2004, with β = 1. Words are SQuAD's (no case, punctuation, English articles), as for token F1, so
    values differ a little from packages that keep articles. Trap: like token F1 it rewards likeness, not truth; it is
    made for long answers, where the order of words says something.
    """
    return max((_f1(*both) for both in compared_words(answer, references)), default=0.0)


def _f1(given: list[str], wanted: list[str]) -> float:
    if not given or not wanted:
        return float(given == wanted)
    return 2 * _common_subsequence(given, wanted) / (len(given) + len(wanted))


def _common_subsequence(left: list[str], right: list[str]) -> int:
    """Its length, row by row of the usual table."""
    above = [0] * (len(right) + 1)
    for word in left:
        row = [0]
        for i, other in enumerate(right):
            row.append(above[i] + 1 if word == other else max(above[i + 1], row[i]))
        above = row
    return above[-1]
