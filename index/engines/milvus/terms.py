"""Passages and questions as sparse vectors of terms, so that an inner product in Milvus is BM25.

Milvus's own BM25 function counts over whatever shares a shard of a Milvus collection: the scores of one of our
collections would depend on its neighbours, and nobody could ask it in how many passages a term occurs. So the counts
are ours, by collection (``counts``): a passage's vector holds how much its occurrences of each term weigh, the
question's holds the inverse document frequencies. What is found so is scored again from its words, exactly.

BM25: Robertson and Zaragoza 2009, "The Probabilistic Relevance Framework".
"""

import math
import zlib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from index.analyse import terms
from index.bm25_weights import CONTEXT_WEIGHT, K1, PHRASE_WEIGHT, B
from index.inverted import Wanted
from index.passages import Searched

NO_TERMS = 0
"""The dimension of a passage without any term: Milvus takes no empty sparse vector. No term has it."""
_DIMENSIONS = 2**32 - 2  # Milvus's are below 2^32 - 1
_BODY, _CONTEXT = "b", "c"

Sparse = dict[int, float]
"""Dimension to weight."""


@dataclass(frozen=True, slots=True)
class Worded:
    """The terms of a passage, in order."""

    key: int
    context: Sequence[str]
    body: Sequence[str]

    @classmethod
    def of(cls, row: Searched) -> "Worded":
        """Analysed as each part's language is."""
        return cls(row.key, terms(row.context, row.document_language), terms(row.body, row.language))


@dataclass(frozen=True, slots=True)
class Counts:
    """What BM25 needs to know of a collection. ``frequencies`` gives, by dimension, how many passages have the term."""

    passages: int
    body_length: int
    context_length: int
    frequencies: Mapping[int, int] = field(default_factory=dict)

    def idf(self, dimension: int) -> float:
        """The inverse document frequency of a term, above 0; 0 where no passage has it."""
        having = self.frequencies.get(dimension, 0)
        if not having:
            return 0.0
        others = max(self.passages - having, 0)
        return math.log1p((others + 0.5) / (having + 0.5))

    def body_weight(self, times: int, length: int) -> float:
        """How much so many occurrences in a text of so many terms weigh: from 0 to k1 + 1."""
        return _saturated(times, length, self.body_length / (self.passages or 1))

    def context_weight(self, times: int, length: int) -> float:
        """The same of a title and section path."""
        return _saturated(times, length, self.context_length / (self.passages or 1))


def body_dimension(term: str) -> int:
    """Of a term in a passage's text. Two of ten million terms share one by chance: once in 400 terms."""
    return _dimension(_BODY, term)


def context_dimension(term: str) -> int:
    """Of a term in the title or the section path."""
    return _dimension(_CONTEXT, term)


def vector_of(passage: Worded, counts: Counts) -> Sparse:
    """What Milvus holds of a passage's words; by the mean lengths of now."""
    vector: Sparse = {}
    for parts, dimension, weight in (
        (passage.body, body_dimension, counts.body_weight),
        (passage.context, context_dimension, counts.context_weight),
    ):
        for term, times in Counter(parts).items():
            at = dimension(term)
            vector[at] = vector.get(at, 0.0) + weight(times, len(parts))
    return vector or {NO_TERMS: 1.0}


def dimensions_of(wanted: Wanted) -> list[int]:
    """All that the counts of a question are asked for."""
    return dimensions(_all_terms(wanted))


def dimensions(some: Iterable[str]) -> list[int]:
    """Of terms, as they may be in a text and in a title."""
    return list(dict.fromkeys(at for term in some for at in (body_dimension(term), context_dimension(term))))


def questions_of(wanted: Wanted, counts: Counts) -> list[Sparse]:
    """What Milvus is asked with: all that is wanted, and each phrase, whose passages have to be among the finds.

    Of a term's forms all count here, not the best only: what is found is scored again. None where no passage can be
    found.
    """
    asked = [_question(_all_terms(wanted), counts), *(_question(phrase, counts) for phrase in wanted.phrases)]
    return [vector for vector in asked if vector]


def score(passage: Worded, wanted: Wanted, counts: Counts) -> float:
    """BM25 of a passage; 0 where it has nothing of what is wanted."""
    body, context = Counter(passage.body), Counter(passage.context)
    total = 0.0
    for forms in (*((term,) for term in wanted.terms), *wanted.forms):
        total += max(_of_body(form, body[form], passage, counts) for form in forms)
        total += CONTEXT_WEIGHT * max(_of_context(form, context[form], passage, counts) for form in forms)
    for phrase in wanted.phrases:
        times = _occurrences(phrase, passage.body)
        if times:
            rarity = sum(counts.idf(body_dimension(term)) for term in phrase)
            total += PHRASE_WEIGHT * rarity * counts.body_weight(times, len(passage.body))
    return total


def _of_body(term: str, times: int, passage: Worded, counts: Counts) -> float:
    if not times:
        return 0.0
    return counts.idf(body_dimension(term)) * counts.body_weight(times, len(passage.body))


def _of_context(term: str, times: int, passage: Worded, counts: Counts) -> float:
    if not times:
        return 0.0
    return counts.idf(context_dimension(term)) * counts.context_weight(times, len(passage.context))


def _question(some: Iterable[str], counts: Counts) -> Sparse:
    vector: Sparse = {}
    for term in some:
        for at, weight in ((body_dimension(term), 1.0), (context_dimension(term), CONTEXT_WEIGHT)):
            if idf := counts.idf(at):
                vector[at] = weight * idf
    return vector


def _all_terms(wanted: Wanted) -> list[str]:
    parts = (wanted.terms, *wanted.forms, *wanted.phrases)
    return list(dict.fromkeys(term for part in parts for term in part))


def _occurrences(phrase: Sequence[str], words: Sequence[str]) -> int:
    run, size = list(phrase), len(phrase)
    return sum(
        words[start] == run[0] and list(words[start : start + size]) == run for start in range(len(words) - size + 1)
    )


def _saturated(times: int, length: int, mean: float) -> float:
    return times * (K1 + 1) / (times + K1 * (1 - B + B * length / (mean or 1.0)))


def _dimension(part: str, term: str) -> int:
    return 1 + zlib.crc32(f"{part}{term}".encode()) % _DIMENSIONS
