"""Replicas that make terms in different ways, as while a new version takes the former one's place."""

from contextlib import contextmanager

import numpy as np
import pytest
from engine_samples import put_texts, seen
from milvus_samples import TEXTS, check_whole, engine_of, fill

from index.engines.milvus import client as milvus_client
from index.engines.milvus import rewording as milvus_rewording
from index.engines.milvus import state as milvus_state
from index.engines.milvus import terms as milvus_terms
from index.engines.milvus import upkeep as milvus_upkeep

LATER = "9, snowball 99.0"

pytestmark = [pytest.mark.slow, pytest.mark.parametrize("place", ["milvus"], indirect=True)]


@pytest.fixture
def later(monkeypatch):
    """A context in which terms are made as a later version makes them: of "number3", "n3"."""
    terms = milvus_terms.terms

    @contextmanager
    def as_later():
        with monkeypatch.context() as patched:
            patched.setattr(milvus_state, "ANALYSIS", LATER)
            patched.setattr(
                milvus_terms,
                "terms",
                lambda text, language: [one.replace("number", "n") for one in terms(text, language)],
            )
            yield

    return as_later


@pytest.fixture
def written(monkeypatch):
    """How many rows Milvus was told of, by method; and "delete_collection" where it was told to drop all of them."""
    counts = {"insert": 0, "upsert": 0, "delete_collection": 0}

    def counted(method):
        original = getattr(milvus_client.Milvus, method)

        def call(self, *arguments):
            counts[method] += len(arguments[2]) if len(arguments) > 2 else 1
            return original(self, *arguments)

        monkeypatch.setattr(milvus_client.Milvus, method, call)

    for method in counts:
        counted(method)
    return counts


def forget(written):
    written.update(dict.fromkeys(written, 0))


def frequencies(store, *terms):
    with seen(store, "c") as one:
        return one.words.document_frequencies(terms)


def state_of(store):
    return engine_of(store)._counts.state(store.catalog.collection("c").id)


def words_in_milvus(store):
    """By the text of each passage, the dimensions that Milvus has."""
    engine = engine_of(store)
    with seen(store, "c") as one:
        keys = np.array(sorted(one.texts), dtype=np.int64)
        held = engine._milvus.held(engine._counts.home(8), one.collection.id, keys)
        return {one.texts[row.key]: {*row.dimensions} for row in held}


def expected(texts, made=lambda term: term):
    words = {text: text.split() for text in texts}
    return {text: {milvus_terms.body_dimension(made(one)) for one in own} for text, own in words.items()}


def test_a_later_version_makes_the_words_anew_and_keeps_the_rest(place, store, later, written, monkeypatch):
    texts = ["number1 quay", "number2 quay number2", "number3 mole"]
    fill(store, texts=texts)
    assert words_in_milvus(store) == expected(texts)
    forget(written)
    monkeypatch.setattr(milvus_upkeep, "_AT_ONCE", 2)
    with later():
        after = place.open()
        after.refresh("c")
        assert written == {"insert": 0, "upsert": 3, "delete_collection": 0}
        assert words_in_milvus(after) == expected(texts, lambda term: term.replace("number", "n"))
        assert frequencies(after, "number1", "n1", "n2", "quay") == {"n1": 1, "n2": 1, "quay": 2}
        assert (state_of(after).analysis, state_of(after).rewording) == (LATER, -1)
        after.refresh("c")
        assert written["upsert"] == 3
        missing, strays = engine_of(after).differences(after.catalog.collection("c"))
    assert (missing.tolist(), strays.tolist()) == ([], [])


def test_questions_are_answered_while_words_are_made_anew(place, store, later, monkeypatch):
    fill(store)
    monkeypatch.setattr(milvus_upkeep, "_IN_A_QUESTION", 4)
    with later():
        after = place.open()
        check_whole(after)
        assert state_of(after).rewording > 0
        after.refresh("c")
        check_whole(after)
        assert state_of(after).rewording == -1


@pytest.mark.parametrize("done", [False, True], ids=["before", "after"])
def test_a_process_that_was_killed_at_it_leaves_exact_counts(place, store, later, monkeypatch, done):
    class Killed(BaseException):
        pass

    original = milvus_client.Milvus.upsert

    def killed(self, *arguments):
        if done:
            original(self, *arguments)
        raise Killed

    texts = ["number1 quay", "number2 quay number2", "number3 mole"]
    fill(store, texts=texts)
    before = state_of(store)
    with later():
        with monkeypatch.context() as patched:
            patched.setattr(milvus_client.Milvus, "upsert", killed)
            with pytest.raises(Killed):
                place.open().refresh("c")
        after = place.open()
        after.refresh("c")
        assert words_in_milvus(after) == expected(texts, lambda term: term.replace("number", "n"))
        assert frequencies(after, "number1", "n1", "n2", "n3", "quay") == {"n1": 1, "n2": 1, "n3": 1, "quay": 2}
        assert state_of(after).body_length == before.body_length


def test_an_earlier_version_clears_nothing_and_what_it_adds_is_made_anew_later(place, store, later, written):
    texts = ["number1 quay", "number2 quay"]
    fill(store, texts=texts)
    with later():
        after = place.open()
        after.refresh("c")
    forget(written)
    put_texts(store, "c", "file:///new", "number3 mole")
    store.refresh("c")
    place.open().refresh("c")
    assert written == {"insert": 1, "upsert": 0, "delete_collection": 0}
    assert frequencies(store, "n1", "number3", "quay") == {"n1": 1, "number3": 1, "quay": 2}
    assert state_of(store).analysis == LATER
    with later():
        after.refresh("c")
        assert written == {"insert": 1, "upsert": 1, "delete_collection": 0}
        made = expected([*texts, "number3 mole"], lambda term: term.replace("number", "n"))
        assert words_in_milvus(after) == made
        assert frequencies(after, "n1", "n3", "number3") == {"n1": 1, "n3": 1}
        assert state_of(after).rewording == -1


def test_a_milvus_that_lost_passages_is_filled_anew_while_words_are(place, store, later, monkeypatch):
    fill(store)
    monkeypatch.setattr(milvus_upkeep, "_AT_ONCE", 2)
    step = milvus_rewording.Rewording.step

    def lossy(self, collection_id, state, most):
        monkeypatch.setattr(milvus_rewording.Rewording, "step", step)
        engine = engine_of(store)
        engine._milvus.delete_range(engine._counts.home(8), collection_id, 0)
        return step(self, collection_id, state, most)

    monkeypatch.setattr(milvus_rewording.Rewording, "step", lossy)
    with later():
        after = place.open()
        after.refresh("c")
        check_whole(after, TEXTS)
        assert state_of(after).rewording == -1
