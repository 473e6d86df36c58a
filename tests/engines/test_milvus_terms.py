"""Terms as sparse vectors: their inner product is BM25, and what is found is scored as its definition says."""

import random

import pytest
from engine_reference import Bm25

from index.engines.milvus.terms import (
    NO_TERMS,
    Counts,
    Worded,
    body_dimension,
    context_dimension,
    dimensions_of,
    questions_of,
    score,
    vector_of,
)
from index.inverted import Wanted

WORDS = [f"w{i}" for i in range(12)]


@pytest.fixture(scope="module")
def passages():
    rng = random.Random(3)
    return [
        Worded(key, rng.choices(WORDS, k=rng.randint(0, 4)), rng.choices(WORDS, k=rng.randint(1, 30)))
        for key in range(1, 60)
    ]


@pytest.fixture(scope="module")
def counts(passages):
    frequencies: dict[int, int] = {}
    for one in passages:
        for dimension in {*map(body_dimension, one.body), *map(context_dimension, one.context)}:
            frequencies[dimension] = frequencies.get(dimension, 0) + 1
    lengths = sum(len(one.body) for one in passages), sum(len(one.context) for one in passages)
    return Counts(len(passages), *lengths, frequencies)


WANTED = [
    Wanted(["w1"]),
    Wanted(["w0", "w7", "nowhere"]),
    Wanted(["w3", "w1"], [["w3", "w1"], ["w2", "w2"]]),
    Wanted(["w5"], [["w4", "w0"]], [["w1", "w2", "nowhere"], ["w8", "w9"]]),
]


@pytest.mark.parametrize("wanted", WANTED)
def test_scores_are_those_of_the_definition(passages, counts, wanted):
    expected = Bm25({one.key: (one.context, one.body) for one in passages}).scores(wanted)
    found = {one.key: value for one in passages if (value := score(one, wanted, counts)) > 0}
    assert found == pytest.approx(expected, rel=1e-9)


def test_without_phrases_and_forms_the_inner_product_is_the_score(passages, counts):
    wanted = Wanted(["w0", "w7", "w3"])
    (question,) = questions_of(wanted, counts)
    for one in passages:
        vector = vector_of(one, counts)
        product = sum(weight * vector.get(dimension, 0.0) for dimension, weight in question.items())
        assert product == pytest.approx(score(one, wanted, counts), rel=1e-9)


def test_each_phrase_is_asked_for_on_its_own(counts):
    asked = questions_of(Wanted(["w0"], [["w3", "w1"]]), counts)
    assert [set(vector) for vector in asked] == [
        {side(word) for word in words for side in (body_dimension, context_dimension)}
        for words in (["w0", "w3", "w1"], ["w3", "w1"])
    ]


def test_what_no_passage_has_is_not_asked_for(counts):
    assert questions_of(Wanted(["nowhere"], [["no", "where"]], [["not", "here"]]), counts) == []


def test_a_passage_without_terms_has_a_vector_that_nothing_finds(counts):
    assert vector_of(Worded(1, [], []), counts) == {NO_TERMS: 1.0}
    assert NO_TERMS not in dimensions_of(Wanted([*WORDS, ""]))


def test_the_first_passage_of_a_collection_has_weights(counts):
    assert vector_of(Worded(1, [], ["w0"]), Counts(0, 0, 0))[body_dimension("w0")] > 0
    assert Counts(1, 1, 0, {body_dimension("w0"): 5}).idf(body_dimension("w0")) > 0  # counted a moment later


def test_dimensions_are_what_milvus_takes():
    found = {side(f"term{i}") for i in range(50_000) for side in (body_dimension, context_dimension)}
    assert min(found) > NO_TERMS
    assert max(found) < 2**32 - 1
    assert len(found) > 99_980  # some share one by chance
