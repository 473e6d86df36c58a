from argparse import Namespace

import pytest

from training.train_reader import rate


@pytest.mark.parametrize(
    ("decay", "expected"), [(1.0, [1, 0.5, 0.01]), (0.5, [1, 1, 0.02]), (0.0, [1, 1, 1])], ids=["all", "half", "none"]
)
def test_the_rate_goes_down_over_the_share_of_steps_that_is_asked_for(decay: float, expected: list[float]) -> None:
    options = Namespace(learning_rate=1.0, decay=decay, warm_up=6)
    found = [rate(step, 100, options) for step in (6, 50, 99)]
    assert found == pytest.approx(expected, abs=0.07)
    assert rate(0, 100, options) < 0.2
