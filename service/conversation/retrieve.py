"""A question in its conversation to hits."""

from collections.abc import Sequence
from dataclasses import dataclass

from core.types import Turn
from index.filters.filter import Within
from index.search import SearchResult, SearchSettings
from index.store import Store
from service.conversation.conversation import Conversation

WEIGHT_AS_ASKED = 0.2
"""Share of the question as asked in the dense score: see docs/conversation.md."""


@dataclass(frozen=True, slots=True)
class Retrieved:
    """What was found, and for which question: the one asked, with the conversation filled in."""

    understood_as: str
    result: SearchResult


def retrieve(
    store: Store,
    conversation: Conversation,
    question: str,
    history: Sequence[Turn],
    collection: str,
    count: int,
    settings: SearchSettings,
    within: Within,
    *,
    by_model: bool = True,
) -> Retrieved:
    """The ``count`` best passages for both forms of the question, as it was asked and as it is understood.

    Cosines are linear in the question's vector: one search for the weighted sum of both vectors is the fusion of two
    dense searches. The words of the understood form hold those of the other. ``by_model`` is Conversation.understand's.
    Raises NotFound, IndexMismatch.
    """
    understood = conversation.understand(question, history, by_model=by_model)
    asked = " ".join(question.split())
    also = None if understood == asked else (asked, WEIGHT_AS_ASKED)
    found = store.search(collection, understood, count, settings, within.where, within.labels, also=also)
    return Retrieved(understood, found)
