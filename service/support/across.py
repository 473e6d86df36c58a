"""A sentence whose source is in another language: the nearest sentence by meaning, and the facts that can be compared.

An encoder of many languages finds the place. It does not tell a claim from its contrary, nor a name from another one in
another script, so such a sentence is never more than partly supported: its numbers and dates stand in the source,
neither denies what the other says, and a name in the same letters stands there.
"""

import re
import threading
import unicodedata
from collections import OrderedDict
from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal

import numpy as np
from numpy.typing import NDArray

from core.types import Passage, Verdict
from service.support.analysed import Analysed, Read, Sentence, analyse, together
from service.support.checker import Checked, Evidence
from service.support.facts import dates
from service.support.foreign import turned_round
from service.support.words import NOUNS_ARE_CAPITAL

Encode = Callable[[Sequence[str]], NDArray[np.float32]]
"""Unit vectors of texts of any language, such that translations lie near each other."""

# Cosines of multilingual-e5-small; in bench/support_languages.jsonl true sentences have 0.83 or more, what is about
# something else less.
LEAST_ALIKE = 0.83
_TRIED = 3
_CACHED_PASSAGES = 200
_NAME = re.compile(r"(?<=[\w,;] )[A-Z\u00c0-\u00de][\w'’-]{2,}")
_ROOT = 4


class AcrossLanguages:
    """Safe from several threads. Keeps the vectors of the last passages: an answer's sentences meet the same few."""

    def __init__(self, encode: Encode) -> None:
        self._encode = encode
        self._kept: OrderedDict[Passage, NDArray[np.float32]] = OrderedDict()
        self._lock = threading.Lock()

    def check(self, claim: str, language: str, reads: Sequence[Read], below: float) -> Checked:
        """``reads`` are passages in other languages than the claim's; ``below`` is the support from which on a sentence
        counts as supported, which this one stays under."""
        said = analyse(claim, language)
        vector = self._encode([claim])[0]
        ranked = sorted(
            ((float(cosine), read, j) for read in reads for j, cosine in enumerate(self._cosines(read, vector))),
            key=lambda one: -one[0],
        )[:_TRIED]
        fault = "meaning"
        for cosine, read, j in ranked:
            if cosine < LEAST_ALIKE:
                break
            for part in _around(read, j):
                found = _fault(claim, language, said, read, j, part)
                if found is None:
                    start, end = read.passage.start + part[0].start, read.passage.start + part[-1].end
                    support = min(below - 0.01, cosine)
                    return Checked(Verdict.PARTLY, support, (Evidence(read.passage, start, end, support),), "meaning")
                fault = found if fault == "meaning" else fault
        return Checked(Verdict.UNSUPPORTED, 0.0, (), fault)

    def _cosines(self, read: Read, vector: NDArray[np.float32]) -> NDArray[np.float32]:
        """Of each sentence, alone or with the document's title, whichever is nearer."""
        cosines: NDArray[np.float32] = (self._vectors(read) @ vector).reshape(2, -1).max(axis=0)
        return cosines

    def _vectors(self, read: Read) -> NDArray[np.float32]:
        with self._lock:
            kept = self._kept.get(read.passage)
            if kept is not None:
                self._kept.move_to_end(read.passage)
                return kept
        texts = [read.passage.text[s.start : s.end] for s in read.sentences]
        # With the title, too: "It was finished in 1931" says of what only there.
        vectors = self._encode([*texts, *(f"{read.passage.document.title}: {text}" for text in texts)])
        with self._lock:
            self._kept[read.passage] = vectors
            if len(self._kept) > _CACHED_PASSAGES:
                self._kept.popitem(last=False)
        return vectors


def _around(read: Read, number: int) -> Iterator[tuple[Sentence, ...]]:
    """The sentence, then it with its neighbours: a year may stand in the one before."""
    yield (read.sentences[number],)
    yield read.sentences[max(0, number - 1) : number + 2]


def _fault(claim: str, language: str, said: Analysed, read: Read, number: int, part: Sequence[Sentence]) -> str | None:
    """The first fact of the claim that the stretch about a sentence, or for a denial the sentence, does not have."""
    evidence = together(sentence.said for sentence in part)
    known = {quantity.value for quantity in evidence.numbers}
    known |= {Decimal(value) for date in evidence.dates for value in date.parts.values()}
    if any(quantity.value not in known for quantity in said.numbers):
        return "number"
    if dates.missing(said.dates, evidence.dates):
        return "date"
    if turned_round(claim, language, read.sentences[number].said.text, read.language):
        return "negation"
    return "name" if _has_other_names(claim, language, read) else None


def _has_other_names(claim: str, language: str, read: Read) -> bool:
    """A capital letter inside the claim that no word of the passage or its title begins like, both being Latin."""
    text = _folded(f"{read.passage.document.title} {' '.join(read.passage.section)} {read.passage.text}")
    if language in NOUNS_ARE_CAPITAL or sum(c.isascii() for c in text) * 2 < len(text):
        return False
    known = {word[:_ROOT] for word in re.findall(r"\w+", text)}
    return any(_folded(name)[:_ROOT] not in known for name in _NAME.findall(claim))


def _folded(text: str) -> str:
    return "".join(c for c in unicodedata.normalize("NFD", text.casefold()) if not unicodedata.combining(c))
