import pytest

from evals.metrics.answered_wrong import answered_wrong


@pytest.mark.parametrize(
    ("answerable", "cited", "f1", "expected"),
    [
        (False, None, None, 1.0),  # nothing could have been right
        (True, True, 0.0, 0.0),  # the place is right
        (True, False, 0.5, 0.0),  # the words are right
        (True, False, 0.49, 1.0),
        (True, None, 0.2, 1.0),
        (True, False, None, 1.0),
        (True, None, None, 0.0),  # the set does not say
    ],
)
def test_by_hand(answerable, cited, f1, expected):
    assert answered_wrong(answerable, cited, f1) == expected
