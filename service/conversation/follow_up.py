"""Follow-up questions: what "And where was it held?" means after the questions before it.

Rules for English, and for other languages those of other_languages.py, without a language model. The question as
understood is shown to whoever asks.
"""

import re
from collections.abc import Callable, Sequence
from copy import copy

from core.types import Turn
from service.conversation.left_out import Gap, gap
from service.conversation.other_languages import is_english, leaves_out
from service.conversation.phrases import LONGEST, Phrase, is_relational, noun_phrases
from service.conversation.pronouns import is_person, is_plural, pronoun, put, thing_after
from service.conversation.replaced import replaced
from service.conversation.topic import Topic, introduces

_SAYS_OF_WHAT = re.compile(r"\w\s\([^()]+\)\W*$")  # "How much is the fee (library card)?", as clarify.py offers it
_POINTS = re.compile(r"\b(?:this|that|these|those|such|same|other)\s+\w", re.I)
_OF_BOTH = re.compile(r"\b(?:of|between|compare)\s+(?:them|these|those)\b|\bboth\b", re.I)
_TURNS_BACK = 12
_LONGEST_NAME = 120
_RELATED, _RELATED_WHOLE = 0.15, 0.3
"""Least cosine of two questions on one subject: tells 9 changes of subject in 10 (bench/conversation.py)."""
_LONGEST_BROUGHT_ALONG = 200


Related = Callable[[str, Sequence[str]], Sequence[float]]
"""How much a question has to do with each of the others: cosines."""


class FollowUp:
    """A question after others; the conversation before it is read once."""

    def __init__(self, question: str, history: Sequence[Turn]) -> None:
        self.question = " ".join(question.split())
        self._before = _topic(self.question, history)

    def understood(self, related: Related | None = None) -> str:
        """The question with what it leaves out filled in from the conversation; unchanged where it stands alone.

        ``related`` tells what "children" takes the place of in "What about children?". At most some 450 characters
        longer than the question.
        """
        return self.question if self._before is None else _understand(self.question, copy(self._before), related)

    def near_form(self, understood: str, related: Related) -> str | None:
        """The question with the subject that it may belong to by its meaning: "Are there any film festivals (Ann
        Arbor)?".

        To search with beside the question itself, not to answer: it may as well be a new topic. None where it is near
        to no earlier question, has a code or a number of its own, or asks of another thing what was asked of that one.
        """
        question = self.question
        if self._before is None or not is_english(question):
            return None
        found = pronoun(question)
        if found is not None and is_person(found):
            return None
        alone = understood == question and stands_alone(question)
        if alone and any(character.isdigit() for character in question):
            return None
        whole = understood == question and introduces(question)
        name = _near_subject(understood, self._before.asked, related, _RELATED_WHOLE if whole else _RELATED)
        if name is None or (alone and not _words(name).isdisjoint(_words(question))):
            return None
        return _completed(understood, name)


def understand(question: str, history: Sequence[Turn], related: Related | None = None) -> str:
    """As ``FollowUp.understood``."""
    return FollowUp(question, history).understood(related)


def stands_alone(question: str) -> bool:
    """Whether an English question names what it is about, and points to nothing before it."""
    if not is_english(question) or pronoun(question) is not None or _POINTS.search(question):
        return False
    phrases = noun_phrases(question)
    if gap(question, phrases) is not Gap.NONE:
        return False
    return any(p.is_name or " of " in p.text for p in phrases)


def _topic(question: str, history: Sequence[Turn]) -> Topic | None:
    """What the conversation came to before the question; None where it says nothing of it."""
    asked = _exchanges(history)
    if not asked or len(question) > LONGEST or _SAYS_OF_WHAT.search(question):
        return None
    topic = Topic()
    for earlier, answer in asked:
        _understand(earlier, topic)
        topic.answer(answer)
    return topic


