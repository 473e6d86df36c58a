"""Is a sentence supported by the quotes that it cites? A check by words, made to be strict about facts."""

import re
from collections.abc import Sequence

from evals.metrics.answer_words import words
from evals.text_match import fold

_NUMBER = re.compile(r"\d")
_SHARE = 0.8


def supported(sentence: str, quotes: Sequence[str]) -> bool:
    """Whether the quotes say the sentence: verbatim, or with every number and name and most of its other words.

    The share of ALCE's citation recall (Gao et al. 2023) that needs no model: there, a natural language inference
    model decides. White space and the shape of quotes and dashes do not count. Trap: words do not prove a meaning; a
    "not" among them, or two names swapped, passes. Sentences that are quotes, as the reader's are, pass by identity.
    """
    said = fold(sentence).text
    read = fold(" ".join(quotes)).text
    if said and re.search(rf"(?<!\w){re.escape(said)}(?!\w)", read):
        return True
    known = set(words(read))
    # The first word of a sentence has a capital letter without being a name.
    facts = [w for i, t in enumerate(said.split()) if _NUMBER.search(t) or (i and t[0].isupper()) for w in words(t)]
    all_words = words(said)
    if not all_words or any(fact not in known for fact in facts):
        return False
    return sum(word in known for word in all_words) >= _SHARE * len(all_words)
