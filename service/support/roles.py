"""Who did it to whom: "A sold it to B" is not "B sold it to A", and a passive turns the two round."""

from collections.abc import Sequence
from dataclasses import dataclass

from service.support.clauses import AUXILIARIES, Clause
from service.support.words import Word

_BE = frozenset("is are was were be been being".split())


@dataclass(frozen=True, slots=True)
class Roles:
    """The stems of the one who does and of what it is done to, or for; either may be empty."""

    doer: frozenset[str]
    done_to: frozenset[str]


def reversed_roles(said: Clause, read: Clause) -> bool:
    """Whether, of one verb, the claim's doer is who it was done to in the source."""
    for verb in _verbs(said) & _verbs(read):
        mine, theirs = _roles(said, verb), _roles(read, verb)
        shared = mine.doer & theirs.doer or mine.done_to & theirs.done_to
        if not shared and (mine.doer & theirs.done_to or mine.done_to & theirs.doer):
            return True
    return False


def _verbs(clause: Clause) -> frozenset[str]:
    if clause.verb is None:
        return frozenset()
    found = {clause.words[clause.verb].stem}
    found |= {w.stem for w in clause.words if w.text.lower().endswith("ed") and not w.name}
    return frozenset(found - AUXILIARIES)


def _roles(clause: Clause, verb: str) -> Roles:
    at = next(i for i, w in enumerate(clause.words) if w.stem == verb)
    before, after = clause.words[:at], clause.words[at + 1 :]
    first = _content(before) or clause.subject
    if not any(w.text.lower() in _BE for w in before[-3:]):
        return Roles(first, _content(after))
    by = next((i for i, w in enumerate(after) if w.text.lower() == "by"), None)
    return Roles(_content(after[by + 1 : by + 5]) if by is not None else frozenset(), first)


def _content(words: Sequence[Word]) -> frozenset[str]:
    return frozenset(w.stem for w in words if w.content and not w.text[0].isdigit())
