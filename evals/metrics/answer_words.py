"""SQuAD's view of an answer: what is left when case, punctuation, articles and spacing do not count."""

import re
import string
from collections.abc import Iterator, Sequence

ARTICLES = re.compile(r"\b(a|an|the)\b")
PUNCTUATION = str.maketrans("", "", string.punctuation)
UNSPACED = re.compile("([\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff])")


def normalised(answer: str) -> str:
    """Lower case, without ASCII punctuation, without English articles, single spaces.

    Source: ``normalize_answer`` of the official SQuAD 1.1 and 2.0 scripts (Rajpurkar et al. 2016, 2018). Trap:
    punctuation goes before articles do, and without a space in its place: "U.S.-led" becomes "usled". Typographic
    quotes and dashes, and the articles of other languages, stay.
    """
    without_articles = ARTICLES.sub(" ", answer.lower().translate(PUNCTUATION))
    return " ".join(without_articles.split())


def words(answer: str) -> list[str]:
    """The words of the normalised answer: SQuAD's ``get_tokens``, or single characters where nothing parts words.

    As in MLQA's script (Lewis et al. 2020), each Chinese or Japanese character is a word of its own; there the set's
    language decides, here whether most letters of the text are such characters, so that a Chinese name in an English
    answer stays the one word that SQuAD's script takes it for.
    """
    return _split(answer, by_character=_is_unspaced(answer))


def compared_words(answer: str, references: Sequence[str]) -> Iterator[tuple[list[str], list[str]]]:
    """The words of an answer and of each reference, all told apart in one way: by what most of their letters are."""
    by_character = _is_unspaced(" ".join([answer, *references]))
    for reference in references:
        yield _split(answer, by_character), _split(reference, by_character)


def _split(answer: str, by_character: bool) -> list[str]:
    plain = normalised(answer)
    return (UNSPACED.sub(r" \1 ", plain) if by_character else plain).split()


def _is_unspaced(text: str) -> bool:
    unspaced = len(UNSPACED.findall(text))
    return unspaced > 0 and 2 * unspaced > sum(character.isalpha() for character in text)
