"""Questions without an answer: one of a document's questions with its year, number, place, person or verb replaced.

What is put in stands in no document at all, or (a verb) not near the question's other words, while all the rest still
points at a passage: the reader has to notice the one word that does not fit. Trap: unanswerable as far as words can
tell; a text that says the same in other words would escape that.
"""

import random
import re
from collections.abc import Iterator, Sequence

from core.types import BlockKind
from evals.generate.phrases import NAME
from evals.generate.types import Source
from evals.metrics.answer_words import words

_WINDOW = 1200
_BLOCKS = 12
_YEAR = re.compile(r"\b(?:1[0-9]{3}|20[0-9]{2})\b")
_NUMBER = re.compile(r"(?<![\w.,$€£-])[0-9]{1,3}(?![\w.,%-])")
_PLACE = re.compile(rf"\b(?:in|at|near|from|on) (?P<name>(?!(?:Article|Section|Chapter|Part)\b){NAME})(?=\?| )")
_OF_PLACE = re.compile(r"\b[A-Z]\w+ of (?P<name>[A-Z]\w+)(?=\?| )")
_TITLED = re.compile(
    r"\b(?:President|Prime Minister|King|Queen|Governor|General|Sir|Lord|Lady|Pope|Prince|Duke|Count) "
    r"(?P<name>[A-Z]\w+)(?: [IVX]+\b)?"
)
_WHO = re.compile(rf"^Who (?:is|was) (?P<name>{NAME})\?$")
_VERB = re.compile(r"^What (?:did|does|do) (?P<subject>.+) (?P<verb>[a-z]+)\?$")
_NO_PLACE = re.compile(
    r"\b(?:War|Act|Treaty|Revolution|English|French|German|Latin)\b|^(?:January|February|March|April|May|June|July|August|September|October|November|December)\b"
)

PLACES = (
    "Lisbon Nairobi Toronto Oslo Lima Hanoi Helsinki Santiago Jakarta Accra Dublin Montevideo Adelaide Riga Calgary "
    "Antwerp Bologna Casablanca Denver Izmir".split()
)
PEOPLE = (
    "Whitfield Okonkwo Lindqvist Marchetti Haverkamp Delacroix Tanaka Brennan Castellanos Novotny Ferreira Aldridge"
).split()
FULL_NAMES = "Edmund Whitfield;Ingrid Lindqvist;Paolo Marchetti;Samuel Brennan;Clara Novotny;Henrik Haverkamp".split(
    ";"
)
VERBS = "replace recommend".split()


class Replacer:
    """Knows which words the documents have, and which of them stand together."""

    def __init__(self, sources: Sequence[Source]) -> None:
        self._stretches = [stretch for source in sources for stretch in _stretches(source)]
        self._words = frozenset[str]().union(*self._stretches)

    def without_answer(self, question: str, rng: random.Random) -> str | None:
        """The question with one term replaced; None where it has none that can be, or every other one is known."""
        for start, end, candidates in self._replaceable(question):
            for new in rng.sample(candidates, len(candidates)):
                if self._is_unknown(new):
                    return question[:start] + new + question[end:]
        match = _VERB.match(question)
        if match is None:
            return None
        for new in rng.sample(VERBS, len(VERBS)):
            if new != match["verb"] and not self._together(new, match["subject"]):
                return question[: match.start("verb")] + new + question[match.end("verb") :]
        return None

    def _replaceable(self, question: str) -> Iterator[tuple[int, int, list[str]]]:
        if match := _YEAR.search(question):
            yield *match.span(), [str(int(match.group()) + step) for step in (-47, -31, -19, -8, 13)]
        elif match := _NUMBER.search(question):
            yield *match.span(), [str(int(match.group()) + step) for step in (4, 9, 17, 31)]
        if match := _OF_PLACE.search(question):
            yield *match.span("name"), PLACES
        for match in _PLACE.finditer(question):
            if not _NO_PLACE.search(match["name"]):
                yield *match.span("name"), PLACES
        if match := _TITLED.search(question):
            yield *match.span("name"), PEOPLE
        if match := _WHO.match(question):
            yield *match.span("name"), FULL_NAMES

    def _is_unknown(self, term: str) -> bool:
        return not any(_stem(word) in self._words for word in words(term))

    def _together(self, verb: str, subject: str) -> bool:
        """Whether some stretch has the verb in any form, and half of the subject's words."""
        telling = [_stem(word) for word in words(subject)]
        return any(
            _stem(verb)[:5] in {word[:5] for word in stretch}
            and 2 * sum(word in stretch for word in telling) >= len(telling)
            for stretch in self._stretches
        )


def _stretches(source: Source) -> Iterator[frozenset[str]]:
    """The words of overlapping runs of blocks: each block with what follows it, up to a passage's length."""
    document = source.document
    blocks = [block for block in document.blocks if block.kind is not BlockKind.CODE]
    for i, block in enumerate(blocks):
        end = max([b.end for b in blocks[i : i + _BLOCKS] if b.end - block.start <= _WINDOW], default=block.end)
        found = words(f"{document.title} {document.text[block.start : end]}")
        yield frozenset(_stem(word) for word in found)


def _stem(word: str) -> str:
    """The first six letters: "opened" and "opening" count as one word, rather too many than too few."""
    return word[:6]
