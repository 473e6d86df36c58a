"""Questions without an answer: one of a document's questions, with its name, year or number replaced.

Trap: they are unanswerable as far as words can tell. The new term may not stand near the question's other words in any
stretch of any document; a text that says the same in other words would escape that.
"""

import random
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from core.types import BlockKind
from evals.generate.phrases import NAME
from evals.generate.types import Source
from evals.metrics.answer_words import words

MOST_SHARED = 0.5
_WINDOW = 1200
_YEAR = re.compile(r"\b(?:1[0-9]{3}|20[0-9]{2})\b")
_NUMBER = re.compile(r"(?<![\w.,-])[0-9]{1,4}(?![\w.,%-])")
_NAME = re.compile(NAME)
_ASKING = frozenset(
    "what when where who whom which why how many much long is are was were do does did has have had can could will would may might "
    "must should in on at of by for from with to and or be been there since percentage".split()
)


@dataclass(frozen=True, slots=True)
class Stretch:
    """Some paragraphs of a document, as the words (each once) that it has."""

    words: frozenset[str]


class Replacer:
    """Knows what the documents name, and which words stand together in them."""

    def __init__(self, sources: Sequence[Source]) -> None:
        self._stretches = [stretch for source in sources for stretch in _stretches(source)]
        texts = [source.document.text for source in sources]
        self._names = sorted({m.group() for text in texts for m in _NAME.finditer(text) if _names_something(text, m)})
        self._figures = frozenset(m.group() for text in texts for m in re.finditer(r"\d+", text))

    def without_answer(self, question: str, rng: random.Random) -> str | None:
        """The question with another year, number or name; None where it has none, or each one is answered for."""
        for old, candidates in self._replaceable(question, rng):
            for new in candidates:
                changed = question.replace(old, new, 1)
                if changed != question and not self._together(new, question.replace(old, " ", 1)):
                    return changed
        return None

    def _replaceable(self, question: str, rng: random.Random) -> Iterator[tuple[str, list[str]]]:
        if match := _YEAR.search(question):
            year = int(match.group())
            years = [str(year + step) for step in (-47, -31, -19, 13, 28, 36, 52)]
            yield match.group(), [y for y in rng.sample(years, len(years)) if y not in self._figures]
        if match := _NUMBER.search(question):
            number = int(match.group())
            yield match.group(), [str(n) for n in (number + 5, number * 3 + 1) if str(n) not in self._figures]
        first = question.partition(" ")[2]
        for match in _NAME.finditer(first):
            name = match.group()
            alike = [other for other in self._names if _is_alike(name, other)]
            if len(name) > 2:
                yield name, rng.sample(alike, min(len(alike), 40))

    def _together(self, new: str, rest: str) -> bool:
        """Whether some stretch has all words of the new term, and half of the question's other telling words."""
        term = set(words(new))
        telling = [_stem(word) for word in words(rest) if word not in _ASKING]
        for stretch in self._stretches:
            if term <= stretch.words:
                shared = sum(word in stretch.words for word in telling)
                if shared >= MOST_SHARED * len(telling):
                    return True
        return False


def _stretches(source: Source) -> Iterator[Stretch]:
    """Overlapping runs of blocks: each block with what follows it, up to a passage's length."""
    document = source.document
    blocks = [block for block in document.blocks if block.kind is not BlockKind.CODE]
    for i, block in enumerate(blocks):
        end = max([b.end for b in blocks[i : i + 12] if b.end - block.start <= _WINDOW], default=block.end)
        found = words(f"{document.title} {document.text[block.start : end]}")
        yield Stretch(frozenset(found) | frozenset(_stem(word) for word in found))


def _names_something(text: str, match: re.Match[str]) -> bool:
    """Not the first word of a sentence, which has its capital from there; more than a letter or two."""
    before = text[: match.start()].rstrip(" ")
    return before[-1:] not in ("", ".", "!", "?", ":", "\n", '"', "“", "•", "-") and len(match.group()) > 3


def _is_alike(name: str, other: str) -> bool:
    """As many words, none in common, both or neither a shortened form."""
    ours, theirs = name.split(), other.split()
    if len(ours) != len(theirs) or {w.lower() for w in ours} & {w.lower() for w in theirs}:
        return False
    return name.isupper() == other.isupper() and name.endswith("s") == other.endswith("s")


def _stem(word: str) -> str:
    """The first six letters: "opened" and "opening" count as one word, rather too many than too few."""
    return word[:6]
