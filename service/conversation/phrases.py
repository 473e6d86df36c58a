"""The noun phrases of a question, by the words around them."""

import re
from dataclasses import dataclass

from service.conversation.english_words import (
    DETERMINERS,
    FUNCTION_WORDS,
    IRREGULAR,
    PREDICATES,
    RELATIONAL,
    VAGUE,
    VERBS,
)

LONGEST = 400
"""Characters of a turn that are looked at: a question beyond that says what it means."""

_WORD = re.compile(r"[^\W_](?:[\w’'.&/-]{0,60}[^\W_])?|[^\w\s]")
_JOINING = frozenset(("of", "in", "for", "and", "to", "de", "van", "von", "du", "la"))
_DO = frozenset(("do", "does", "did", "can", "could", "will", "would", "should", "may", "might", "must"))
_BE = frozenset(("is", "are", "was", "were"))
# "How do I install the app?": what follows is a verb, whichever it is.
_SUBJECTS = frozenset(("i", "you", "we", "they", "he", "she", "it", "one", "people"))
_MOST_WORDS = 12


@dataclass(frozen=True, slots=True)
class Phrase:
    """``text`` is the question's at ``start``; ``is_name`` where a word inside the sentence is capitalised."""

    text: str
    start: int
    is_name: bool

    @property
    def words(self) -> list[str]:
        return self.text.split()

    @property
    def is_plural(self) -> bool:
        """By its head: the last word before "of", "in" …"""
        head = re.split(r"\s(?:of|in|for|to)\s", self.text.casefold())[0]
        last = head.split()[-1].strip("’'.")
        return " and " in head or (last.endswith("s") and not last.endswith(("ss", "us", "is", "’s", "'s")))

    @property
    def is_bare_definite(self) -> bool:
        """ "the rent": known to who speaks, but not by a name."""
        return not self.is_name and len(self.words) <= 2 and self.text.casefold().startswith("the ")


def noun_phrases(question: str) -> list[Phrase]:
    """In order. Nothing of a question beyond ``LONGEST`` characters."""
    question = question[:LONGEST]
    tokens = list(_WORD.finditer(question))
    kinds = _kinds([token.group() for token in tokens])
    found: list[Phrase] = []
    i = 0
    while i < len(tokens):
        if kinds[i] != "content":
            i += 1
            continue
        first = i
        while first and kinds[first - 1] == "determiner" and tokens[first - 1].group().casefold() in ("the", "other"):
            first -= 1
        last = _end_of(tokens, kinds, i)
        said = last
        while said >= i and tokens[said].group() in PREDICATES:
            said -= 1
        if said >= i and said - first < _MOST_WORDS:
            found.append(_phrase(question, tokens[first].start(), tokens[said].end()))
        i = last + 1
    return found


def subject(phrase: Phrase) -> Phrase:
    """What a phrase is of: "the types of pork ribs" is about pork ribs."""
    for joining in (" of ", " for ", " in "):
        head, found, rest = phrase.text.partition(joining)
        if found and head.split()[-1].casefold() in RELATIONAL:
            return subject(Phrase(rest, phrase.start + len(head) + len(joining), phrase.is_name))
    owner, found, owned = re.sub("’", "'", phrase.text).partition("'s ")
    if found and owned.split()[-1].casefold() in RELATIONAL:
        return Phrase(phrase.text[: len(owner)], phrase.start, phrase.is_name)
    return phrase


def is_relational(phrase: Phrase) -> bool:
    """ "the main types", without saying of what."""
    words = phrase.text.casefold().split()
    return not phrase.is_name and words[-1] in RELATIONAL and not _JOINING.intersection(words)


def is_telling(phrase: Phrase) -> bool:
    """Whether a later pronoun may stand for it."""
    said = {word.casefold().strip("’'.") for word in phrase.words} - {"the", "other"}
    return not is_relational(phrase) and not said <= (VAGUE | PREDICATES)


def _end_of(tokens: list[re.Match[str]], kinds: list[str], i: int) -> int:
    """The last token of the phrase that the one at ``i`` begins; "X of the Y" is one phrase."""
    while True:
        while i + 1 < len(tokens) and kinds[i + 1] == "content":
            i += 1
        after = i + 1
        if after < len(tokens) and tokens[after].group().casefold() in _JOINING:
            after += 1
            while after < len(tokens) and kinds[after] == "determiner":
                after += 1
            if after < len(tokens) and kinds[after] == "content":
                i = after
                continue
        return i


def _kinds(words: list[str]) -> list[str]:
    """ "content", "determiner" or "other" for each."""
    folded = [word.casefold().replace("’", "'") for word in words]
    kinds: list[str] = []
    awaits_verb = False
    for i, word in enumerate(folded):
        before = folded[i - 1] if i else ""
        is_capital = words[i][0].isupper() and i > 0 and words[i - 1] not in ".?!"
        if not word[0].isalnum() or (
            word in FUNCTION_WORDS and not (is_capital and words[i].isupper() and len(word) > 1)
        ):
            kind = "other"
            awaits_verb = awaits_verb or word in _DO or (word == "to" and before != "due")
        elif word in DETERMINERS:
            kind = "determiner"
        elif is_capital or word[0].isdigit():
            kind = "content"
        elif before == "how" or (word.endswith("est") and before == "the" and len(word) > 5):
            kind = "other"
        elif (awaits_verb and before in _SUBJECTS) or (
            word in VERBS and _is_verb(word, kinds, before, awaits_verb, folded[i + 1] if i + 1 < len(folded) else "")
        ):
            kind, awaits_verb = "other", False
        elif word.endswith(("ed", "ly")) and len(word) > 5 and (not kinds or kinds[-1] != "determiner"):
            kind = "other"
        else:
            kind = "content"
        kinds.append(kind)
    return kinds


def _is_verb(word: str, kinds: list[str], before: str, awaits_verb: bool, after: str) -> bool:
    """Many verbs are nouns too: "the cost", "the possible causes", "energy drinks"."""
    if before in _JOINING - {"to", "and"} or (kinds and kinds[-1] == "determiner"):
        return False
    if awaits_verb or not kinds or kinds[-1] != "content" or word.endswith("ed") or word in IRREGULAR:
        return True
    # After a noun it is one itself, unless an object follows.
    return word not in RELATIONAL and after.isalnum() and after not in _JOINING and after not in _BE


def _phrase(question: str, start: int, end: int) -> Phrase:
    text = question[start:end]
    inside = text if start else text.partition(" ")[2]
    is_name = any(word[0].isupper() or word[0].isdigit() for word in inside.split()) or (
        start == 0 and not inside and text[0].isupper()
    )
    return Phrase(text, start, is_name)
