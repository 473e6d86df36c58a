"""Every engine: whatever is added, replaced and removed, searches find what the definitions say."""

import itertools

import numpy as np
import pytest
from engine_reference import Bm25, best, cosines
from engine_samples import document, put, seen, unit
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from index.analyse import terms
from index.inverted import Wanted

WORDS = "zor0 zor1 zor2 zor3 zor4 zor5".split()
TEXT = st.lists(st.sampled_from(WORDS), min_size=1, max_size=9).map(" ".join)
PUT = st.tuples(st.integers(0, 4), st.sampled_from(["", "zor0", "zor1 zor6"]), st.lists(TEXT, min_size=1, max_size=4))
STEP = st.one_of(PUT, PUT, st.integers(0, 4))  # a number alone: that document is removed
WANTED = st.builds(
    Wanted,
    st.lists(st.sampled_from([*WORDS, "zor6", "nowhere"]), min_size=1, max_size=3, unique=True),
    st.lists(st.lists(st.sampled_from(WORDS), min_size=2, max_size=3), max_size=1),
    st.lists(st.lists(st.sampled_from(WORDS), min_size=2, max_size=3, unique=True), max_size=1),
)
names = (f"c{number}" for number in itertools.count())


@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    steps=st.lists(STEP, min_size=1, max_size=8), wanted=WANTED, seed=st.integers(0, 2**32 - 1), k=st.integers(1, 20),
    share=st.sampled_from([None, 0.0, 0.5]),
)  # fmt: skip
def test_searches_agree_with_the_definitions(place, replicas, steps, wanted, seed, k, share):
    rng = np.random.default_rng(seed)
    name = next(names)
    query = rng.normal(size=8).astype(np.float32)
    present: dict[int, tuple[str, str, dict[str, np.ndarray]]] = {}
    replicas[0].open_collection(name)
    for number, step in enumerate(steps):
        writer, reader = replicas[number % 2], replicas[rng.integers(2)]
        if isinstance(step, int):
            writer.remove(name, [present.pop(step)[0]] if step in present else [])
        else:
            uri, title, texts = step
            texts = [f"{text} s{number}n{i}" for i, text in enumerate(texts)]  # no two are the same
            vectors = unit(rng.normal(size=(len(texts), 8)))
            (made,) = put(writer, name, document(f"file:///{uri}", texts, vectors, title=title))
            present[uri] = made, title, dict(zip(texts, vectors, strict=True))
        check(place, reader, name, present, query, wanted, k, share)


@pytest.fixture
def replicas(place):
    return place.open(), place.open()


def check(place, store, name, present, query, wanted, k, share):
    titles = {text: title for _, title, rows in present.values() for text in rows}
    vectors = {text: vector for _, _, rows in present.values() for text, vector in rows.items()}
    with seen(store, name) as one:
        assert sorted(one.texts.values()) == sorted(titles)
        assert len(one.dense) == len(titles)
        keys = sorted(one.texts)
        allowed = None if share is None else np.array(keys[: round(share * len(keys))], dtype=np.int64)
        may = set(keys if allowed is None else allowed.tolist())
        scores = {k: s for k, s in cosines({k: vectors[t] for k, t in one.texts.items()}, query).items() if k in may}
        hits = one.dense.search(query, k + 50, allowed)  # what was removed may be among them
        hits = [(key, score) for key, score in hits if key in one.texts][:k]
        expected = [score for _, score in best(scores, k)]
        assert [score for _, score in hits] == pytest.approx(expected, abs=place.precision.cosine)
        assert all(score == pytest.approx(scores[key], abs=place.precision.cosine) for key, score in hits)

        reference = Bm25({key: (terms(titles[text]), terms(text)) for key, text in one.texts.items()})
        scores = {key: score for key, score in reference.scores(wanted).items() if key in may}
        hits = [pair for pair in one.words.search(wanted, 1_000, allowed) if pair[0] in one.texts]
        assert {key for key, _ in hits} == set(scores)
        assert [score for _, score in hits] == sorted((score for _, score in hits), reverse=True)
        frequencies = one.words.document_frequencies([*WORDS, "zor6", "nowhere"])
        if not place.precision.counts_removed:
            assert hits == [(key, pytest.approx(score, rel=place.precision.bm25)) for key, score in best(scores, 1_000)]
            assert frequencies == reference.document_frequencies([*WORDS, "zor6", "nowhere"])
