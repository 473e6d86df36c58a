"""Fusion, worked by hand."""

import pytest

from index.fuse import fuse_ranks, fuse_scores


def test_cosines_are_stretched_and_bm25_is_divided_by_its_best():
    dense = {1: 0.9, 2: 0.5, 3: 0.1}
    words = {2: 4.0, 3: 8.0}
    # dense: 1 → 1, 2 → 0.5, 3 → 0; words: 2 → 0.5, 3 → 1
    assert fuse_scores(dense, words, 0.5) == [(1, 0.5), (2, 0.5), (3, 0.5)]
    assert fuse_scores(dense, words, 0.75) == [
        (1, pytest.approx(0.75)),
        (2, pytest.approx(0.5)),
        (3, pytest.approx(0.25)),
    ]
    assert fuse_scores(dense, words, 0.0) == [(3, 1.0), (2, 0.5), (1, 0.0)]


def test_one_side_alone_keeps_its_order():
    assert fuse_scores({5: 0.2, 6: 0.7}, {}, 0.5) == [(6, 0.5), (5, 0.0)]
    assert fuse_scores({}, {5: 3.0, 6: 1.5}, 0.5) == [(5, 0.5), (6, 0.25)]


def test_equal_cosines_and_nothing_at_all():
    assert fuse_scores({1: 0.4, 2: 0.4}, {}, 1.0) == [(1, 0.0), (2, 0.0)]
    assert fuse_scores({}, {}, 0.5) == []


def test_reciprocal_ranks_add_up():
    assert fuse_ranks([[7, 8], [8, 9]]) == [
        (8, pytest.approx((1 / 62 + 1 / 61) * 61 / 2)),
        (7, pytest.approx(1 / 2)),
        (9, pytest.approx(1 / 62 * 61 / 2)),
    ]
    assert fuse_ranks([[4], [4]]) == [(4, pytest.approx(1))]
    assert fuse_ranks([]) == []
