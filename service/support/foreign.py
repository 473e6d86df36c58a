"""Languages whose clauses this check cannot read: there a sentence has to be its source's, word for word.

Any other is at most partly supported, and only where its figures are its source's and neither denies what the other
says.
"""

from collections.abc import Iterable, Sequence

from service.language.told import LEAST_VOTES, language_of
from service.support.analysed import Analysed, Read
from service.support.facts.denial import denies
from service.support.words import Word

_ENGLISH = frozenset(
    "the of and to in is are was were a an for with on by that it its as at from has have had be been not or this "
    "which can may must after before than".split()
)
_FEWEST_WORDS = 4  # without one of those, so many words are seldom English


def foreign(claim: str, said: Sequence[Word], languages: Iterable[str | None]) -> bool:
    """Whether the claim is of another language than English; where it does not tell, whether its source is.

    ``languages`` are those of the passages that its evidence is from.
    """
    told = language_of(claim, LEAST_VOTES)
    if told is not None:
        return told != "en"
    known = {language for language in languages if language is not None}
    if known:
        return "en" not in known and _has_no_english(said)
    return _has_no_english(said) and sum(w.text[0].isalpha() for w in said) >= _FEWEST_WORDS


def word_for_word(said: Analysed, reads: Iterable[Read]) -> bool:
    """Whether a whole sentence has the same words in the same order; numbers may be written otherwise."""
    own = [w.stem for w in said.words]
    return any([w.stem for w in sentence.said.words] == own for read in reads for sentence in read.sentences)


def turned_round(claim: str, language: str | None, source: str, source_language: str | None) -> bool:
    """Whether one of the two denies and the other does not; False where that cannot be told."""
    mine, theirs = denies(claim, language), denies(source, source_language)
    return mine is not None and theirs is not None and mine != theirs


def _has_no_english(said: Sequence[Word]) -> bool:
    return _ENGLISH.isdisjoint(w.text.lower() for w in said)
