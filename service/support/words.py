"""A sentence as the check compares it: its words in order, each with its stem and whether it is a name."""

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

from index.analyse import STOP_WORDS, stem

# A figure with its separators, a word with what joins it, or one character of a script without spaces.
_WORD = re.compile(
    r"[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]|\d++(?:[.,:]\d++)*+"
    r"|(?:[^\W\d_]\.){2,8}|(?:(?![\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff])[\w\u0300-\u036f\u0900-\u0dff]){1,60}+"
    r"|[%$€£]"
)
_SHAPES = str.maketrans(
    {
        **dict.fromkeys("‘’‚‛′`´", "'"),
        **dict.fromkeys("“”„‟″«»", '"'),
        **dict.fromkeys("‐‑‒–—―−", "-"),
        **{"٫": ".", "٬": ",", "٪": "%"},
        **dict.fromkeys("\u00ad\u200b\u200c\u200d\u2060\ufeff", ""),
    }
)
NOUNS_ARE_CAPITAL = frozenset({"de", "lb"})
_OTHER_DIGIT = re.compile(r"(?![0-9])\d")  # of Arabic, Devanagari, Thai, …
_CONTRACTED = re.compile(
    r"\b(ca|wo|sha|do|does|did|is|are|was|were|has|have|had|would|could|should|must|need)n't\b", re.I
)
_POSSESSIVE = re.compile(r"'s?\b|(?<=s)'(?=\s)")
_FUNCTION_WORDS = STOP_WORDS | frozenset(
    "it's there's although however though since among within upon via per would could may might shall must also yet "
    "still even whether while whereas therefore thus hence until around across along us many much several another "
    "each every any both either one two "
    "el la los las un una de del y en que se por con para su al lo как и в на с по из не что это к за "
    "der die das und ist ein eine von mit zu den dem des le les des et est une dans pour".split()
) - {"no", "nor", "not", "before", "after"}


@dataclass(frozen=True, slots=True)
class Word:
    """``name`` is True for a word with a capital letter that is not there for the sentence's beginning only."""

    text: str
    stem: str
    name: bool
    content: bool


def comparable(text: str) -> str:
    """The text with its white space, quotation marks, dashes and digits made one; two that are equal say the same."""
    same = unicodedata.normalize("NFKC", text.translate(_SHAPES)).translate(_SHAPES)
    return " ".join(_OTHER_DIGIT.sub(lambda match: str(unicodedata.decimal(match.group())), same).split())


def words(text: str, language: str | None = None) -> tuple[Word, ...]:
    """The words of a comparable text that is in figures. ``language`` is its ISO 639-1 code, if it is known."""
    plain = _POSSESSIVE.sub(" ", _CONTRACTED.sub(_in_full, text))
    pieces = [match.group() for match in _WORD.finditer(plain)]
    # Where nearly every word has a capital letter, as in a headline or in German, capitals tell no names.
    letters = [p for p in pieces if p[0].isalpha() and p.lower() not in _FUNCTION_WORDS]
    headline = language in NOUNS_ARE_CAPITAL or (len(letters) > 3 and all(p[0].isupper() for p in letters))
    return tuple(_word(piece, first=i == 0, headline=headline) for i, piece in enumerate(pieces))


def _word(piece: str, first: bool, headline: bool) -> Word:
    bare = piece.replace(".", "") if piece[-1] == "." else piece
    lower = bare.lower()
    content = lower not in _FUNCTION_WORDS
    capital = bare[0].isupper() and (content or (len(bare) > 1 and bare.isupper() and bare != "I"))
    inner = len(bare) > 1 and any(c.isupper() for c in bare[1:])
    return Word(bare, _stem(lower), capital and (inner or not (first or headline)), content or capital)


@lru_cache(maxsize=100_000)
def _stem(lower: str) -> str:
    return lower.replace(",", "") if lower[0].isdigit() else stem(lower)


def _in_full(match: re.Match[str]) -> str:
    verb = {"ca": "can", "wo": "will", "sha": "shall"}.get(match[1].lower(), match[1])
    return f"{verb} not"
