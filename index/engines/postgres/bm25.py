"""BM25 over posting lists, of two fields with statistics of their own, as index/inverted.py has it.

Robertson and Zaragoza 2009, "The Probabilistic Relevance Framework: BM25 and Beyond"; the inverse document frequency
is Lucene's, which is above 0 for every term.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from index.bm25_weights import CONTEXT_WEIGHT, K1, PHRASE_WEIGHT, B
from index.dense.keys import NO_KEYS, Keys, places_of
from index.engines.postgres.postings import Counts, Postings
from index.inverted import Wanted

_Field = Literal["body", "context"]
_Scored = tuple[Keys, Counts]
"""Keys, ascending, and their scores."""


@dataclass(frozen=True, slots=True)
class Statistics:
    """Of a collection: its passages, and how many terms their bodies and contexts have together."""

    passages: int
    body_terms: int
    context_terms: int


NOTHING = Statistics(0, 0, 0)


class Bm25:
    """Of one collection, for a question whose terms' posting lists are at hand."""

    def __init__(self, statistics: Statistics, lists: Mapping[str, Postings], allowed: Keys | None) -> None:
        """``allowed`` are sorted keys; statistics and lists are of all passages."""
        self._statistics = statistics
        self._rarities = {term: {name: self._rarity(own, name) for name in _FIELDS} for term, own in lists.items()}
        self._lists = lists if allowed is None else {term: _only(own, allowed) for term, own in lists.items()}

    def scores(self, wanted: Wanted) -> _Scored:
        """Of every passage with any of the terms, without what phrases add."""
        parts = []
        for forms in (*((term,) for term in wanted.terms), *wanted.forms):
            for name, weight in _FIELDS.items():
                keys, scores = _best_of([self._of_term(form, name) for form in dict.fromkeys(forms)])
                parts.append((keys, weight * scores))
        return summed(parts)

    def having_all(self, run: Sequence[str]) -> Keys:
        """The passages with every term of a phrase in their body, ascending."""
        found = None
        for term in dict.fromkeys(run):
            own = self._lists.get(term)
            keys = own.keys[own.body > 0] if own is not None else NO_KEYS
            found = keys if found is None else found[places_of(keys, found)]
        return NO_KEYS if found is None else found

    def of_phrase(self, run: Sequence[str], keys: Keys, times: Counts) -> _Scored:
        """What a phrase adds, that is so many times in the bodies of these passages; keys are ascending."""
        own = self._lists[run[0]]
        lengths = own.body_of[places_of(keys, own.keys)]
        rarity = sum(self._rarities[term]["body"] for term in run)
        return keys, PHRASE_WEIGHT * self._weighed(rarity, times, lengths, "body")

    def _of_term(self, term: str, name: _Field) -> _Scored:
        own = self._lists.get(term)
        if own is None:
            return NO_KEYS, np.empty(0)
        times, lengths = (own.body, own.body_of) if name == "body" else (own.context, own.context_of)
        there = times > 0
        rarity = self._rarities[term][name]
        return own.keys[there], self._weighed(rarity, times[there], lengths[there], name)

    def _weighed(self, rarity: float, times: Counts, lengths: Counts, name: _Field) -> Counts:
        terms = self._statistics.body_terms if name == "body" else self._statistics.context_terms
        mean = terms / max(1, self._statistics.passages) or 1.0
        weighed: Counts = rarity * times * (K1 + 1) / (times + K1 * (1 - B + B * lengths / mean))
        return weighed

    def _rarity(self, own: Postings, name: _Field) -> float:
        having = frequency(own, name)
        return math.log1p((max(0, self._statistics.passages - having) + 0.5) / (having + 0.5))


_FIELDS: Mapping[_Field, float] = {"body": 1.0, "context": CONTEXT_WEIGHT}


def frequency(own: Postings, name: _Field) -> int:
    """In the body or context of how many passages a term is."""
    return int(np.count_nonzero(own.body if name == "body" else own.context))


def summed(parts: Sequence[_Scored]) -> _Scored:
    """The sum of scores by key."""
    keys = _all_of(parts)
    total = np.zeros(len(keys))
    for own, scores in parts:
        total[np.searchsorted(keys, own)] += scores
    return keys, total


def best(scored: _Scored, k: int) -> NDArray[np.intp]:
    """The places of the ``k`` best, best first; of equal ones that of the lower key."""
    keys, scores = scored
    if len(keys) > k:
        least = np.partition(scores, len(scores) - k)[len(scores) - k]
        places = np.flatnonzero(scores >= least)
    else:
        places = np.arange(len(keys))
    order: NDArray[np.intp] = places[np.lexsort((keys[places], -scores[places]))][:k]
    return order


def _best_of(parts: Sequence[_Scored]) -> _Scored:
    """The best of the scores by key: of the forms of one term."""
    if len(parts) == 1:
        return parts[0]
    keys = _all_of(parts)
    most = np.zeros(len(keys))
    for own, scores in parts:
        places = np.searchsorted(keys, own)
        most[places] = np.maximum(most[places], scores)
    return keys, most


def _all_of(parts: Sequence[_Scored]) -> Keys:
    """Each key once, ascending. Of runs that are sorted, a stable sort is a merge: several times quicker than a set."""
    keys = np.sort(np.concatenate([NO_KEYS, *(keys for keys, _ in parts)]), kind="stable")
    is_first = np.ones(len(keys), dtype=bool)
    is_first[1:] = keys[1:] != keys[:-1]
    once: Keys = keys[is_first]
    return once


def _only(own: Postings, allowed: Keys) -> Postings:
    return own.at(places_of(allowed, own.keys))
