"""Who did it to whom: "A sold it to B" is not "B sold it to A", and a passive turns the two round."""

from collections.abc import Sequence
from dataclasses import dataclass

from service.support.clauses import AUXILIARIES, IRREGULAR, Clause
from service.support.words import Word

_PREPOSITIONS = frozenset("to in on at for from with until after before during under over as".split())
_NEAR = 3
_BE = frozenset("is are was were be been being".split())

_MALE = frozenset("he brother father son husband mr king uncle nephew man boy".split())
_FEMALE = frozenset("she sister mother daughter wife mrs ms queen aunt niece woman girl".split())


@dataclass(frozen=True, slots=True)
class Roles:
    """The stems of the one who does and of what it is done to, or for; either may be empty."""

    doer: frozenset[str]
    done_to: frozenset[str]


def reversed_roles(said: Clause, read: Clause) -> bool:
    """Whether, of one verb, the claim's doer is who it was done to in the source."""
    for verb in _verbs(said) & _verbs(read):
        mine, theirs = _roles(said, verb), _roles(read, verb)
        if mine.doer & theirs.doer:
            continue
        if mine.doer and mine.done_to & theirs.doer:
            return True
        if mine.doer & theirs.done_to and not mine.done_to & theirs.done_to:
            return True
    return False


def other_gender(said: Clause, read: Clause) -> bool:
    """ "She" for someone who is a "he", or a brother, in the source."""
    if not said.words:
        return False
    pronoun = said.words[0].text.lower()
    other = {"she": _MALE, "he": _FEMALE}.get(pronoun, frozenset[str]())
    about = {w.text.lower() for w in read.words[: read.verb]}
    return bool(other & about)


def _verbs(clause: Clause) -> frozenset[str]:
    """Past forms, and the word that was taken for the verb; at the beginning, "opened" is an adjective."""
    found = {w.stem for i, w in enumerate(clause.words) if i and not w.name and _past(w.text.lower())}
    if clause.verb is not None and clause.words[clause.verb].text.lower() not in AUXILIARIES:
        found.add(clause.words[clause.verb].stem)
    return frozenset(found)


def _past(text: str) -> bool:
    return text.endswith("ed") or text in IRREGULAR


def _roles(clause: Clause, verb: str) -> Roles:
    at = next(i for i, w in enumerate(clause.words) if w.stem == verb)
    before, after = clause.words[:at], clause.words[at + 1 :]
    first = _content(before) or clause.subject
    by = next((i for i, w in enumerate(after) if w.text.lower() == "by"), None)
    if by is not None and (by + 1 == len(after) or after[by + 1].text[0].isdigit()):
        by = None
    reduced = by is not None and by < _NEAR  # "a house built by …"
    if not reduced and not any(w.text.lower() in _BE for w in before[-3:]):
        return Roles(first, _content(after))
    return Roles(_phrase(after[by + 1 :]) if by is not None else frozenset(), first)


def _phrase(words: Sequence[Word]) -> frozenset[str]:
    """The content words up to the next preposition."""
    end = next((i for i, w in enumerate(words) if w.text.lower() in _PREPOSITIONS), len(words))
    return _content(words[:end])


def _content(words: Sequence[Word]) -> frozenset[str]:
    return frozenset(w.stem for w in words if w.content and not w.text[0].isdigit())
