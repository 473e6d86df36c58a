"""One form of what is written in several: case, width, digits and diacritics. For search only; no text is changed."""

import unicodedata
from functools import lru_cache

import regex

# Marks of direction, hyphenation and shape, which nobody types; the tatweel only makes an Arabic word longer.
_UNSEEN = regex.compile("[\u00ad\u0640\u061c\u200c-\u200f\u202a-\u202e\u2060\u2066-\u2069\ufe00-\ufe0f\ufeff]")
_OTHER_DIGIT = regex.compile(r"(?![0-9])\p{Nd}")
_BEFORE_INDIC = "\u0900"
# Letters that Unicode does not decompose, and that are typed one for the other: as Lucene's ASCIIFoldingFilter,
# ArabicNormalizer and PersianNormalizer have them.
_SAME_LETTER = str.maketrans(
    {
        "ı": "i", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "ħ": "h", "þ": "th", "æ": "ae", "œ": "oe", "ŋ": "n",
        "ٱ": "ا", "ى": "ي", "ی": "ي", "ې": "ي", "ک": "ك", "ة": "ه", "ہ": "ه", "ھ": "ه", "ە": "ه",
        "ך": "כ", "ם": "מ", "ן": "נ", "ף": "פ", "ץ": "צ",
    }
)  # fmt: skip
# The dot below of borrowed sounds, and the two ways to write a nasal: often left out or exchanged.
_SAME_INDIC = str.maketrans({"\u093c": None, "\u0901": "\u0902"})


def plain(text: str) -> str:
    """In small letters, of usual width, with digits from 0 to 9; diacritics stay, since stemmers know them."""
    if text.isascii():
        return text.lower()
    text = unicodedata.normalize("NFKC", _UNSEEN.sub("", text)).casefold()
    text = unicodedata.normalize("NFKC", text)
    figures: str = _OTHER_DIGIT.sub(lambda digit: str(unicodedata.decimal(digit[0])), text)
    return figures


@lru_cache(maxsize=100_000)
def fold(word: str) -> str:
    """A word without case and diacritics: "Zürich" is "zurich", and a vocalised word of Arabic or Hebrew is bare."""
    if word.isascii():
        return word.lower()
    decomposed = unicodedata.normalize("NFKD", word.casefold())
    if decomposed and decomposed[0] < _BEFORE_INDIC:
        bare = "".join(c for c in decomposed if not unicodedata.combining(c))
        return unicodedata.normalize("NFKC", bare.translate(_SAME_LETTER))
    # Further on, marks are vowels.
    return unicodedata.normalize("NFKC", decomposed.translate(_SAME_INDIC))
