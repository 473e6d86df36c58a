import ir_measures
import pytest
from hypothesis import given
from hypothesis import strategies as st
from ir_measures import RR, Qrel, ScoredDoc, Success

from evals.metrics.hit import hit_at
from evals.metrics.reciprocal_rank import reciprocal_rank

RANKINGS = st.lists(st.booleans(), max_size=15)


def by_ir_measures(measure, relevant):
    """The measure of one query whose hit number i is relevant where relevant[i] is."""
    qrels = [Qrel("q", f"d{i}", int(is_relevant)) for i, is_relevant in enumerate(relevant)]
    run = [ScoredDoc("q", f"d{i}", 100.0 - i) for i in range(len(relevant))]
    return ir_measures.calc_aggregate([measure], [*qrels, Qrel("q", "unfound", 1)], run)[measure]


@pytest.mark.parametrize(
    ("relevant", "k", "expected"),
    [
        ([False, False, True], 1, 0.0),
        ([False, False, True], 3, 1.0),
        ([True], 10, 1.0),
        ([False] * 5 + [True], 5, 0.0),
        ([], 3, 0.0),
    ],
)
def test_hit_at_k_by_hand(relevant, k, expected):
    assert hit_at(relevant, k) == expected


@pytest.mark.parametrize(
    ("relevant", "expected"),
    [
        ([True, True], 1.0),
        ([False, True], 1 / 2),
        ([False] * 3 + [True], 1 / 4),
        ([False] * 10 + [True], 0.0),
        ([], 0.0),
    ],
)
def test_reciprocal_rank_by_hand(relevant, expected):
    assert reciprocal_rank(relevant, 10) == expected


@given(RANKINGS.filter(bool), st.sampled_from([1, 3, 5, 10]))
def test_both_agree_with_ir_measures(relevant, k):
    assert hit_at(relevant, k) == by_ir_measures(Success @ k, relevant)
    assert reciprocal_rank(relevant, k) == pytest.approx(by_ir_measures(RR @ k, relevant))


@given(RANKINGS, st.integers(1, 12))
def test_a_longer_list_never_scores_less_and_rank_never_beats_presence(relevant, k):
    assert hit_at(relevant, k) <= hit_at(relevant, k + 1)
    assert reciprocal_rank(relevant, k) <= hit_at(relevant, k)
