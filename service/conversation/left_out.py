"""Questions that leave out what they are about, or all but what is new: "For how long?", "And in 2023?"."""

import re
from collections.abc import Sequence
from enum import Enum, auto

from service.conversation.english_words import DETERMINERS, FUNCTION_WORDS
from service.conversation.phrases import Phrase, is_relational, noun_phrases, subject

_OPENING = re.compile(
    r"^(?:and|but|or|so|also|then|what about|how about|what if|what else|why not|how so|really|who else|why)\b", re.I
)
_ABOUT = re.compile(r"^(?:(?:and|but|or|so|also|then|ok(?:ay)?),?\s+)*(?:what about|how about)?\s*", re.I)
_FRAGMENT = re.compile(
    r"^(?:(?:for|since|until|till|by|in|at|on|to|from|with|of|about)\s+)?"
    r"(?:who|whom|whose|what|when|where|which|why|how)(?:\s+[\w-]+){0,3}\W*$",
    re.I,
)
_VERB = re.compile(
    r"\b(?:is|are|was|were|be|been|do|does|did|has|have|had|can|could|will|would|should|must|may|might)\b|\w+'s\b", re.I
)
_ASKS = re.compile(r"(?:who|whom|whose|what|when|where|which|why|how|is|are|was|were|do|does|did|has|have|can)\b", re.I)
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
_IN_PLACE = re.compile(
    r"\b(in|at|on|for|from|to|by|since|until|after|before|during|with)\s+((?:the\s+)?[\w’'-]+)", re.I
)
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
        if not (_VERB.search(question) and phrases):
            return Gap.PREDICATE
        return Gap.TOPIC if _is_relational(phrases) else Gap.NONE
    if _FRAGMENT.match(question) and not _VERB.search(question) and not any(p.is_name for p in phrases):
        return Gap.PREDICATE
    if any(p.is_name for p in phrases):
        return Gap.TOPIC if _ONE.search(question) else Gap.NONE
    if _SUPERLATIVE.search(question) or _COMPARED.search(question) or not phrases:
        return Gap.TOPIC
    if _is_relational(phrases) or _is_known(question, phrases):
        return Gap.TOPIC
    return Gap.NONE


def swapped(question: str, last: str) -> str | None:
    """ "And in 2023?" after "What was the profit in 2022?": the last question with what is new in its place."""
    new = _ABOUT.sub("", question, count=1).strip(" ?.!")
    if not new or len(new.split()) > _FEWEST_WORDS + 1 or _VERB.search(new):
        return None
    if (place := _IN_PLACE.fullmatch(new)) is not None:
        same = [m for m in _IN_PLACE.finditer(last) if m.group(1).casefold() == place.group(1).casefold()]
        return _replaced(last, same[-1].start(), same[-1].end(), new) if same else None
    own = noun_phrases(f"about {new}")
    if len(own) != 1 or len(own[0].text) != len(new):
        return None
    names = [p for p in map(subject, noun_phrases(last)) if p.is_name and p.text[0].isdigit() == new[0].isdigit()]
    if own[0].is_name and len(names) == 1:
        name = names[0].text.removeprefix("the ")
        start = names[0].start + len(names[0].text) - len(name)
        return _replaced(last, start, start + len(name), new)
    return None


def _replaced(last: str, start: int, end: int, new: str) -> str:
    return last[:start] + new + last[end:]


def _is_whole(question: str, phrases: Sequence[Phrase]) -> bool:
    """ "And who wrote Hamlet?" opens as a follow-up does, but leaves nothing out."""
    rest = _ABOUT.sub("", question, count=1)
    asks = _ASKS.match(rest) is not None and len(rest.split()) >= _FEWEST_WORDS
    return asks and any(p.is_name for p in phrases)


def _is_relational(phrases: Sequence[Phrase]) -> bool:
    """Nothing in it but what belongs to something: "What are the main types?"."""
    return all(is_relational(p) for p in phrases)


def _is_known(question: str, phrases: Sequence[Phrase]) -> bool:
    """ "How long does the test take?": one definite thing of one word, as only the conversation can tell which."""
    only = phrases[0] if len(phrases) == 1 else None
    return only is not None and only.is_bare_definite and not (DETERMINERS | FUNCTION_WORDS).issuperset(only.words)
