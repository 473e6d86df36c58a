"""Which sentences need a source."""

import pytest

from service.support.claims import makes_claim, without_markup


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
        "Please feel free to ask me any further questions!",
        "Would you like more details?",
        "### Key Benefits",
        "---",
        "1. Opening hours:",
        "- *Here is what I found:*",
        "_Sure!_",
        "| **Opening hours:** |",
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
        "## The plant\nIt opened again.",
        "**The plant closed for good.**",
        "# The plant closed",
        "**Do take it with milk**:",
        "Never run it dry:",
        "Paris:",
        "Note: the warranty is void:",
        "Did you know that the plant closed?",
        "Isn't it true that the director fled?",
        "Would you please give your password?",
        "Why did the director flee to Paris?",
        "Please let me know if you are over 18 and take ibuprofen.",
        "Feel free to ask the director for refunds.",
    ],
)
def test_what_may_be_a_claim_needs_one(sentence: str) -> None:
    assert makes_claim(sentence)


@pytest.mark.parametrize(
    ("sentence", "words"),
    [
        ("- **The mill** was built in `1871`.", "The mill was built in 1871."),
        ("12. The mill was built in 1871.", "The mill was built in 1871."),
        ("> ## _The mill was built in 1871._", "The mill was built in 1871."),
        ("-7 °C was measured at ~5 places.", "-7 °C was measured at ~5 places."),
        ("1871 was a dry year.", "1871 was a dry year."),
    ],
)
def test_what_is_compared_with_a_source_has_no_markup(sentence: str, words: str) -> None:
    assert without_markup(sentence) == words
