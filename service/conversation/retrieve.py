"""A question in its conversation to hits."""

from collections.abc import Sequence
from dataclasses import dataclass

from core.stages import stage
from core.types import Turn
from index.filters.filter import Within
from index.search import SearchResult, SearchSettings
from index.store import Store
from service.conversation.conversation import Conversation, Understood
from service.conversation.follow_up import stands_alone

WEIGHT_AS_ASKED = 0.2
"""Share of the question as asked in the dense score: see docs/conversation.md."""
WEIGHT_OF_NEAR = 0.5
"""Share of the subject's form for a question that stands alone, and may have nothing to do with that subject."""


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
    """The ``count`` best passages for two forms of the question, fused.

    Cosines are linear in the question's vector: one search for the weighted sum of both vectors is the fusion of two
    dense searches. ``by_model`` is Conversation.understand's. Raises NotFound, IndexMismatch.
    """
    with stage("understand"):
        understood = conversation.understand(question, history, by_model=by_model)
    form, also = forms(understood)
    found = store.search(collection, form, count, settings, within.where, within.labels, also=also)
    return Retrieved(understood.text, found)


def forms(question: Understood) -> tuple[str, tuple[str, float] | None]:
    """What to search for, and the other form with its share of the dense score.

    A question that may belong to an earlier one without saying so is shown and read as it is, and searched with that
    one's subject; where it stands alone, the subject has no part in the words that are searched.
    """
    asked = question.asked
    if question.near is not None and question.text == asked and stands_alone(asked):
        return asked, (question.near, WEIGHT_OF_NEAR)
    form = question.near or question.text
    return form, None if form == asked else (asked, WEIGHT_AS_ASKED)
