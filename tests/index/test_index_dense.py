"""Dense search: exact cosines of what is there and allowed, and base files that are whole or refused."""

from dataclasses import replace

import faiss
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.errors import IndexBroken
from index.dense import base as base_module
from index.dense import index as index_module
from index.dense import manifest
from index.dense.base import Base
from index.dense.choice import Choice, Choices
from index.dense.delta import Delta
from index.dense.index import DenseIndex, Parts
from index.dense.keys import places_of
from index.dense.manifest import Manifest


def keys(*values):
    return np.array(values, dtype=np.int64)


def vectors(*rows):
    return np.array(rows, dtype=np.float32)


def unit_rows(rng, n, dimension=8):
    rows = rng.normal(size=(n, dimension))
    return (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype("<f2").astype(np.float32)


def save(folder, names, rows, kind="flat"):
    """A base as it is written, and opened."""
    if kind == "flat":
        index = faiss.IndexScalarQuantizer(rows.shape[1], faiss.ScalarQuantizer.QT_fp16, faiss.METRIC_INNER_PRODUCT)
    else:
        index = faiss.index_factory(rows.shape[1], kind, faiss.METRIC_INNER_PRODUCT)
        index.cp.min_points_per_centroid = 1
    index.train(rows)
    index.add(rows)
    faiss.write_index(index, str(folder / "a.faiss"))
    np.save(folder / "a.npy", names)
    return Base.open(folder / "a.faiss", folder / "a.npy", 4)


def dense(base, delta, stored):
    """As over a catalog that has the ``stored`` vectors by key."""

    def fetch(wanted):
        present = sorted(set(wanted.tolist()) & stored.keys())
        rows = np.array([stored[key] for key in present], dtype=np.float32)
        return keys(*present), rows.reshape(len(present), delta.vectors.shape[1])

    live = Choice.all(len(base)) if base is not None else Choice.all(0)
    return DenseIndex(Parts(base, live, delta), fetch)


@pytest.fixture
def plane():
    rows = vectors([1, 0], [0.6, 0.8], [-1, 0])
    delta = Delta.empty(2).changed(keys(10, 20, 30), rows, keys())
    return dense(None, delta, dict(zip((10, 20, 30), rows, strict=True)))


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
    assert plane.search(np.array([1, 0], dtype=np.float32), 0) == []


def test_an_empty_index_finds_nothing():
    index = dense(None, Delta.empty(3), {})
    assert len(index) == 0
    assert index.search(np.ones(3, dtype=np.float32), 5) == []
    assert index.search(np.ones(3, dtype=np.float32), 5, keys(1, 2)) == []
    assert index.scores(np.ones(3, dtype=np.float32), [1]) == [0.0]


def test_a_key_that_is_not_there_scores_zero(plane):
    assert plane.scores(np.array([1, 0], dtype=np.float32), [99, 10]) == [0.0, 1.0]


def test_a_longer_delta_leaves_the_shorter_one_as_it_was():
    first = Delta.empty(2).changed(keys(1, 2), vectors([1, 0], [0, 1]), keys())
    first = first.changed(keys(3), vectors([1, 0]), keys(2))  # with room for a fourth
    longer = first.changed(keys(4), vectors([1, 0]), keys(1))
    other = first.changed(keys(7), vectors([0, 1]), keys())
    assert (list(first.keys), list(longer.keys), list(other.keys)) == ([1, 2, 3], [1, 2, 3, 4], [1, 2, 3, 7])
    assert (len(first), len(longer), len(other)) == (2, 2, 3)
    assert [key for key, _ in dense(None, longer, {}).search(np.array([1, 0], dtype=np.float32), 4)] == [3, 4]
    assert (longer.vectors[3].tolist(), other.vectors[3].tolist()) == ([1, 0], [0, 1])


def test_of_equal_scores_the_lower_key_is_first():
    delta = Delta.empty(2).changed(keys(3, 5, 8), vectors([1, 0], [1, 0], [1, 0]), keys())
    assert [key for key, _ in dense(None, delta, {}).search(np.array([1, 0], dtype=np.float32), 3)] == [3, 5, 8]


@pytest.mark.parametrize("share", [0, 0.3, 0.95])
@pytest.mark.parametrize("name", ["a.faiss", "a.npy"])
@pytest.mark.parametrize("kind", ["flat", "IVF2,SQ8"])
def test_half_a_file_is_broken(tmp_path, share, name, kind):
    save(tmp_path, np.arange(50, dtype=np.int64), unit_rows(np.random.default_rng(0), 50), kind)
    whole = (tmp_path / name).read_bytes()
    (tmp_path / name).unlink()  # the mapped one stays as it is
    (tmp_path / name).write_bytes(whole[: int(len(whole) * share)])
    with pytest.raises(IndexBroken):
        Base.open(tmp_path / "a.faiss", tmp_path / "a.npy", 0)


def test_no_file_another_kind_of_index_and_other_keys_are_broken(tmp_path):
    rows = unit_rows(np.random.default_rng(0), 5)
    save(tmp_path, np.arange(5, dtype=np.int64), rows)
    with pytest.raises(IndexBroken):
        Base.open(tmp_path / "none.faiss", tmp_path / "a.npy", 0)
    faiss.write_index(faiss.IndexFlatIP(8), str(tmp_path / "flat.faiss"))
    with pytest.raises(IndexBroken, match="IndexFlatIP"):
        Base.open(tmp_path / "flat.faiss", tmp_path / "a.npy", 0)
    np.save(tmp_path / "four.npy", np.arange(4, dtype=np.int64))
    with pytest.raises(IndexBroken, match="a key for each of 5 vectors"):
        Base.open(tmp_path / "a.faiss", tmp_path / "four.npy", 0)


def test_a_manifest_is_read_as_it_was_written_and_not_when_it_is_of_another_format(tmp_path):
    from index.collections import IndexSpec

    told = Manifest("c", 3, 90, 50, "ivf-sq8", 32, "a", "b", "c", "d", IndexSpec("e", 8, 1, 2))
    manifest.write(tmp_path, 7, told)
    assert manifest.read(tmp_path, 7) == told
    assert manifest.read(tmp_path, 8) is None
    path = manifest.path_of(tmp_path, 7)
    path.write_text(path.read_text().replace('"format_version": 2', '"format_version": 1'))
    assert manifest.read(tmp_path, 7) is None


@pytest.mark.parametrize("kind", ["flat", "IVF4,SQ8"])
def test_the_best_of_the_allowed_are_found_in_base_and_delta(tmp_path, monkeypatch, kind):
    monkeypatch.setattr(index_module, "_FEW", 0)
    rows = unit_rows(np.random.default_rng(2), 60)
    stored = dict(enumerate(rows))
    base = save(tmp_path, np.arange(40, dtype=np.int64), rows[:40], kind)
    delta = Delta.empty(8).changed(np.arange(40, 60, dtype=np.int64), rows[40:], keys())
    allowed = np.arange(1, 60, 3, dtype=np.int64)
    found = [key for key, _ in dense(base, delta, stored).search(rows[0], 5, allowed)]
    assert found == allowed[np.argsort(-(rows[allowed] @ rows[0]))[:5]].tolist()


@settings(max_examples=100)
@given(
    st.integers(0, 2**32 - 1), st.integers(0, 60), st.integers(0, 40), st.integers(1, 50),
    st.sampled_from(["flat", "IVF4,SQ8"]), st.sampled_from([0, 500]), st.sampled_from([None, 0.0, 0.2, 1.0]),
)  # fmt: skip
def test_search_agrees_with_the_sum_done_by_hand(tmp_path_factory, seed, n, m, k, kind, few, share):
    """Base, delta, removed ones of both, and allowed ones, among them keys that are not there."""
    rng = np.random.default_rng(seed)
    names = np.sort(rng.permutation(1000)[: n + m]).astype(np.int64)
    rows = unit_rows(rng, n + m)
    base = None
    if n > 4:
        base = save(tmp_path_factory.mktemp("base"), names[:n], rows[:n], kind)
    start = n if base is not None else 0
    parts = Parts(base, Choice.all(len(base) if base is not None else 0), Delta.empty(8))
    removed = np.unique(rng.choice(1000, 30))
    half = start + (len(names) - start) // 2
    parts = parts.changed(names[start:half], rows[start:half], keys())
    parts = parts.changed(names[half:], rows[half:], removed)
    left = {int(key): row for key, row in zip(names, rows, strict=True) if key not in removed}
    allowed = None if share is None else np.flatnonzero(rng.random(1000) < share).astype(np.int64)
    wanted = left if allowed is None else {key: row for key, row in left.items() if key in allowed}
    query = rng.normal(size=8).astype(np.float32)
    expected = sorted((float(row @ (query / np.linalg.norm(query))) for row in wanted.values()), reverse=True)[:k]
    index = dense(None, parts.delta, left)
    index._parts = parts
    assert len(index) == len(left)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(index_module, "_FEW", few)
        found = index.search(query, k, allowed)
    assert [score for _, score in found] == pytest.approx(expected, abs=1e-5)
    unit = query / np.linalg.norm(query)
    assert all(score == pytest.approx(float(wanted[key] @ unit), abs=1e-5) for key, score in found)
    assert len({key for key, _ in found}) == len(found)


def test_looking_into_some_cells_finds_most_and_as_many_as_are_asked_for(tmp_path, monkeypatch):
    monkeypatch.setattr(base_module, "_ALL_CELLS", 0)
    rng = np.random.default_rng(4)
    rows = unit_rows(rng, 100, 16)[rng.integers(100, size=4000)] + rng.normal(scale=0.05, size=(4000, 16))
    rows = (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)
    base = replace(save(tmp_path, np.arange(4000, dtype=np.int64), rows, "IVF64,SQ8"), probes=8)
    queries = unit_rows(rng, 50, 16)
    everything = Choice.all(4000)
    found = [set(base.search(query, 30, everything)[0].tolist()) for query in queries]
    best = [set(np.argsort(-(rows @ query))[:10].tolist()) for query in queries]
    assert np.mean([len(a & b) / 10 for a, b in zip(found, best, strict=True)]) > 0.9
    assert len(base.search(queries[0], 4000, everything)[0]) == 4000
    tenth = Choice.only(np.arange(0, 4000, 10), 4000)
    some = base.search(queries[0], 300, tenth)[0]
    assert len(some) == 300
    assert not set((some % 10).tolist()) - {0}


@given(st.sets(st.integers(0, 300)), st.sets(st.integers(0, 300)))
def test_the_places_of_keys_and_the_bits_of_places(some, others):
    own = keys(*sorted(some))
    places = places_of(keys(*sorted(others)), own)
    assert set(own[places].tolist()) == some & others
    choice = Choice.all(len(own)).without(places)
    assert choice.count == len(some - others)
    assert Choice.only(places, len(own)).both(choice).count == 0


def test_what_keys_choose_is_remembered_only_for_an_array_that_stays_as_it_is():
    choices = Choices(np.arange(10, 20, dtype=np.int64))
    fixed, loose = keys(11, 15), keys(11, 15)
    fixed.flags.writeable = False
    assert choices.of(fixed) is choices.of(fixed)
    assert choices.of(loose).count == 2
    loose[:] = 18, 99
    assert choices.of(loose).count == 1
    for _ in range(100):  # arrays that take the place of others in memory
        some = keys(10, 12, 14)
        some.flags.writeable = False
        assert choices.of(some).count == 3
