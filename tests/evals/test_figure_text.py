import pytest

from evals.figure_text import number_text, signed_text


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


@pytest.mark.parametrize(
    ("name", "value", "shown"),
    [("hit@5", -0.25, "-25.0 pp"), ("mrr@10", 0.01, "+0.010"), ("latency_p95_ms", 3.0, "+3.0")],
)
def test_differences_have_a_sign(name, value, shown):
    assert signed_text(name, value) == shown
