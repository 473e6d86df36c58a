"""What happens while an answer is made, in order; the plain answer is the fold of these."""

from collections.abc import Iterable
from dataclasses import dataclass

from core.types import Answer, AnswerSentence, Citation, Hit


@dataclass(frozen=True, slots=True)
class Started:
    """The search is done; the reading begins."""

    id: str
    understood_as: str
    hits: tuple[Hit, ...]


@dataclass(frozen=True, slots=True)
class Working:
    """The chat model is at work, and there is nothing to show: a moment to leave at. Not told to clients."""


@dataclass(frozen=True, slots=True)
class Token:
    """A piece of the answer's text, to be appended."""

    text: str


@dataclass(frozen=True, slots=True)
class SentenceDone:
    """A sentence is complete and checked; its citations follow."""

    index: int
    sentence: AnswerSentence


@dataclass(frozen=True, slots=True)
class Cited:
    """A citation of the sentence before."""

    citation: Citation


@dataclass(frozen=True, slots=True)
class Done:
    """The whole answer; a client may ignore everything before it."""

    answer: Answer


Event = Started | Working | Token | SentenceDone | Cited | Done


def fold(events: Iterable[Event]) -> Answer:
    """The answer that the events amount to. Raises ValueError when they break off before it."""
    answer = None
    for event in events:
        if isinstance(event, Done):
            answer = event.answer
    if answer is None:
        raise ValueError("The events ended without an answer.")
    return answer
