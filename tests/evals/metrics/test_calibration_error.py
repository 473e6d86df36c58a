import pytest
from hypothesis import given
from hypothesis import strategies as st

from evals.metrics.calibration_error import calibration_error


@pytest.mark.parametrize(
    ("confidences", "outcomes", "expected"),
    [
        ([1.0, 1.0, 0.0], [True, True, False], 0.0),
        ([1.0], [False], 1.0),
        # one bin: mean confidence 0.75, half of them true
        ([0.75, 0.75], [True, False], 0.25),
        # bin 0.9: 0.9 against 1 (two of three cases); bin 0.2: 0.2 against 0 (one of three)
        ([0.9, 0.9, 0.2], [True, True, False], (2 * 0.1 + 1 * 0.2) / 3),
        ([], [], None),
    ],
)
def test_by_hand(confidences, outcomes, expected):
    assert calibration_error(confidences, outcomes) == pytest.approx(expected)


@given(st.lists(st.tuples(st.floats(0, 1), st.booleans()), min_size=1, max_size=30))
def test_it_lies_between_0_and_1(pairs):
    assert 0 <= calibration_error([c for c, _ in pairs], [o for _, o in pairs]) <= 1
