"""What a session holds, and what of it somebody may read."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from core.types import AnswerStatus
from index.analyse import STOP_WORDS, terms

MayRead = Callable[[str, str], bool]
"""Whether who asks may find a document now, by its collection and id."""


@dataclass(frozen=True, slots=True)
class StoredTurn:
    """One question and its answer; ``citations`` are as on the wire.

    ``withheld`` where the answer is from a document that is gone, or that whoever reads may not find: its text and
    citations are then empty.
    """

    answer_id: str
    asked_at: str
    collection: str
    question: str
    understood_as: str
    status: str
    answer: str
    citations: list[dict[str, Any]]
    withheld: bool = False


@dataclass(frozen=True, slots=True)
class Session:
    """Whoever holds the id may read the session, go on with it and delete it, unless it is somebody's."""

    id: str
    created_at: str
    used_at: str
    turns: tuple[StoredTurn, ...] = ()


@dataclass(frozen=True, slots=True)
class KeptTurn:
    """A turn as it is stored, by its ``number``. ``in_view`` are the ids of the documents whose passages a chat model
    had before it when it wrote the answer: any of its words may be from any of them."""

    number: int
    session_id: str
    turn: StoredTurn
    in_view: frozenset[str]

    def may_be_read(self, may: MayRead) -> bool:
        documents = self.in_view | {citation["document_id"] for citation in self.turn.citations}
        return all(may(self.turn.collection, document) for document in documents)


def withheld(kept: Iterable[KeptTurn], may: MayRead) -> Iterator[tuple[KeptTurn, bool]]:
    """Each turn of a session, oldest first, with whether its answer is to be withheld.

    A chat model is told a question with the conversation filled in: where that brought along a word of an answer that
    is withheld, the model's answer may say it again, and is withheld, too.
    """
    asked: set[str] = set()
    hidden: set[str] = set()
    for one in kept:
        turn = one.turn
        asked |= _words(turn.question)
        brought = bool(one.in_view) and not hidden.isdisjoint(_words(turn.understood_as) - asked)
        erased = turn.status == AnswerStatus.ANSWERED and not turn.answer
        is_withheld = erased or brought or not one.may_be_read(may)
        if is_withheld:
            hidden |= _words(" ".join([turn.answer, *(citation["quote"] for citation in turn.citations)]))
        yield one, is_withheld


def readable(kept: Iterable[KeptTurn], may: MayRead) -> Iterator[StoredTurn]:
    """What a later question was understood as may hold words of an answer before it: it goes with that answer."""
    any_before = False
    for one, is_withheld in withheld(kept, may):
        turn = one.turn
        any_before = any_before or is_withheld
        if is_withheld:
            yield replace(turn, understood_as=turn.question, answer="", citations=[], withheld=True)
        else:
            yield replace(turn, understood_as=turn.question) if any_before else turn


def _words(text: str) -> set[str]:
    return set(terms(text)) - STOP_WORDS
