"""SQuAD's view of an answer: what is left when case, punctuation, articles and spacing do not count."""

import re
import string

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
    """The words of the normalised answer.

    As in MLQA's script (Lewis et al. 2020), each Chinese or Japanese character is a word of its own, since nothing
    parts the words there; for other text this is SQuAD's ``get_tokens``.
    """
    return UNSPACED.sub(r" \1 ", normalised(answer)).split()
