"""Text to search terms: one definition for keyword search and for the overlap of a question and a sentence."""

import re
import unicodedata
from functools import lru_cache

import Stemmer

# Python's \w knows no combining marks: without them, decomposed accents and Indic vowels would cut words apart.
_WORD = re.compile(r"\w[\w\u0300-\u036f\u0900-\u0963\u0966-\u0dff]*")
# Scripts written without spaces between words: pairs of characters stand in for words there.
_UNSPACED = re.compile(
    "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
    "\U00020000-\U0003ffff]+"
)
_STEMMER = Stemmer.Stemmer("english")
_APOSTROPHE = re.compile(r"['’]s\b|['’]")

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
    found: list[tuple[str, int, int]] = []
    for match in _WORD.finditer(text):
        start = match.start()
        position = 0
        piece = match.group()
        for run in [*_UNSPACED.finditer(piece), None]:
            end = run.start() if run else len(piece)
            if end > position:
                found.append((_fold(piece[position:end]), start + position, start + end))
            if run is None:
                break
            last = max(run.start() + 1, run.end() - 1)
            for i in range(run.start(), last):
                found.append((_fold(piece[i : i + 2]), start + i, start + min(i + 2, run.end())))
            position = run.end()
    return found


def terms(text: str) -> list[str]:
    """Stemmed search terms in order, for the keyword index."""
    return [stem(word) for word, _, _ in words(_APOSTROPHE.sub(" ", text))]


def question_terms(question: str) -> list[str]:
    """Distinct stemmed terms of a question without stop words, in order; all terms if nothing else is left."""
    found = [word for word, _, _ in words(_APOSTROPHE.sub(" ", question))]
    kept = [word for word in found if word not in STOP_WORDS] or found
    return list(dict.fromkeys(stem(word) for word in kept))


@lru_cache(maxsize=100_000)
def stem(word: str) -> str:
    """Snowball's English stemmer; it leaves words of other scripts alone."""
    stemmed: str = _STEMMER.stemWord(word)
    return stemmed


@lru_cache(maxsize=100_000)
def _fold(word: str) -> str:
    decomposed = unicodedata.normalize("NFKD", word.casefold())
    # Marks carry meaning in Indic scripts: only Latin, Greek and Cyrillic lose theirs.
    if decomposed and ord(decomposed[0]) < 0x530:
        decomposed = "".join(c for c in decomposed if not unicodedata.combining(c))
    return unicodedata.normalize("NFKC", decomposed)
