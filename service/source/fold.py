"""Text as it is compared: without what layout and keyboards change, and with the way back to each character."""

import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np

Codes = np.ndarray[Any, np.dtype[np.uint32]]
Origins = np.ndarray[Any, np.dtype[np.int32]]

_QUOTES = {**dict.fromkeys("‘’‚‛′`´", "'"), **dict.fromkeys("“”„‟«»″", '"')}
_MINUS = "\u2212"
_BAR = "|"  # parts the cells of a table in the stored text; a page has none there
_BULLETS = "•●▪■◦‣○\uf0b7\uf0a7\uf0d8"  # the stored text has hyphens
_NONCHARACTERS = "\ufffe\uffff"  # PDFium's mark of a hyphen at a line's end
_SIGNED = (".", ",")  # what may stand between a sign and its figure


@dataclass(frozen=True, slots=True)
class Folded:
    """``letters[i]`` comes from the character ``origins[i]`` of the text that was folded."""

    letters: str
    origins: Origins

    def span(self, start: int, end: int) -> tuple[int, int]:
        """The stretch of the text that the letters ``start`` to ``end`` (exclusive, not empty) come from."""
        return int(self.origins[start]), int(self.origins[end - 1]) + 1

    def position(self, index: int) -> int:
        """The letter that the text's character ``index``, or the next one that has a letter, became."""
        return int(np.searchsorted(self.origins, index))


def fold(text: str) -> Folded:
    """Compatibility forms and ligatures taken apart, cases and quotation marks made one, white space gone.

    Hyphens and dashes go too, unless they may be the sign of a figure: a loss is no profit. Linear, and vectorised,
    because a text may have twenty million characters.
    """
    if not text:
        return Folded("", np.empty(0, dtype=np.int32))
    codes = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype="<u4").astype(np.int32)
    present = np.flatnonzero(np.bincount(codes))
    spelled = [_spelling(chr(code)) for code in present.tolist()]
    lengths = np.zeros(int(present[-1]) + 1, dtype=np.int32)
    lengths[present] = [len(s) for s in spelled]
    firsts = np.zeros_like(lengths)
    firsts[present] = np.cumsum(lengths[present]) - lengths[present]
    alphabet = _codes("".join(spelled))

    counts = lengths[codes]
    counts[_idle_hyphens(codes, present)] = 0
    origins = np.repeat(np.arange(len(codes), dtype=np.int32), counts)
    begins = (np.cumsum(counts) - counts).astype(np.int32)
    within = np.arange(len(origins), dtype=np.int32) - begins[origins]
    letters = alphabet[firsts[codes[origins]] + within]
    return Folded(letters.tobytes().decode("utf-32-le", "surrogatepass"), origins)


def _codes(text: str) -> Codes:
    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype="<u4")


@lru_cache(maxsize=100_000)
def _spelling(character: str) -> str:
    """What a character is compared as; "" for one that does not count."""
    if _is_hyphen(character):
        return "-"
    taken_apart = unicodedata.normalize("NFKD", _QUOTES.get(character, character)).casefold()
    return "".join(_QUOTES.get(c, c) for c in unicodedata.normalize("NFKD", taken_apart) if _counts(c))


def _counts(character: str) -> bool:
    if character.isspace() or character == _BAR or character in _NONCHARACTERS or character in _BULLETS:
        return False
    return unicodedata.category(character) not in ("Cc", "Cf")


def _is_hyphen(character: str) -> bool:
    return character == _MINUS or unicodedata.category(character) == "Pd"


def _idle_hyphens(codes: Origins, present: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """Where hyphens stand that no figure follows."""
    hyphen = np.zeros(int(present[-1]) + 1, dtype=bool)
    signed = np.zeros_like(hyphen)
    for code in present.tolist():
        character = chr(code)
        hyphen[code] = _is_hyphen(character)
        signed[code] = character in _SIGNED or unicodedata.category(character) in ("Nd", "Sc")
    places = np.flatnonzero(hyphen[codes])
    following = codes[np.minimum(places + 1, len(codes) - 1)]
    return places[~signed[following]]
