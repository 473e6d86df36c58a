"""A question in its conversation to hits."""

from collections.abc import Sequence
from dataclasses import dataclass

from core.types import Turn
from index.filters.filter import Within
from index.store import SearchResult, SearchSettings, Store
from service.conversation.follow_up import understand


@dataclass(frozen=True, slots=True)
class Retrieved:
    """What was found, and for which question: the one asked, with the conversation filled in."""

    understood_as: str
    result: SearchResult


def retrieve(
    store: Store,
    question: str,
    history: Sequence[Turn],
    collection: str,
    count: int,
    settings: SearchSettings,
    within: Within,
) -> Retrieved:
    """The ``count`` best passages. Raises NotFound, IndexMismatch."""
    understood = understand(question, history)
    return Retrieved(understood, store.search(collection, understood, count, settings, within.where, within.labels))
