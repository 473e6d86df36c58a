"""Dense search: exact cosines, and files that are whole or refused."""

import faiss
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.errors import IndexBroken
from index.dense import DenseIndex


def keys(*values):
    return np.array(values, dtype=np.int64)


def vectors(*rows):
    return np.array(rows, dtype=np.float32)


@pytest.fixture
def plane():
    index = DenseIndex(2)
    index.add(keys(10, 20, 30), vectors([1, 0], [0.6, 0.8], [-1, 0]))
    return index


def test_scores_are_the_cosines_best_first(plane):
    found = plane.search(np.array([0.8, 0.6], dtype=np.float32), 3)
    assert [key for key, _ in found] == [20, 10, 30]
    assert [score for _, score in found] == pytest.approx([0.96, 0.8, -0.8], abs=1e-6)


@pytest.mark.parametrize("length", [0.001, 1, 250])
def test_the_length_of_the_query_does_not_matter(plane, length):
    query = np.array([0.8, 0.6], dtype=np.float32) * np.float32(length)
    assert [score for _, score in plane.search(query, 3)] == pytest.approx([0.96, 0.8, -0.8], abs=1e-5)
    assert plane.scores(query, [30, 10]) == pytest.approx([-0.8, 0.8], abs=1e-5)


def test_more_hits_than_there_are_vectors_gives_them_all(plane):
    assert len(plane.search(np.array([1, 0], dtype=np.float32), 100)) == 3
    assert [key for key, _ in plane.search(np.array([1, 0], dtype=np.float32), 1)] == [10]


def test_an_empty_index_finds_nothing():
    index = DenseIndex(3)
    assert len(index) == 0
    assert index.search(np.ones(3, dtype=np.float32), 5) == []
    assert index.scores(np.ones(3, dtype=np.float32), [1]) == [0.0]


def test_a_key_that_is_not_there_scores_zero(plane):
    assert plane.scores(np.array([1, 0], dtype=np.float32), [99, 10]) == [0.0, 1.0]


@pytest.mark.parametrize("shape", [(1, 3), (2, 2), (1, 1)])
def test_vectors_of_another_shape_are_refused(plane, shape):
    with pytest.raises(IndexBroken, match="do not fit dimension 2"):
        plane.add(keys(40), np.ones(shape, dtype=np.float32))
    assert len(plane) == 3


def test_removed_keys_are_not_found_and_unknown_ones_do_no_harm(plane):
    plane.remove(keys(20, 99))
    plane.remove(keys())
    assert sorted(plane.keys) == [10, 30]
    assert [key for key, _ in plane.search(np.array([0.8, 0.6], dtype=np.float32), 3)] == [10, 30]


def test_a_clone_goes_its_own_way(plane):
    clone = plane.clone()
    clone.remove(keys(10))
    clone.add(keys(40, 50), vectors([0, 1], [0, -1]))
    assert sorted(plane.keys) == [10, 20, 30]
    assert sorted(clone.keys) == [20, 30, 40, 50]


def test_saved_and_loaded_it_is_the_same(plane, tmp_path):
    plane.save(tmp_path / "a.faiss")
    loaded = DenseIndex.load(tmp_path / "a.faiss")
    query = np.array([0.3, 0.7], dtype=np.float32)
    assert loaded.search(query, 3) == plane.search(query, 3)
    assert (loaded.dimension, len(loaded)) == (2, 3)
    loaded.remove(keys(10))
    assert len(loaded) == 2
    assert [file.name for file in tmp_path.iterdir()] == ["a.faiss"]


@pytest.mark.parametrize("share", [0, 0.3, 0.95])
def test_half_a_file_is_broken(plane, tmp_path, share):
    file = tmp_path / "a.faiss"
    plane.save(file)
    whole = file.read_bytes()
    file.write_bytes(whole[: int(len(whole) * share)])
    with pytest.raises(IndexBroken, match=r"a\.faiss"):
        DenseIndex.load(file)


def test_no_file_and_another_kind_of_index_are_broken(tmp_path):
    with pytest.raises(IndexBroken):
        DenseIndex.load(tmp_path / "none.faiss")
    faiss.write_index(faiss.IndexFlatIP(4), str(tmp_path / "flat.faiss"))
    with pytest.raises(IndexBroken, match="IndexFlatIP"):
        DenseIndex.load(tmp_path / "flat.faiss")


@settings(max_examples=50, deadline=None)
@given(st.integers(0, 2**32 - 1), st.integers(1, 40), st.integers(1, 50))
def test_search_agrees_with_the_sum_done_by_hand(seed, n, k):
    rng = np.random.default_rng(seed)
    rows = rng.normal(size=(n, 8))
    rows = (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)
    names = rng.permutation(1000)[:n].astype(np.int64)
    index = DenseIndex(8)
    index.add(names, rows)
    query = rng.normal(size=8).astype(np.float32)
    expected = dict(zip(names.tolist(), (rows @ (query / np.linalg.norm(query))).tolist(), strict=True))
    found = index.search(query, k)
    assert len(found) == min(n, k)
    assert [score for _, score in found] == pytest.approx(sorted(expected.values(), reverse=True)[:k], abs=1e-5)
    assert all(score == pytest.approx(expected[key], abs=1e-5) for key, score in found)
