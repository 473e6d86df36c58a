"""Languages whose clauses this check cannot read: there a sentence has to be its source's, word for word."""

from collections.abc import Iterable, Sequence

from service.support.analysed import Analysed, Read
from service.support.words import Word

_ENGLISH = frozenset(
    "the of and to in is are was were a an for with on by that it its as at from has have had be been not or this "
    "which can may must after before than".split()
)
_OTHERS = frozenset(
    "el la los las una del y que se por para su lo es en con no "
    "der die das und ist ein eine von mit zu den dem des im am nicht sind für auf wird werden bei "
    "le les et est dans pour pas sont du au aux qui il della di che per sono nel voor het een niet och att det "
    "som".split()
)


def foreign(said: Sequence[Word], read: Sequence[Word]) -> bool:
    """Whether the claim is of another language than English, by its letters and small words; where it has none, by
    those of its source."""
    texts = {w.text.lower() for w in said}
    return _foreign(said) or (_foreign(read) and texts.isdisjoint(_ENGLISH))


def _foreign(words: Iterable[Word]) -> bool:
    texts = [w.text.lower() for w in words]
    letters = [t for t in texts if t[0].isalpha()]
    if not letters:
        return False
    if sum(not t[0].isascii() and ord(t[0]) > 0x24F for t in letters) * 2 > len(letters):
        return True
    return sum(t in _OTHERS for t in letters) > sum(t in _ENGLISH for t in letters)


def word_for_word(said: Analysed, reads: Iterable[Read]) -> bool:
    """Whether a whole sentence has the same words in the same order; numbers may be written otherwise."""
    own = [w.stem for w in said.words]
    return any([w.stem for w in sentence.said.words] == own for read in reads for sentence in read.sentences)
