"""Text to search terms: one definition for keyword search and for the overlap of a question and a sentence."""

import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache

import Stemmer

# Python's \w knows no combining marks: without them, decomposed accents and Indic vowels would cut words apart.
_WORD = re.compile(r"\w[\w\u0300-\u036f\u0900-\u0963\u0966-\u0dff]*")
# Scripts written without spaces between words: pairs of characters stand in for words there.
_UNSPACED = re.compile(
    "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
    "\U00020000-\U0003ffff]+"
)
# By ISO 639-1 code. What is written in another language, or in one that was not told, is taken for English.
_STEMMERS = {
    "ar": "arabic", "ca": "catalan", "cs": "czech", "da": "danish", "de": "german", "el": "greek", "en": "english",
    "es": "spanish", "et": "estonian", "eu": "basque", "fa": "persian", "fi": "finnish", "fr": "french",
    "ga": "irish", "hi": "hindi", "hu": "hungarian", "hy": "armenian", "id": "indonesian", "it": "italian",
    "lt": "lithuanian", "nb": "norwegian", "ne": "nepali", "nl": "dutch", "nn": "norwegian", "no": "norwegian",
    "pl": "polish", "pt": "portuguese", "ro": "romanian", "ru": "russian", "sr": "serbian", "sv": "swedish",
    "ta": "tamil", "tr": "turkish",
}  # fmt: skip
_APOSTROPHE = re.compile(r"['’]s\b|['’]")
# In quotation marks, or words that punctuation joins; a slash or dash between words of a sentence joins them, too.
_TOGETHER = re.compile(r"[\"“„«]([^\"”“»]{3,200})[\"”“»]|\w+(?:[-./:#()@+&]+\w+)+")

STOP_WORDS = frozenset(
    (  # one string reads better than a hundred lines
        "a about after all also am an and any are as at be because been before being both but by can could did do "
        "does doing done for from further get had has have having he her here hers him his how i if in into is it "
        "its itself just me more most my no nor not of off on once only or other our out over own same she should "
        "so some such than that the their them then there these they this those through to too under until up very "
        "was we were what when where which while who whom whose why will with would you your"
    ).split()
)


def words(text: str) -> list[tuple[str, int, int]]:
    """The words of a text as (folded word, start, end): case and diacritics folded, not stemmed.

    In scripts without spaces, overlapping pairs of characters stand in for words.
    """
    return [(_fold(text[start:end]), start, end) for start, end in _spans(text)]


def terms(text: str, language: str | None = None) -> list[str]:
    """Search terms in order, for the keyword index, stemmed as the language (ISO 639-1) is."""
    text = _APOSTROPHE.sub(" ", text)
    return [stem(text[start:end], language) for start, end in _spans(text)]


def question_terms(question: str) -> list[str]:
    """Distinct terms of a question without stop words, in order; all terms if nothing else is left."""
    return list(question_stems(question, ()))


def question_stems(question: str, languages: Sequence[str]) -> dict[str, list[str]]:
    """The terms of a question, each with what it is in the languages that are searched."""
    question = _APOSTROPHE.sub(" ", question)
    found = [question[start:end] for start, end in _spans(question)]
    kept = [word for word in found if _fold(word) not in STOP_WORDS] or found
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


def _spans(text: str) -> list[tuple[int, int]]:
    found: list[tuple[int, int]] = []
    for match in _WORD.finditer(text):
        start = match.start()
        position = 0
        piece = match.group()
        for run in [*_UNSPACED.finditer(piece), None]:
            end = run.start() if run else len(piece)
            if end > position:
                found.append((start + position, start + end))
            if run is None:
                break
            last = max(run.start() + 1, run.end() - 1)
            found += [(start + i, start + min(i + 2, run.end())) for i in range(run.start(), last)]
            position = run.end()
    return found


def has_stemmer(language: str | None) -> bool:
    """Whether the language's words are stemmed by rules of its own."""
    return language in _STEMMERS


@lru_cache(maxsize=200_000)
def stem(word: str, language: str | None = None) -> str:
    """A word to its search term, by Snowball's stemmers, which leave words of other scripts alone; never empty."""
    name = _STEMMERS.get(language or "en", "english")
    if name == "english":
        # Folded first: "résumés" is found by who types "resumes".
        return _by_snowball(name, _fold(word))
    # The rules of other languages know their diacritics.
    cased = unicodedata.normalize("NFKC", word.casefold())
    return _fold(_by_snowball(name, cased)) or _fold(word)


def _by_snowball(name: str, word: str) -> str:
    stemmed: str = _stemmer(name).stemWord(word)
    return stemmed


@lru_cache
def _stemmer(name: str) -> Stemmer.Stemmer:
    return Stemmer.Stemmer(name)


@lru_cache(maxsize=100_000)
def _fold(word: str) -> str:
    decomposed = unicodedata.normalize("NFKD", word.casefold())
    # Marks carry meaning in Indic scripts: only Latin, Greek and Cyrillic lose theirs.
    if decomposed and ord(decomposed[0]) < 0x530:
        decomposed = "".join(c for c in decomposed if not unicodedata.combining(c))
    return unicodedata.normalize("NFKC", decomposed)
