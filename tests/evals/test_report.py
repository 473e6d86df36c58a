import pytest

from evals.report import number_text


@pytest.mark.parametrize(
    ("name", "value", "shown"),
    [
        ("hit@5", 0.9375, "93.8 %"),
        ("mrr@10", 0.79538, "0.795"),
        ("latency_p95_ms", 61.25, "61.2"),
        ("refused_rate", None, "–"),
    ],
)
def test_figures_are_shown_in_their_unit(name, value, shown):
    assert number_text(name, value) == shown
