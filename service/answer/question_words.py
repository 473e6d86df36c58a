"""How much of a question stands in a text: the share of its terms, rare ones counting more."""

from collections.abc import Mapping
from math import log

from index.analyse import question_terms, terms
from service.answer.reader import ReadingTask


def term_weights(task: ReadingTask) -> dict[str, float]:
    """Inverse passage frequencies of the question's terms, as BM25 has them."""
    n = task.passages
    return {
        term: log(1 + (n - count + 0.5) / (count + 0.5))
        for term in question_terms(task.question)
        for count in (min(n, task.frequencies.get(term, 0)),)
    }


def share(weights: Mapping[str, float], text: str) -> float:
    """The share of the question's terms, by weight, that the text has."""
    total = sum(weights.values())
    if not total:
        return 0.0
    have = set(terms(text))
    return sum(weight for term, weight in weights.items() if term in have) / total
