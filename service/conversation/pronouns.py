"""Pronouns that point back to what was said before, and putting what they stand for in their place."""

import re

from service.conversation.phrases import LONGEST, noun_phrases

_PERSON = re.compile(r"\b(he|she|him|her|his|hers|himself|herself)\b", re.I)
_MANY = re.compile(r"\b(they|them|their|theirs|themselves|these|those)\b", re.I)
_THING = re.compile(r"\b(it|its|itself|they|them|their|theirs|this|that|these|those|there)\b", re.I)
# "the report that was written", "there are": not every such word points back.
_NOT_BACK = re.compile(
    r"\b(?:is|are|was|were|has|have|will)\s+there\b|\bthere\s+(?:is|are|was|were|any|a|to)\b|\bis\s+there\b|"
    r"\bit\s+(?:takes?|seems?)\b|\bdoes\s+it\s+(?:take|cost)\s+to\b|\bis\s+it\s+(?:\w+\s+)?(?:to|that)\b",
    re.I,
)
_THING_AFTER = re.compile(r"\b(it|its|they|them|their)\b", re.I)
_POSSESSIVE = frozenset(("his", "her", "hers", "its", "their", "theirs"))
_INDEFINITE = re.compile(r"\b(?:an?|every|each)\s+$", re.I)
# A pronoun stands for a noun of its own sentence only from another clause, or where it tells whose something is.
_CLAUSE = re.compile(
    r"[,;:]\s|\b(?:after|before|when|while|because|if|since|although|until|and|but|where|who|which)\b", re.I
)


def pronoun(question: str) -> re.Match[str] | None:
    """The first one that stands for something outside of the question."""
    masked = _NOT_BACK.sub(lambda m: "·" * len(m.group()), question[:LONGEST])
    if (match := _PERSON.search(masked)) is not None:
        return None if _has_own(question, match) else match
    for match in _THING.finditer(masked):
        following = masked[match.end() :].split(maxsplit=1)
        # "that conference" names its own noun, "reports that say" opens a clause.
        if match.group().lower() in ("that", "this", "these", "those") and following and following[0][0].isalpha():
            continue
        if not _has_own(question, match):
            return match
    return None


def thing_after(rest: str) -> re.Match[str] | None:
    """A second one, for a thing, in what follows the first."""
    return _THING_AFTER.search(rest[:LONGEST])


def is_person(match: re.Match[str]) -> bool:
    return _PERSON.fullmatch(match.group()) is not None


def is_plural(match: re.Match[str]) -> bool:
    return _MANY.fullmatch(match.group()) is not None


def put(question: str, match: re.Match[str], name: str, *, opens: bool = True) -> str:
    """The question with the name, in the form that the pronoun has."""
    word, following = match.group().lower(), question[match.end() :]
    if word in _POSSESSIVE and following.strip(" ?.!"):
        name = f"{name}'" if name.endswith("s") else f"{name}'s"
    elif word == "there":
        name = f"at {name}"
    if match.start() == 0 and opens:
        name = name[:1].upper() + name[1:]
    return question[: match.start()] + name + following


def _has_own(question: str, match: re.Match[str]) -> bool:
    """ "When a company fails, what happens to its debts?" asks nothing of the conversation."""
    before = question[: match.start()]
    # "the Alps", "a cat": something definite that the pronoun can be said of. At its start, a word is no name.
    named = [p for p in noun_phrases(before) if p.is_name or _INDEFINITE.search(before[: p.start])]
    if not named:
        return False
    since = before[named[0].start + len(named[0].text) :]
    return match.group().lower() in _POSSESSIVE or _CLAUSE.search(since) is not None
