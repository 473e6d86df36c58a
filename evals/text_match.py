"""Finds a quote in a text, exactly or as a reader would, and says where in the original it is.

Two texts read the same when they differ only in runs of white space, in the shape of quotation marks and dashes,
in Unicode compatibility forms (ligatures, full-width letters, composed accents) or in invisible characters.
"""

import unicodedata
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache

SAME_SHAPE = str.maketrans(
    {
        **dict.fromkeys("‘’‚‛′`´", "'"),
        **dict.fromkeys("“”„‟″«»", '"'),
        **dict.fromkeys("‐‑‒–—―−", "-"),
        **dict.fromkeys("\u00ad\u200b\u200c\u200d\u2060\ufeff", None),
    }
)


@dataclass(frozen=True, slots=True)
class Folded:
    """A text made comparable: ``text[i]`` comes from the original's character ``origins[i]``."""

    text: str
    origins: tuple[int, ...]

    def position(self, original: int) -> int:
        """The first folded position that comes from ``original`` or later."""
        return bisect_left(self.origins, original)


@lru_cache(maxsize=4096)
def _fold_character(character: str) -> str:
    if character.isspace():
        return " "
    shaped = character.translate(SAME_SHAPE)
    # Compatibility *decomposition*: it is the form in which a composed and a decomposed accent are the same when
    # characters are folded one at a time. A second pass, since decomposition can yield marks that have a shape.
    return unicodedata.normalize("NFKD", shaped).translate(SAME_SHAPE).replace("\u00a0", " ")


def fold(text: str) -> Folded:
    """The comparable form of ``text``, without white space at its ends."""
    characters: list[str] = []
    origins: list[int] = []
    for origin, character in enumerate(text):
        for folded in _fold_character(character):
            if folded == " " and (not characters or characters[-1] == " "):
                continue
            characters.append(folded)
            origins.append(origin)
    if characters and characters[-1] == " ":
        characters.pop()
        origins.pop()
    return Folded("".join(characters), tuple(origins))


@dataclass(frozen=True, slots=True)
class Match:
    """A quote found at ``text[start:end]``; ``inner`` is where the marked part of the quote is."""

    start: int
    end: int
    inner: tuple[int, int] | None


@dataclass(frozen=True)
class Searchable:
    """A text to be searched many times; it is folded only if some quote is not in it as it stands."""

    text: str

    @cached_property
    def _folded(self) -> Folded:
        return fold(self.text)

    def find(self, quote: str, inner: tuple[int, int] | None = None) -> list[Match]:
        """Every place that reads like ``quote``: the exact ones, or else the folded ones.

        ``inner`` marks a part of the quote, (start, end) in its characters.
        """
        exact = [
            Match(start, start + len(quote), inner and (start + inner[0], start + inner[1]))
            for start in _occurrences(self.text, quote)
        ]
        return exact or list(self._find_folded(fold(quote), inner))

    def _find_folded(self, quote: Folded, inner: tuple[int, int] | None) -> Iterator[Match]:
        for position in _occurrences(self._folded.text, quote.text):
            start, end = self._original(position, position + len(quote.text))
            yield Match(start, end, inner and self._inner(position, quote, inner))

    def _inner(self, position: int, quote: Folded, inner: tuple[int, int]) -> tuple[int, int] | None:
        first, last = quote.position(inner[0]), quote.position(inner[1])
        return self._original(position + first, position + last) if first < last else None

    def _original(self, start: int, end: int) -> tuple[int, int]:
        origins = self._folded.origins
        return origins[start], origins[end - 1] + 1


def _occurrences(text: str, wanted: str) -> Iterator[int]:
    start = text.find(wanted) if wanted else -1
    while start >= 0:
        yield start
        start = text.find(wanted, start + 1)
