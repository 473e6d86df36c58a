"""The definitions that engines are measured by, in plain NumPy: cosines of stored vectors, and BM25."""

import math
from collections import Counter
from collections.abc import Mapping, Sequence

import numpy as np

from index.inverted import Wanted

K1, B = 1.2, 0.75
CONTEXT, PHRASE = 0.3, 2.0


def cosines(vectors: Mapping[int, np.ndarray], query: np.ndarray) -> dict[int, float]:
    """Of the vectors in half precision, as they are stored, with a query of any length."""
    unit = query / np.linalg.norm(query)
    return {key: float(vector.astype("<f2").astype(np.float64) @ unit) for key, vector in vectors.items()}


def best(scores: Mapping[int, float], k: int) -> list[tuple[int, float]]:
    return sorted(scores.items(), key=lambda pair: (-pair[1], pair[0]))[:k]


class Bm25:
    """Robertson and Zaragoza 2009, with Lucene's idf; two fields, each with statistics of its own."""

    def __init__(self, passages: Mapping[int, tuple[Sequence[str], Sequence[str]]]) -> None:
        """``passages`` are the terms of the context and of the body, by key."""
        self._fields = [
            _Field({key: terms[number] for key, terms in passages.items()}) for number in (0, 1)
        ]  # context, body

    def scores(self, wanted: Wanted) -> dict[int, float]:
        """Of every passage with any of the terms."""
        context, body = self._fields
        total: Counter[int] = Counter()
        for forms in (*((term,) for term in wanted.terms), *wanted.forms):
            for field, weight in ((body, 1.0), (context, CONTEXT)):
                of_forms = [field.scores([form]) for form in forms]
                for key in set().union(*of_forms):
                    total[key] += weight * max(scores.get(key, 0.0) for scores in of_forms)
        for phrase in wanted.phrases:
            for key, score in body.scores(phrase).items():
                total[key] += PHRASE * score
        return dict(total)

    def document_frequencies(self, terms: Sequence[str]) -> dict[str, int]:
        counts = {term: max(len(field.having(term)) for field in self._fields) for term in terms}
        return {term: count for term, count in counts.items() if count}


class _Field:
    def __init__(self, texts: Mapping[int, Sequence[str]]) -> None:
        self._texts = {key: list(terms) for key, terms in texts.items()}
        self._mean = sum(map(len, self._texts.values())) / len(self._texts) if self._texts else 0.0

    def having(self, term: str) -> list[int]:
        return [key for key, terms in self._texts.items() if term in terms]

    def scores(self, run: Sequence[str]) -> dict[int, float]:
        """Of a term, or of several that stand together."""
        number = len(self._texts)
        rarity = sum(math.log(1 + (number - n + 0.5) / (n + 0.5)) for n in map(len, map(self.having, run)))
        scores = {}
        for key, terms in self._texts.items():
            times = sum(terms[start : start + len(run)] == list(run) for start in range(len(terms)))
            if times:
                scores[key] = rarity * times * (K1 + 1) / (times + K1 * (1 - B + B * len(terms) / self._mean))
        return scores
