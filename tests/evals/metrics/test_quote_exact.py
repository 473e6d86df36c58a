import pytest

from evals.metrics.quote_exact import quote_exact


@pytest.mark.parametrize(
    ("start", "end", "quote", "expected"),
    [
        (4, 7, "was", 1.0),
        (4, 7, "Was", 0.0),
        (3, 7, "was", 0.0),
        (-3, 11, "low", 0.0),  # Python would count from the end
        (8, 99, "low", 0.0),  # Python would stop at the end
        (4, 4, "", 0.0),
    ],
)
def test_by_hand(start, end, quote, expected):
    assert quote_exact("sea was low", start, end, quote) == expected
