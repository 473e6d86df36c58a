"""A sentence as its clauses: what is said of one thing, and what of the next.

Rules for English, without a tagger: a mark or a joining word ends a clause where what follows can be a statement.
"""

import re
from dataclasses import dataclass, replace
from functools import lru_cache

from service.support.words import Word, words

AUXILIARIES = frozenset(
    "is are was were be been being am has have had do does did can cannot could may might must shall should will would "
    "need needs".split()
)
IRREGULAR = frozenset(
    "became began bought brought built came chose drew drove fell felt fought found gave got grew held kept knew lay "
    "led left lent lies lost made met paid ran rose said sat saw sent sold sought spoke spent stood sung swam taught "
    "told took went won wore wrote written taken given known drawn lies weighs costs takes lives".split()
)
_DETERMINERS = "the|a|an|its|his|her|their|this|that|these|those|it|he|she|they|all|each|some|no|only|both"
_VERB = (
    r"is|are|was|were|has|have|had|do|does|did|can|cannot|could|may|might|must|shall|should|will|would|\w{3,}ed"
    rf"|{'|'.join(sorted(IRREGULAR))}"
)
_PREPOSITIONS = "by|in|on|at|for|from|to|of|with|until|after|before|during|under|over|between|than|as"
_SPLIT = re.compile(
    r"[;:]\s|\s-\s|[()]"
    r"|,?\s(?=(?:but|while|whereas|although|though|unless|except|because|since|which|who|whom|whose|where|when|if)\s)"
    r"|,\s(?=(?:(?:and|or|nor|yet|so|then)|[a-z]{2,}ing)\s)"
    rf"|\s(?=(?:and|or)\s(?:then\s|also\s|not\s)?(?:{_VERB}|{_PREPOSITIONS})\s)"
    r"|\s(?=(?:and|or)\s\S?\d)"
    r"|\s(?=(?:and|or)\s[a-z]+s\s(?:\d|the\s|a\s|an\s))"
    rf"|\s(?=(?:and|or)\s(?:{_DETERMINERS}|[A-Z]\w+)\s(?:[\w-]+\s){{0,5}}(?:{_VERB})\s)"
    # "The one was built in Bergen, the other in Turku."
    r"|,\s(?=(?:the\s)?[\w-]+\s(?:by|in|at|on|from|to)\s[\w-]+(?:\s[\w-]+)?\W*$)",
)
_PREPOSITIONS_ALONE = frozenset("by in at on from to".split())
_OF_TIME = frozenset("after within during over for in until".split())
# A fronted phrase and a list are no clauses: what a comma alone parts is left together.
_ED = re.compile(r"[a-z]{2,}ed")
_THIRD_PERSON = re.compile(r"[a-z]{3,}[^sui\W]s")
_NOT_BEFORE_VERBS = frozenset(f"{_DETERMINERS}|{_PREPOSITIONS}|of".split("|"))


@dataclass(frozen=True, slots=True)
class Clause:
    """``subject`` are the stems of the content words before the verb; ``verb`` is its place, None where none is told.

    ``words`` are its own; ``known`` the stems that may be read with it: its own and, where it lacks a subject or a
    verb, those of the clauses before that fill the gap.
    """

    words: tuple[Word, ...]
    verb: int | None
    subject: frozenset[str]
    known: frozenset[str]

    @property
    def stems(self) -> frozenset[str]:
        return frozenset(w.stem for w in self.words)


@lru_cache(maxsize=5_000)
def clauses(figures: str) -> tuple[Clause, ...]:
    """The clauses of a sentence that is in figures, in order; each holds at least one content word."""
    found: list[Clause] = []
    for part in _SPLIT.split(figures):
        # A first word in front, so that a name at the clause's beginning is told from a sentence's first word.
        own = words(f"x {part}")[1:] if found else words(part)
        if any(w.content for w in own):
            found.append(_clause(own, found))
    if len(found) > 1 and found[-1].verb is None:
        # "… by 8 in one group and by 2 in the other after a year": of both.
        found[-2] = replace(found[-2], known=found[-2].known | _time_at_end(found[-1].words))
    return tuple(found)


def _time_at_end(own: tuple[Word, ...]) -> frozenset[str]:
    if len(own) < 4 or own[-3].text.lower() not in _OF_TIME:
        return frozenset()
    return frozenset(w.stem for w in own[-3:]) if own[-2].text[0].isdigit() else frozenset()


def _clause(own: tuple[Word, ...], before: list[Clause]) -> Clause:
    verb = verb_at(own)
    subject = frozenset(w.stem for w in own[:verb] if w.content) if verb is not None else frozenset[str]()
    stems = frozenset(w.stem for w in own)
    if not before:
        return Clause(own, verb, subject, stems)
    previous = before[-1]
    if verb is None and (gap := _before_preposition(own)):
        # "… and the bridge by Nils Aas": the statement is made again, of another thing.
        stems |= _but_values(previous) - previous.subject
        subject = gap
    elif verb is None:
        # "… by 8 in one group and by 2 in the other": the statement goes on, with other values.
        stems |= _but_values(previous) | previous.subject
        subject = previous.subject
    elif not subject:
        subject = previous.subject
        stems |= subject
    return Clause(own, verb, subject, stems)


def _but_values(clause: Clause) -> frozenset[str]:
    return frozenset(w.stem for w in clause.words if not (w.name or w.text[0].isdigit()))


def _before_preposition(own: tuple[Word, ...]) -> frozenset[str]:
    """The content words before the first preposition, where there are such, and words after it."""
    at = next((i for i, w in enumerate(own[:-1]) if w.text.lower() in _PREPOSITIONS_ALONE), 0)
    return frozenset(w.stem for w in own[:at] if w.content and not w.text[0].isdigit())


def verb_at(own: tuple[Word, ...]) -> int | None:
    """The place of the first word that is taken for a verb."""
    for i, word in enumerate(own):
        text = word.text.lower()
        if text in AUXILIARIES or text in IRREGULAR or (not i and text.endswith("ing") and not word.name):
            return i
        if word.name or not i or own[i - 1].text.lower() in _NOT_BEFORE_VERBS:
            continue
        if _ED.fullmatch(text):
            return i
        following = own[i + 1] if i + 1 < len(own) else None
        if _THIRD_PERSON.fullmatch(text) and following is not None:
            after = following.text.lower()
            if after[0].isdigit() or after in {"the", "a", "an", "in", "on", "to", "from", "all", "only", "its"}:
                return i
    return None
