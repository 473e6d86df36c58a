"""Questions that come again with every turn are encoded once."""

import numpy as np

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
