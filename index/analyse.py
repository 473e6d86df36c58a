"""Text to search terms: one definition for keyword search and for the overlap of a question and a sentence."""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import pairwise

import regex
import Stemmer

from index.fold import fold, plain
from index.stop_words import STOP_WORDS as STOP_WORDS
from index.stop_words import stop_words_of, without_interrogatives

ANALYSIS = f"2, snowball {Stemmer.version()}"
"""Names how terms are made: what was indexed under another name is indexed anew. To be changed with the terms."""

# Combining marks belong to the word: without them, accents and vowels of many scripts would cut words apart.
_WORD = regex.compile(r"[\p{L}\p{N}_][\p{L}\p{N}\p{M}_]*")
# Scripts without spaces between words, and Korean, whose particles are written onto words.
_CHARACTERS = (
    r"[\p{Han}\p{Hiragana}\p{Katakana}\p{Bopomofo}\p{Hangul}\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}"
    r"\u3005\u3007\u3099\u309a\u30fc]"
)
_PIECE = regex.compile(rf"(?P<characters>(?:{_CHARACTERS}\p{{M}}*)+)|(?:(?!{_CHARACTERS}).)+")
_CHARACTER = regex.compile(r".\p{M}*")
# By ISO 639-1 code. What is written in another language, or in one that was not told, is taken for English.
_STEMMERS = {
    "ar": "arabic", "ca": "catalan", "cs": "czech", "da": "danish", "de": "german", "el": "greek", "en": "english",
    "es": "spanish", "et": "estonian", "eu": "basque", "fa": "persian", "fi": "finnish", "fr": "french",
    "ga": "irish", "hi": "hindi", "hu": "hungarian", "hy": "armenian", "id": "indonesian", "it": "italian",
    "lt": "lithuanian", "nb": "norwegian", "ne": "nepali", "nl": "dutch", "nn": "norwegian", "no": "norwegian",
    "pl": "polish", "pt": "portuguese", "ro": "romanian", "ru": "russian", "sr": "serbian", "sv": "swedish",
    "ta": "tamil", "tr": "turkish",
}  # fmt: skip
_APOSTROPHE = regex.compile(r"['’]s\b|['’]")
# In quotation marks, or words that punctuation joins; a slash or dash between words of a sentence joins them, too.
_TOGETHER = regex.compile(
    r"[\"“„«]([^\"”“»]{3,200})[\"”“»]|[「『《]([^」』》]{2,200})[」』》]|\w+(?:[-./:#()@+&]+\w+)+"
)


def terms(text: str, language: str | None = None) -> list[str]:
    """Search terms in order, for the keyword index, stemmed as the language (ISO 639-1) is.

    Where words cannot be told by spaces, each character is a term, and each pair of neighbours.
    """
    return [stem(word, language) for word in _words(plain(text))]


def question_terms(question: str) -> list[str]:
    """Distinct terms of a question without stop words, in order; all terms if nothing else is left."""
    return list(question_stems(question, ()))


def question_stems(question: str, languages: Sequence[str]) -> dict[str, list[str]]:
    """The terms of a question, each with what it is in the languages that are searched."""
    asked = plain(question)
    found = list(_words(without_interrogatives(asked))) or list(_words(asked))
    stop_words = stop_words_of(found)
    kept = [word for word in found if word not in stop_words] or found
    stems: dict[str, list[str]] = {}
    for word in kept:
        stems.setdefault(stem(word), []).extend(stem(word, language) for language in (None, *languages))
    return {term: list(dict.fromkeys(own)) for term, own in stems.items()}


def question_phrases(question: str, languages: Sequence[str] = ()) -> list[list[str]]:
    """Runs of terms that are to stand together: what is quoted, and identifiers such as CVE-2024-3094 or § 12(b)."""
    found = []
    for match in _TOGETHER.finditer(question):
        for language in (None, *languages):
            run = terms(match.group(), language)
            if len(run) > 1 and run not in found:
                found.append(run)
    return found


def _words(text: str) -> Iterator[str]:
    """Of a plain text: words, and characters with their pairs where those stand in for words.

    A character stands between the pairs that it is in, so that the terms of a part of a text are a part of its terms:
    phrases are found by that.
    """
    for match in _WORD.finditer(_APOSTROPHE.sub(" ", text)):
        word = match.group()
        if word.isascii():
            yield word
            continue
        for piece in _PIECE.finditer(word):
            if piece["characters"] is None:
                yield piece.group()
                continue
            characters = _CHARACTER.findall(piece.group())
            yield characters[0]
            for first, second in pairwise(characters):
                yield first + second
                yield second


def has_stemmer(language: str | None) -> bool:
    """Whether the language's words are stemmed by rules of its own."""
    return language in _STEMMERS


@lru_cache(maxsize=200_000)
def stem(word: str, language: str | None = None) -> str:
    """A word to its search term, by Snowball's stemmers, which leave words of other scripts alone; never empty."""
    name = _STEMMERS.get(language or "en", "english")
    if name == "english":
        # Folded first: "résumés" is found by who types "resumes".
        return _by_snowball(name, fold(word))
    # The rules of other languages know their diacritics.
    cased = unicodedata.normalize("NFKC", word.casefold())
    return fold(_by_snowball(name, cased)) or fold(word)


def _by_snowball(name: str, word: str) -> str:
    stemmed: str = _stemmer(name).stemWord(word)
    return stemmed


@lru_cache
def _stemmer(name: str) -> Stemmer.Stemmer:
    return Stemmer.Stemmer(name)


def order_of(version: str) -> list[list[int]]:
    """Of a version of ANALYSIS, or of what is made by one: by each of the numbers that it names."""
    return [[int(number) for number in re.findall(r"[0-9]+", part)] for part in re.split("[,;]", version)]
