import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from evals.metrics.percentile import percentile

VALUES = st.lists(st.floats(0, 1e6), min_size=1, max_size=40)


@pytest.mark.parametrize(
    ("values", "percent", "expected"),
    [
        ([5.0], 95, 5.0),
        ([10.0, 20.0], 50, 15.0),
        ([3.0, 1.0, 2.0], 50, 2.0),
        ([float(n) for n in range(1, 21)], 95, 19.05),  # position 18.05, counted from 0
        ([], 50, None),
    ],
)
def test_by_hand(values, percent, expected):
    assert percentile(values, percent) == pytest.approx(expected)


@given(VALUES, st.integers(0, 100))
def test_agrees_with_numpy(values, percent):
    assert percentile(values, percent) == pytest.approx(float(np.percentile(values, percent)))


@given(VALUES, st.randoms())
def test_the_order_of_the_values_is_free(values, random):
    assert percentile(random.sample(values, len(values)), 95) == percentile(values, 95)
