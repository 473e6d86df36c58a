import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import roc_auc_score

from evals.metrics.auroc import auroc

SCORES = st.lists(st.integers(0, 20).map(lambda n: n / 20), min_size=1, max_size=20)


@pytest.mark.parametrize(
    ("positive", "negative", "expected"),
    [
        ([0.9, 0.8], [0.1], 1.0),
        ([0.1], [0.9, 0.8], 0.0),
        ([0.5], [0.5], 0.5),
        ([0.9, 0.4], [0.5, 0.3], 0.75),  # three of the four pairs are in order
        ([0.9, 0.5], [0.5, 0.3], 0.875),  # three, and one tie
        ([], [0.5], None),
        ([0.5], [], None),
    ],
)
def test_by_hand(positive, negative, expected):
    assert auroc(positive, negative) == expected


@given(SCORES, SCORES)
def test_agrees_with_scikit_learn(positive, negative):
    labels = [1] * len(positive) + [0] * len(negative)
    assert auroc(positive, negative) == pytest.approx(roc_auc_score(labels, positive + negative))


@given(SCORES, SCORES)
def test_only_the_order_counts(positive, negative):
    def stretched(scores):
        return [math.exp(3 * score) - 7 for score in scores]

    assert auroc(stretched(positive), stretched(negative)) == auroc(positive, negative)


@given(SCORES, SCORES)
def test_exchanging_the_sides_mirrors_it(positive, negative):
    assert auroc(positive, negative) + auroc(negative, positive) == pytest.approx(1.0)
