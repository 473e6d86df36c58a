"""One scale for the cosines of both encoders."""

import pytest

from index.cosine_scale import comparable, own_of_questions


@pytest.mark.parametrize("encoder", ["all-MiniLM-L6-v2", "/an/encoder/of/ones/own"])
def test_cosines_of_encoders_without_a_line_stay_as_they_are(encoder):
    assert comparable([0.7, -0.1], encoder) == (0.7, -0.1)
    assert own_of_questions(0.6, encoder) == 0.6


def test_those_of_the_multilingual_encoder_are_spread():
    far, near = comparable([0.75, 0.9], "multilingual-e5-small")
    assert far < 0.1 < 0.6 < near
    assert 0.85 < own_of_questions(0.6, "multilingual-e5-small") < 0.95
