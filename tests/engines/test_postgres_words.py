"""The inverted index in PostgreSQL: blocks, what a question looks up beside them, and what becomes of former ones."""

import numpy as np
import pytest
import test_contract_properties as properties
from engine_samples import EnginePlace, document, found, put, put_texts, random_vectors, seen
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from core.errors import NotReady
from index import schema
from index.engines.postgres import behind, postings, writing
from index.engines.postgres.postings import Block, Gathered, Postings, joined, occurrences, stored, written
from index.inverted import Wanted
from index.place import Place


@pytest.fixture
def place(postgres_url, tmp_path):
    made = EnginePlace("postgres", Place(tmp_path / "data", postgres_url))
    yield made
    made.close()


@pytest.fixture
def store(place):
    return place.open()


def rows(store, table):
    with schema.read(store.catalog.engine) as connection:
        return connection.execute(text(f"SELECT count(*) FROM {table}")).scalar_one()


def search(store, *terms, k=1_000):
    with seen(store, "c") as one:
        return [(one.texts.get(key), score) for key, score in one.words.search(Wanted(terms), k)]


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    steps=st.lists(properties.STEP, min_size=3, max_size=12), wanted=properties.WANTED,
    seed=st.integers(0, 2**32 - 1), fresh=st.integers(1, 8), per_block=st.integers(1, 5), most=st.integers(1, 9),
)  # fmt: skip
def test_blocks_of_any_size_that_are_joined_and_emptied_hold_what_they_should(
    place, replicas, steps, wanted, seed, fresh, per_block, most
):
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(writing, "_FRESH", fresh)
        patched.setattr(writing, "AT_ONCE", most)
        patched.setattr(postings, "PER_BLOCK", per_block)
        run = properties.test_searches_agree_with_the_definitions.hypothesis.inner_test
        run(place, replicas, steps, wanted, seed, 9, None)
    (name, *_) = [collection.name for collection in replicas[0].catalog.collections()][::-1]
    for collection in replicas[0].catalog.collections():
        replicas[0].refresh(collection.name)
        missing, more = replicas[1].search_engine.differences(collection)
        assert (missing.tolist(), more.tolist()) == ([], []), name


@pytest.fixture
def replicas(place):
    return place.open(), place.open()


def test_a_question_looks_up_what_is_not_written_yet_with_the_scores_that_it_has_later(place, monkeypatch):
    store, reader = place.open(), place.open()
    reader.build_in_background()
    for number in range(20):
        put_texts(store, "c", f"file:///{number}", f"quay number{number} crane", "crane at the pier", title="quay")
    gone = put_texts(store, "c", "file:///gone", "quay crane", "mole")
    with monkeypatch.context() as patched:
        patched.setattr(store.search_engine, "refresh_words", lambda collection: None)
        patched.setattr(reader.search_engine._beside, "run", lambda *_: None)
        put_texts(store, "c", "file:///new", "crane of the new quay", title="crane")
        put_texts(store, "c", "file:///3", "quay of a former document")
        store.remove("c", [gone])
        wanted = Wanted(["quay", "new"], [["crane", "of"], ["new", "quay"]], [["crane", "pier"]])
        with seen(reader, "c") as one:
            before = one.words.search(wanted, 100)
            counts = one.words.document_frequencies(["quay", "crane", "new", "mole"])
            number = len(one.dense)
    store.refresh("c")
    with seen(reader, "c") as one:
        assert one.words.search(wanted, 100) == [(key, pytest.approx(score)) for key, score in before]
        assert one.words.document_frequencies(["quay", "crane", "new", "mole"]) == counts
        assert (len(one.dense), counts["new"], "mole" in counts) == (number, 1, False)


