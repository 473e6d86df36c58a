"""Does a word at the start of a sentence keep its capital when it moves into a question?"""

import re
from collections import Counter
from collections.abc import Iterable

FUNCTION_WORDS = frozenset(
    "the a an all any both each every most many some several these those this that no one two three four five six "
    "seven eight nine ten in on at of by for from with to its their his her our your my other another such "
    "various".split()
)
_WORD = re.compile(r"[^\W_][\w'’-]*")


class Casing:
    """Learned from the texts: a word that they also write small, and not more often with a capital, is a common one."""

    def __init__(self, texts: Iterable[str]) -> None:
        self._small: Counter[str] = Counter()
        self._capital: Counter[str] = Counter()
        for text in texts:
            for match in _WORD.finditer(text):
                word = match.group()
                if word[0].islower():
                    self._small[word] += 1
                elif text[: match.start()].rstrip(" ")[-1:] not in ("", ".", "!", "?", ":", "\n", '"', "“", "•", "-"):
                    self._capital[word.lower()] += 1

    def moved(self, phrase: str) -> str | None:
        """The phrase as it is written inside a sentence; None where that cannot be told."""
        first, _, others = phrase.partition(" ")
        lower = first.lower()
        if lower in FUNCTION_WORDS:
            return lower + phrase[len(first) :]
        if not first[0].isupper() or any(c.isupper() or c.isdigit() for c in first[1:]):
            return phrase
        small, capital = self._small[lower], self._capital[lower]
        if small == capital == 0 and "-" in lower:  # "High-profile": as its first part is written
            small, capital = self._small[lower.split("-")[0]], self._capital[lower.split("-")[0]]
            others = ""
        if small == capital == 0:
            return phrase if others[:1].isupper() else None
        if small > capital and not others[:1].isupper():
            return lower + phrase[len(first) :]
        return phrase
