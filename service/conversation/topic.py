"""What a conversation is about, question by question."""

import re
from collections.abc import Sequence

from service.conversation.phrases import Phrase, is_telling, noun_phrases, subject

_INTRODUCES = re.compile(
    r"^(?:(?:ok(?:ay)?|oh|interesting|wow|and|so)\W+)?(?:(?:what|who)(?:\s+(?:is|are|was|were)|['’]s)|tell\s+(?:me\s+)?(?:more\s+)?"
    r"about|describe|explain)\s+(?P<topic>.+)$",
    re.I | re.S,
)
_WHO = re.compile(r"\bwho(?:se|m)?\b", re.I)
_PLACED = re.compile(r"\b(?:in|at|from|on)\s+(?:the\s+)?$", re.I)
_REMEMBERED = 8


class Topic:
    """The centre of a question is what its pronouns stand for, or else what it is about; it stays the centre for as
    long as questions point to it (Grosz, Joshi and Weinstein, "Centering", 1995). What it remembers is replaced and
    never changed, so that a copy goes on by itself.
    """

    def __init__(self) -> None:
        self.question = ""
        self.centre: Phrase | None = None
        self.who: Phrase | None = None
        self.asked: tuple[tuple[str, Phrase | None], ...] = ()
        self._recent: list[Phrase] = []
        self._others: list[Phrase] = []

    def ask(self, question: str, phrases: Sequence[Phrase], *, keeps: bool = False) -> None:
        """A question as understood, with the phrases that it says itself. With ``keeps`` it points to the centre."""
        telling = [p for p in map(subject, phrases) if is_telling(p)]
        if self.centre is not None:
            self._others = [self.centre, *self._others]
        self._others = [*telling, *self._others][:_REMEMBERED]
        self._recent = telling
        self.question = question
        if not (keeps and self.centre is not None):
            self.centre = _centre(question, telling) or self.centre
        self.asked = (*self.asked, (question, self.centre))

    def answer(self, text: str) -> None:
        """What was answered to the last question."""
        names = [p for p in noun_phrases(text) if p.is_name and not p.text[0].isdigit()]
        self._others = [*names[:2], *self._others][:_REMEMBERED]
        if names and _WHO.search(self.question):
            self.who = names[0]

    def person(self) -> Phrase | None:
        """For "he" and "she"."""
        return self.who or next((p for p in [*self._recent, *self._others] if p.is_name), self.centre)

    def thing(self, plural: bool) -> Phrase | None:
        """For "it" and "they": the centre, unless only something else that was just said agrees in number."""
        if self.centre is None or self.centre.is_plural == plural:
            return self.centre
        return next((p for p in self._recent if p.is_plural == plural and not p.is_name), self.centre)

    def both(self) -> Phrase | None:
        """The last two things that were asked about by name: for "Which of them?"."""
        names = list(dict.fromkeys(p.text for _, p in self.asked if p is not None and p.is_name))
        return Phrase(" and ".join(names[-2:]), 0, True) if len(names) > 1 else None

    def other_than(self, one: Phrase, plural: bool) -> Phrase | None:
        """For a second pronoun."""
        others = [p for p in [self.centre, *self._recent, *self._others] if p is not None and p.text != one.text]
        return next((p for p in others if p.is_plural == plural), None)


def _centre(question: str, telling: Sequence[Phrase]) -> Phrase | None:
    if not telling:
        return None
    if introduces(question):
        return telling[0]
    names = [p for p in telling if p.is_name and not _PLACED.search(question[: p.start])]
    return next(iter(names), telling[0])


def introduces(question: str) -> bool:
    """ "What is taurine?", "Tell me about lung cancer.": whole in itself, and what follows is about that."""
    return _INTRODUCES.match(question) is not None
