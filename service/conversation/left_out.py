"""Questions that leave out what they are about, or all but what is new: "For how long?", "What are the risks?"."""

import re
from collections.abc import Sequence
from enum import Enum, auto

from service.conversation.english_words import VERBS
from service.conversation.phrases import Phrase, is_relational, is_telling
from service.conversation.replaced import OPENING, VERB

_OPENING = re.compile(
    r"^(?:and|but|or|so|also|then|what about|how about|what if|what else|why not|how so|really|who else|why)\b", re.I
)
_FRAGMENT = re.compile(
    r"^(?:(?:for|since|until|till|by|in|at|on|to|from|with|of|about)\s+)?"
    r"(?:who|whom|whose|what|when|where|which|why|how)(?:\s+[\w-]+){0,3}\W*$",
    re.I,
)
_ASKS = re.compile(r"(?:who|whom|whose|what|when|where|which|why|how|is|are|was|were|do|does|did|has|have|can)\b", re.I)
_WHY = re.compile(r"why\s+(?!not\b)", re.I)
_ONE = re.compile(r"\bones?\b", re.I)
# "the largest in the world", "the first invented", "the most important ones": of what?
_SUPERLATIVE = re.compile(
    r"\bones?\b|\bthe\s+(?:(?:second|third|most|least)\s+)?(?:\w+est|best|worst|first|last|other|latter|former)"
    r"(?:\s+(?:ever|in|on|of|to|for|found|\w+ed)\b|\W*$)|\b(?:the\s+same|any\s+others?|another|others|any more)\W*$",
    re.I,
)
_COMPARED = re.compile(
    r"\bhow\s+(?:is|are|was|were)\b.*\bdifferent\W*$|\bhow\s+do(?:es)?\b.*\bdiffer\W*$|\bdifferences?\s+with\b", re.I
)
_BEGINS_IN_THE_MIDDLE = re.compile(r"^(?:for|since|until|till|by|in|at|on|to|from|with|of|about)\s", re.I)
_FEWEST_WORDS = 3


class Gap(Enum):
    """What is missing."""

    NONE = auto()
    TOPIC = auto()
    PREDICATE = auto()


def gap(question: str, phrases: Sequence[Phrase]) -> Gap:
    """By the form of the question alone."""
    words = question.split()
    if _OPENING.match(question) and not _is_whole(question, phrases):
        return Gap.PREDICATE
    if len(words) <= _FEWEST_WORDS and not any(p.is_name for p in phrases):
        if not (_has_verb(question) and phrases):
            return Gap.PREDICATE
        return Gap.TOPIC if _is_relational(phrases) else Gap.NONE
    if _FRAGMENT.match(question) and not _has_verb(question) and not any(p.is_name for p in phrases):
        return Gap.PREDICATE
    if len(words) <= _FEWEST_WORDS + 1 and _BEGINS_IN_THE_MIDDLE.match(question) and not _has_verb(question):
        return Gap.PREDICATE
    if any(p.is_name for p in phrases):
        return Gap.TOPIC if _ONE.search(question) else Gap.NONE
    if _SUPERLATIVE.search(question) or _COMPARED.search(question) or not phrases:
        return Gap.TOPIC
    return Gap.TOPIC if _is_relational(phrases) else Gap.NONE


def _has_verb(question: str) -> bool:
    return VERB.search(question) is not None or (
        _ASKS.match(question) is not None and any(word in VERBS for word in question.casefold().split()[1:])
    )


def _is_whole(question: str, phrases: Sequence[Phrase]) -> bool:
    """ "And who wrote Hamlet?" opens as a follow-up does, but leaves nothing out."""
    rest = OPENING.sub("", question, count=1)
    asks = _ASKS.match(rest) is not None and len(rest.split()) >= _FEWEST_WORDS
    if _WHY.match(rest) and VERB.search(rest):  # with a subject of its own, "why" is a question like others
        return asks and any(is_telling(p) for p in phrases)
    return asks and any(p.is_name for p in phrases)


def _is_relational(phrases: Sequence[Phrase]) -> bool:
    """Nothing in it but what belongs to something: "What are the main types?"."""
    return all(is_relational(p) for p in phrases)
