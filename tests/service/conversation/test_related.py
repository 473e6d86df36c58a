"""Questions that come again with every turn are encoded once."""

import numpy as np
import pytest

from core.types import Turn
from index.encode import SentenceTransformerEncoder
from service.conversation.conversation import Conversation, ConversationOptions
from service.conversation.related import RelatedQuestions


class _Counting:
    """An encoder of which only matters what it is asked for."""

    name = "all-MiniLM-L6-v2"

    def __init__(self):
        self.asked = []

    def encode_questions(self, questions):
        self.asked += questions
        return np.array([[float(len(question)), 1.0] for question in questions])


def test_vectors_in_use_stay_while_others_make_room():
    encoder = _Counting()
    cosines = RelatedQuestions(encoder)
    first = cosines("Where is Oslo?", ["What is Norway?"])
    for number in range(3_000):
        cosines(f"Who is number {number}?", ["What is Norway?"])
    assert encoder.asked.count("What is Norway?") == 1
    assert cosines("Where is Oslo?", ["What is Norway?"]) == first
    assert encoder.asked.count("Where is Oslo?") == 2


@pytest.mark.parametrize("name", ["english", "multilingual"])
def test_a_question_is_searched_with_the_subject_of_one_that_it_is_near_to_by_either_encoder(name):
    conversation = Conversation(SentenceTransformerEncoder(name), ConversationOptions())

    def near(earlier: str) -> str | None:
        return conversation.understand("Are there any film festivals?", [Turn("user", earlier)]).near

    assert near("Which cinemas are there around Ann Arbor?") == "Are there any film festivals (Ann Arbor)?"
    assert near("What do wasps eat?") is None