def _near_subject(
    question: str, before: Sequence[tuple[str, Phrase | None]], related: Related, least: float
) -> str | None:
    """What the first question that it is related to is about; None where there is none, or nothing is new in it."""
    cosines = related(question, [text for text, _ in before])
    near = [centre for (_, centre), cosine in zip(before, cosines, strict=True) if cosine >= least]
    if not near or near[0] is None or len(near[0].text) > _LONGEST_NAME:
        return None
    name = near[0].text
    return None if _words(name) <= _words(question) else name


def _words(text: str) -> set[str]:
    return {re.sub(r"['’]?s?['’]?$", "", word.strip("?.!,()")) for word in text.casefold().split()} - {"the"}


def _exchanges(history: Sequence[Turn]) -> list[tuple[str, str]]:
    """The last questions with their answers, white space folded, their ends cut off."""
    found: list[tuple[str, str]] = []
    for turn in history[-2 * _TURNS_BACK :]:
        text = " ".join(turn.content[:LONGEST].split())
        if turn.role == "user" and text:
            found.append((text, ""))
        elif found and text:
            found[-1] = (found[-1][0], text)
    return found


def _understand(question: str, topic: Topic, related: Related | None = None) -> str:
    """And the topic goes on."""
    phrases = noun_phrases(question)
    if not topic.question:
        topic.ask(question, phrases)
        return question
    if not is_english(question):
        understood = _with(question, topic.question) if leaves_out(question) else question
        topic.ask(understood, phrases if understood == question else [])
        return understood
    understood = _pronouns_filled_in(question, topic)
    if understood != question:
        topic.ask(understood, phrases, keeps=True)
        return understood
    points_back = pronoun(question) is not None
    kind = Gap.PREDICATE if points_back else gap(question, phrases)
    if kind is Gap.TOPIC and topic.centre is not None:
        if topic.centre.is_bare_definite:
            kind = Gap.NONE
        else:
            understood = _completed(question, topic.centre.text)
            topic.ask(understood, phrases, keeps=True)
            return understood
    if kind is Gap.NONE:
        topic.ask(question, phrases, keeps=len(phrases) == 1 and phrases[0].is_bare_definite)
        return question
    if not points_back and (other := replaced(question, topic.question, related)) is not None:
        topic.ask(other, noun_phrases(other))
        return other
    understood = _with(question, topic.question)
    topic.ask(topic.question, phrases, keeps=True)
    return understood


def _pronouns_filled_in(question: str, topic: Topic) -> str:
    """The first, and one of another kind after it: "How did he cook it?"."""
    found = pronoun(question)
    if found is None:
        return question
    name = topic.person() if is_person(found) else topic.thing(is_plural(found))
    if _OF_BOTH.search(question):
        name = topic.both() or name
    if name is None or len(name.text) > _LONGEST_NAME:
        return question
    understood = put(question, found, name.text)
    if is_person(found):
        topic.who = name
    rest = understood[len(understood) - len(question) + found.end() :]
    other = thing_after(rest)
    if other is not None and (is_person(found) or is_plural(found) != is_plural(other)):
        second = topic.other_than(name, is_plural(other))
        if second is not None and len(second.text) <= _LONGEST_NAME:
            understood = understood[: len(understood) - len(rest)] + put(rest, other, second.text, opens=False)
    return understood


def _with(question: str, last: str) -> str:
    brought = last if len(last) <= _LONGEST_BROUGHT_ALONG else last[:_LONGEST_BROUGHT_ALONG].rsplit(" ", 1)[0] + "…"
    return f"{question} ({brought})"


def _completed(question: str, name: str) -> str:
    """ "What are the main types of yoga?" """
    bare = question.rstrip("?.! ")
    end = question[len(bare) :].strip()
    last = noun_phrases(bare)[-1:]
    joins = last and is_relational(last[0]) and bare.endswith(last[0].text)
    return f"{bare} of {name}{end}" if joins else f"{bare} ({name}){end}"
