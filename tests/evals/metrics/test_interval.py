import pytest
from hypothesis import given
from hypothesis import strategies as st

from evals.metrics.interval import interval


@pytest.mark.parametrize(
    ("mean", "n", "low", "high"),
    [
        (0.5, 10, 0.2366, 0.7634),  # textbook values
        (0.0, 10, 0.0, 0.2775),
        (1.0, 24, 0.8620, 1.0),
        (0.5, 0, 0.0, 1.0),
    ],
)
def test_by_hand(mean, n, low, high):
    assert interval(mean, n) == pytest.approx((low, high), abs=1e-4)


@given(st.floats(0, 1), st.integers(1, 10_000))
def test_it_holds_the_mean_and_narrows_with_more_questions(mean, n):
    low, high = interval(mean, n)
    assert 0 <= low <= mean + 1e-9
    assert mean - 1e-9 <= high <= 1
    wider = interval(mean, n + 1)
    assert wider[1] - wider[0] <= high - low + 1e-9
