"""Which sentences need a source."""

import pytest

from service.support.claims import makes_claim


@pytest.mark.parametrize(
    "sentence",
    [
        "Here is what I found:",
        "Here's what I found based on the provided documents:",
        "Sure!",
        "In summary:",
        "Based on the sources:",
        "What do you mean?",
        "## Opening hours",
        "**Opening hours**",
        "Opening hours:",
        "I hope this helps!",
        "Let me know if you need more details.",
        "---",
        "",
    ],
)
def test_what_says_nothing_of_the_world_needs_none(sentence: str) -> None:
    assert not makes_claim(sentence)


@pytest.mark.parametrize(
    "sentence",
    [
        "Sure! The plant opened in 1990.",
        "Paris.",
        "No.",
        "Yes.",
        "According to the documents, it rained.",
        "It closed in 1990, didn't it?",
        "Opened in 1990:",
        "它在1990年开业。",
        "Here is what the minister said about the strike: it is over.",
        "In summary, prices rose.",
        "The answer is 42.",
    ],
)
def test_what_may_be_a_claim_needs_one(sentence: str) -> None:
    assert makes_claim(sentence)