def test_what_cannot_be_written_down_is_found_all_the_same(store, monkeypatch):
    def refuse(*_, **__):
        raise NotReady("The database is read only.", "")

    put_texts(store, "c", "file:///1", "the first quay")
    monkeypatch.setattr(writing, "catch_up", refuse)
    put_texts(store, "c", "file:///2", "the second quay")
    assert sorted(found(store, "quay")) == ["the first quay", "the second quay"]
    assert [own for own, _ in search(store, "second")] == ["the second quay"]


def test_terms_that_were_made_in_another_way_are_made_anew(place, monkeypatch):
    with monkeypatch.context() as former:
        former.setattr(behind, "FORM", "former")
        former.setattr(writing, "FORM", "former")
        former.setattr(behind, "terms", lambda *_: ["former"])
        store = place.open()
        put_texts(store, "c", "file:///1", "the old quay")
        assert len(search(store, "former")) == 1
    store = place.open()
    assert [own for own, _ in search(store, "quay")] == ["the old quay"]
    assert search(store, "former") == []
    assert rows(store, "term_passages") == 1


def test_nothing_is_left_of_a_dropped_collection_nor_of_removed_passages(store):
    put_texts(store, "c", "file:///1", "the old quay", "crane")
    gone = put_texts(store, "d", "file:///2", "the old mole")
    store.remove("d", [gone])
    store.refresh("d")
    store.delete_collection("c")
    assert [rows(store, f"term_{name}") for name in ("postings", "passages", "states")] == [0, 0, 1]
    assert rows(store, "removed_passages") == 0


def test_many_small_writes_become_few_full_blocks(store, monkeypatch):
    monkeypatch.setattr(writing, "_FRESH", 20)
    for number in range(60):
        put(store, "c", document(f"file:///{number}", ["quay crane"], random_vectors(1)))
    assert rows(store, "term_postings") <= 2 * (60 // 20 + 20)
    with seen(store, "c") as one:
        assert one.words.document_frequencies(["quay", "crane"]) == {"quay": 60, "crane": 60}
        assert [key for key, _ in one.words.search(Wanted(["quay"]), 100)] == sorted(one.texts)


@given(st.lists(st.integers(1, 2**40), min_size=1, max_size=40, unique=True), st.integers(1, 6), st.data())
def test_blocks_hold_their_keys_however_they_are_cut_and_joined(keys, per_block, data):
    keys = sorted(keys)
    removed = np.array(sorted(data.draw(st.sets(st.sampled_from(keys)))), dtype=np.int64)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(postings, "PER_BLOCK", per_block)
        gathered = Gathered()
        for key in keys:
            gathered.add(key, ["pier"] * (key % 3), ["quay"] * (key % 7 + 1))
        blocks = [left for block in gathered.of("quay") if (left := block.without(removed)) is not None]
        fuller = list(joined(blocks))
    left = [key for key in keys if key not in removed]
    for own in (blocks, fuller):
        if not left:
            assert own == []
            continue
        read = Postings.of(own[::-1])
        assert read.keys.tolist() == left
        assert read.body.tolist() == read.body_of.tolist() == [key % 7 + 1 for key in left]
        assert read.context_of.tolist() == [key % 3 for key in left]
    assert all(len(block.packed) // 12 <= per_block for block in fuller)
    assert isinstance(fuller, list) and all(isinstance(block, Block) for block in fuller)


@pytest.mark.parametrize(
    ("run", "terms", "times"),
    [("a b", "a b a b", 2), ("a a", "a a a", 2), ("a b a", "a b a b a", 2), ("a", "ab a", 1), ("b c", "a b cd", 0)],
)
def test_a_run_of_terms_is_counted_wherever_it_begins(run, terms, times):
    assert occurrences(written(run.split()), written(terms.split())) == times


def test_a_term_that_an_index_of_postgresql_cannot_hold_has_a_short_name_of_its_own():
    long, other = "a" * 5_000, "a" * 4_999
    assert stored("quay") == "quay"
    assert len(stored(long)) < 100
    assert stored(long) != stored(other)
    assert stored("nul\0") is stored("\ud800") is None
