"""recall@k, nDCG@k and MAP@k by hand, and against ir-measures on the same rankings."""

from math import log2

import ir_measures
import pytest
from hypothesis import given
from hypothesis import strategies as st
from ir_measures import AP, Qrel, R, ScoredDoc, nDCG

from evals.metrics.average_precision import average_precision
from evals.metrics.ndcg import ndcg_at
from evals.metrics.recall import recall_at

GRADES = st.lists(st.integers(0, 3), min_size=1, max_size=15)
UNFOUND = st.lists(st.integers(1, 3), max_size=4)
K = st.sampled_from([1, 3, 5, 10])


def by_ir_measures(measure, grades, unfound):
    """The measure of one query whose hit number i has grades[i], and whose other evidence nothing finds."""
    qrels = [Qrel("q", f"d{i}", grade) for i, grade in enumerate(grades)]
    qrels += [Qrel("q", f"u{i}", grade) for i, grade in enumerate(unfound)]
    run = [ScoredDoc("q", f"d{i}", 100.0 - i) for i in range(len(grades))]
    return ir_measures.calc_aggregate([measure], qrels, run)[measure]


@given(GRADES, UNFOUND, K)
def test_all_agree_with_ir_measures(grades, unfound, k):
    relevant = [grade for grade in grades if grade] + unfound
    n, pieces = len(relevant), [int(grade > 0) for grade in grades]
    found = ndcg_at(grades, relevant, k), average_precision(pieces, n, k), recall_at(pieces, n, k)
    if not relevant:
        assert found == (0, 0, 0)
        return
    theirs = [by_ir_measures(measure @ k, grades, unfound) for measure in (nDCG, AP, R)]
    assert found == pytest.approx(theirs, abs=1e-9)


def test_by_hand():
    grades, relevant, pieces = [0, 2, 0, 1], [1, 2, 3], [0, 1, 0, 1]
    assert recall_at(pieces, 3, 3) == pytest.approx(1 / 3)
    assert average_precision(pieces, 3, 10) == pytest.approx((1 / 2 + 2 / 4) / 3)
    best = 3 + 2 / log2(3) + 1 / 2
    assert ndcg_at(grades, relevant, 10) == pytest.approx((2 / log2(3) + 1 / log2(5)) / best)


def test_nothing_found_and_nothing_to_find_score_nothing():
    assert (ndcg_at([], [1], 10), average_precision([], 1, 10), recall_at([], 1, 10)) == (0, 0, 0)
    assert (ndcg_at([0], [], 10), average_precision([0], 0, 10), recall_at([0], 0, 10)) == (0, 0, 0)


def test_one_hit_may_find_several_pieces():
    found = [3, 0, 0, 1]
    assert recall_at(found, 4, 1) == 3 / 4
    assert recall_at(found, 4, 5) == 1
    assert average_precision(found, 4, 10) == pytest.approx((3 * 1 + 2 / 4) / 4)
    assert ndcg_at(found, [1, 1, 1, 1], 10) == 1.0  # three in one place beat three in a row
