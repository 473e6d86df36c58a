"""Finds texts that say nearly the same, among thousands, without comparing each with each.

Two texts are near duplicates when at least 85 % of the runs of three letters that either has are in both (Jaccard
similarity of letter trigrams, after case, punctuation and typography are taken away), and their numbers are equal. One
wrong letter stays above that from 37 letters on, an added "the" from 30 on; another word of five letters falls below up
to 86. Traps: a long question passes with one word changed, or with a "not" added, so near duplicates are to be looked
at; and a spelling mistake in a short one is not seen.

The search is exact (prefix filtering: Chaudhuri et al. 2006, Bayardo et al. 2007): two sets that share 85 % of their
members share one of the few rarest of each, so only these are indexed.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from math import ceil

from evals.text_match import fold

LEAST = 0.85
NOT_A_WORD = re.compile(r"[\W_]+")
NUMBER = re.compile(r"\d+")


def comparable(text: str) -> str:
    """The text's words in lower case, without punctuation: equal for texts that read the same."""
    return NOT_A_WORD.sub(" ", fold(text).text.casefold()).strip()


class NearDuplicates:
    """Comparable texts in which near duplicates are looked up."""

    def __init__(self, texts: Sequence[str]) -> None:
        self._grams = [_trigrams(text) for text in texts]
        self._numbers = [NUMBER.findall(text) for text in texts]
        self._frequency = Counter(gram for grams in self._grams for gram in grams)
        self._with: defaultdict[str, list[int]] = defaultdict(list)
        for index, grams in enumerate(self._grams):
            for gram in self._rarest(grams):
                self._with[gram].append(index)

    def best(self, text: str, before: int | None = None) -> tuple[int, float] | None:
        """The most similar text, if one is near, and how similar; with ``before`` only of the first so many."""
        grams, numbers = _trigrams(text), NUMBER.findall(text)
        candidates = {index for gram in self._rarest(grams) for index in self._with.get(gram, ())}
        found = [
            (similarity, -index)
            for index in candidates
            if (before is None or index < before) and self._numbers[index] == numbers
            if (similarity := _similarity(grams, self._grams[index])) >= LEAST
        ]
        if not found:
            return None
        similarity, index = max(found)
        return -index, similarity

    def _rarest(self, grams: frozenset[str]) -> list[str]:
        """So many that a set without any of them cannot be near."""
        ordered = sorted(grams, key=lambda gram: (self._frequency[gram], gram))
        # Less a hair, as 0.85 times a whole number may come out above what it is.
        return ordered[: len(grams) - ceil(LEAST * len(grams) - 1e-9) + 1]


def _trigrams(text: str) -> frozenset[str]:
    padded = f" {text} "
    return frozenset(padded[start : start + 3] for start in range(len(padded) - 2))


def _similarity(one: frozenset[str], other: frozenset[str]) -> float:
    shared = len(one & other)
    either = len(one) + len(other) - shared
    return shared / either if either else 0.0
