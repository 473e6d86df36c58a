import pytest

from core.errors import InvalidRequest
from evals.figures.catalogue import METRICS
from evals.figures.types import Measured
from evals.gate import Gate, failures, parse_gates


def test_gates_are_read():
    assert parse_gates(["hit@5=0.9", " evidence_cited = .78 "], ["latency_p95_ms=250"]) == (
        Gate("hit@5", 0.9),
        Gate("evidence_cited", 0.78),
        Gate("latency_p95_ms", 250, is_maximum=True),
    )


def test_all_bad_gates_are_told_and_the_names_listed():
    with pytest.raises(InvalidRequest) as caught:
        parse_gates(["hit@5", "hits=1", "hit@1=much", "mrr@10=nan"], ["speed=1"])
    assert caught.value.message.split("\n") == [
        '--min "hit@5" is not METRIC=VALUE.',
        '--min "hits=1": there is no metric "hits".',
        '--min "hit@1=much": "much" is not a number.',
        '--min "mrr@10=nan": "nan" is not a number.',
        '--max "speed=1": there is no metric "speed".',
    ]
    assert all(name in caught.value.hint for name in METRICS)


@pytest.mark.parametrize(
    ("value", "is_maximum", "kept"),
    [
        (0.9, False, True),
        (0.8, False, True),
        (0.79, False, False),
        (0.79, True, True),
        (0.8, True, True),
        (0.81, True, False),
    ],
)
def test_a_bound_itself_is_kept(value, is_maximum, kept):
    failed = failures([Gate("hit@5", 0.8, is_maximum)], {"hit@5": Measured(value, 10)})
    assert (failed == ()) is kept


def test_failures_say_the_bound_and_the_value():
    figures = {"hit@5": Measured(0.5, 10), "refused_rate": Measured(None, 0)}
    failed = failures([Gate("hit@5", 0.8), Gate("refused_rate", 0.5)], figures)
    assert [str(failure) for failure in failed] == ["hit@5 ≥ 0.8: 0.5", "refused_rate ≥ 0.5: not measured"]
