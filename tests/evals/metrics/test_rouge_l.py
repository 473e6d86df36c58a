import pytest
from hypothesis import given
from hypothesis import strategies as st

from evals.metrics.rouge_l import rouge_l
from evals.metrics.token_f1 import token_f1

WORDS = st.lists(st.sampled_from(["rome", "was", "built", "in", "one", "day", "not"]), max_size=8).map(" ".join)


@pytest.mark.parametrize(
    ("answer", "references", "expected"),
    [
        ("the cat sat on the mat", ["The cat sat on a mat."], 1.0),  # articles and punctuation do not count
        ("police killed gunman", ["police kill gunman"], 2 / 3),
        ("gunman police kill", ["police kill gunman"], 2 / 3),  # the order counts: two of three in a row
        ("a b c d", ["x", "b d"], 2 * 2 / (3 + 2)),  # "a" is an article; the best reference counts
        ("nothing alike", ["else"], 0.0),
        ("", ["else"], 0.0),
        ("", ["the"], 1.0),
    ],
)
def test_by_hand(answer, references, expected):
    assert rouge_l(answer, references) == pytest.approx(expected)


@given(WORDS, WORDS)
def test_order_can_only_cost_against_the_words_alone(answer, reference):
    assert 0 <= rouge_l(answer, [reference]) <= token_f1(answer, [reference]) + 1e-12
    assert rouge_l(answer, [reference]) == pytest.approx(rouge_l(reference, [answer]))
