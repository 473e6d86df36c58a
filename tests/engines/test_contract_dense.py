"""Every engine: dense search gives the cosines of the stored vectors, best first, of what is allowed."""

import numpy as np
import pytest
from engine_reference import best, cosines
from engine_samples import document, put, random_vectors, seen, unit

from index.dense.building import DenseSettings


def filled(store, vectors, name="c", per_document=50):
    for start in range(0, len(vectors), per_document):
        some = vectors[start : start + per_document]
        put(store, name, document(f"file:///{start}", [f"word{start + i}" for i in range(len(some))], some))


def vectors_by_key(one, vectors):
    return {key: vectors[int(text.removeprefix("word"))] for key, text in one.texts.items()}


def keys(*values):
    return np.array(values, dtype=np.int64)


def check(found, scores, k, tolerance):
    """The k best by their scores, in order; of those that are as good as equal, any."""
    assert [score for _, score in found] == pytest.approx([score for _, score in best(scores, k)], abs=tolerance)
    assert [score for _, score in found] == pytest.approx([scores[key] for key, _ in found], abs=tolerance)
    assert len({key for key, _ in found}) == len(found)


@pytest.mark.parametrize("length", [0.01, 1.0, 250.0])
def test_scores_are_cosines_of_a_query_of_any_length(place, store, length):
    vectors = random_vectors(60)
    filled(store, vectors)
    query = (random_vectors(1, seed=1)[0] * length).astype(np.float32)
    with seen(store, "c") as one:
        scores = cosines(vectors_by_key(one, vectors), query)
        assert len(one.dense) == 60
        check(one.dense.search(query, 10), scores, 10, place.precision.cosine)
        asked = sorted(scores)[5:30:5]
        expected = [scores[key] for key in asked]
        assert one.dense.scores(query, asked) == pytest.approx(expected, abs=place.precision.cosine)


def test_of_equal_scores_the_lower_key_is_first(store):
    same = np.tile(random_vectors(1), (40, 1))
    filled(store, same, per_document=7)
    with seen(store, "c") as one:
        found = one.dense.search(same[0].astype(np.float32), 12)
        assert [key for key, _ in found] == sorted(one.texts)[:12]


def test_more_than_there_are_gives_all_and_none_gives_none(place, store):
    vectors = random_vectors(7)
    filled(store, vectors)
    query = vectors[3].astype(np.float32)
    with seen(store, "c") as one:
        check(one.dense.search(query, 100), cosines(vectors_by_key(one, vectors), query), 7, place.precision.cosine)
        assert one.dense.search(query, 0) == []


def test_an_empty_collection_finds_nothing(store):
    store.open_collection("c")
    with seen(store, "c") as one:
        query = np.ones(8, dtype=np.float32)
        assert len(one.dense) == 0
        assert one.dense.search(query, 5) == []
        assert one.dense.search(query, 5, keys(1, 2)) == []
        assert one.dense.scores(query, [1]) == [0.0]
        assert one.dense.scores(query, []) == []


def test_a_key_that_is_not_there_scores_zero(store):
    vectors = random_vectors(3)
    filled(store, vectors)
    filled(store, random_vectors(3, seed=2), "other")
    with seen(store, "other") as other, seen(store, "c") as one:
        there = min(one.texts)
        query = vectors[int(one.texts[there].removeprefix("word"))].astype(np.float32)
        assert one.dense.scores(query, [10**12, there]) == pytest.approx([0.0, 1.0], abs=1e-3)
        assert {key for key, _ in one.dense.search(query, 10)} == set(one.texts)
        assert {key for key, _ in other.dense.search(query, 10)} == set(other.texts)


def test_of_the_allowed_the_best_are_found(place, store):
    vectors = random_vectors(300)
    filled(store, vectors)
    query = random_vectors(1, seed=3)[0].astype(np.float32)
    with seen(store, "c") as one:
        scores = cosines(vectors_by_key(one, vectors), query)
        for allowed in (
            keys(),
            keys(10**12),
            keys(min(scores)),
            keys(*sorted(scores)[::7], 10**12),
            keys(*sorted(scores)),
        ):
            own = {key: score for key, score in scores.items() if key in allowed}
            check(one.dense.search(query, 12, allowed), own, 12, place.precision.cosine)


def test_collections_of_other_dimensions_do_not_meet(place):
    small, large = place.open(8), place.open(24)
    of_small, of_large = random_vectors(20, 8), random_vectors(30, 24)
    filled(small, of_small, "small")
    filled(large, of_large, "large")
    for store, name, vectors in ((small, "small", of_small), (large, "large", of_large)):
        with seen(store, name) as one:
            query = vectors[4].astype(np.float32)
            scores = cosines(vectors_by_key(one, vectors), query)
            check(one.dense.search(query, 50), scores, 50, place.precision.cosine)


def test_a_large_collection_is_searched_by_an_index_that_finds_most_and_gives_true_cosines(place):
    store = place.open(16, DenseSettings(exact_up_to=500))
    rng = np.random.default_rng(4)
    vectors = unit(random_vectors(60, 16)[rng.integers(60, size=2_000)] + rng.normal(scale=0.1, size=(2_000, 16)))
    filled(store, vectors, per_document=500)
    store.refresh("c", save=True)
    found_of_best = dict.fromkeys((1.0, 0.5, 0.05, 0.01), 0.0)
    with seen(store, "c") as one:
        by_key = vectors_by_key(one, vectors)
        for number, share in ((i, share) for share in found_of_best for i in range(10)):
            query = unit(vectors[number] + vectors[number + 50]).astype(np.float32)
            allowed = None if share == 1 else np.array(sorted(by_key)[:: round(1 / share)], dtype=np.int64)
            scores = cosines(by_key if allowed is None else {key: by_key[key] for key in allowed.tolist()}, query)
            found = one.dense.search(query, 10, allowed)
            assert len(found) == 10
            assert [score for _, score in found] == sorted((score for _, score in found), reverse=True)
            assert [score for _, score in found] == pytest.approx(
                [scores[key] for key, _ in found], abs=place.precision.cosine
            )
            wanted = {key for key, _ in best(scores, 10)}
            found_of_best[share] += len(wanted & {key for key, _ in found}) / 100
    assert min(found_of_best.values()) > 0.9, found_of_best


def test_what_is_added_to_a_large_collection_is_found_at_once_and_what_is_removed_never(place):
    store = place.open(16, DenseSettings(exact_up_to=500))
    vectors = random_vectors(1_000, 16)
    filled(store, vectors, per_document=250)
    store.refresh("c", save=True)
    new = random_vectors(1, 16, seed=9)
    (added,) = put(store, "c", document("file:///new", ["new"], new))
    query = new[0].astype(np.float32)
    with seen(store, "c") as one:
        assert [one.texts[key] for key, _ in one.dense.search(query, 1)] == ["new"]
    assert store.remove("c", [added]) == 1
    with seen(store, "c") as one:
        there = [one.texts[key] for key, _ in one.dense.search(query, 20) if key in one.texts]
        assert "new" not in there
        assert len(there) >= 19
        assert len(one.dense) == 1_000
