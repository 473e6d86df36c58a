import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from evals.metrics.supported import supported
from evals.text_match import fold

QUOTE = "The conference was held in Beijing from December 27th to 28th, 2023, with Xi Jinping attending."


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        (QUOTE, True),
        ("The  conference was\nheld in Beijing", True),  # verbatim but for white space
        ("It was held in Beijing in December.", True),
        ("The conference was held in Shanghai from December 27th to 28th, 2023, with Xi Jinping attending.", False),
        ("The conference was held in Beijing from December 26th to 28th, 2023, with Xi Jinping attending.", False),
        ("Farmers asked for lower prices of seeds.", False),
        ("", False),
    ],
)
def test_facts_must_be_in_the_quote(sentence, expected):
    assert supported(sentence, [QUOTE]) is expected


def test_two_quotes_support_a_sentence_together():
    assert supported("Xi Jinping was in Beijing.", ["Xi Jinping was there.", "It was held in Beijing."])
    assert not supported("Xi Jinping was in Beijing.", [])


@given(st.text(min_size=1), st.text(), st.text())
def test_what_is_quoted_is_supported(sentence, before, after):
    assume(fold(sentence).text)  # invisible characters alone say nothing
    assert supported(sentence, [f"{before} {sentence} {after}"])
