"""Every engine: what is added is found by the next search of any replica, and what is removed by none."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from engine_samples import document, found, put, put_texts, random_vectors, seen

from index.filters.filter import AnyOf
from index.inverted import Wanted
from index.marks import Marks, MarksChange
from index.search import SearchSettings


def by_words(store, term, name="c"):
    """Texts that keyword search finds, and the catalog still has."""
    with seen(store, name) as one:
        return sorted(one.texts[key] for key, _ in one.words.search(Wanted([term]), 100) if key in one.texts)


def by_vector(store, vector, name="c"):
    with seen(store, name) as one:
        return [one.texts[key] for key, _ in one.dense.search(vector, 100) if key in one.texts]


@pytest.fixture
def replicas(place):
    """Two stores on one state, as of two replicas."""
    return place.open(), place.open()


def test_what_one_adds_the_other_finds_at_its_next_search(replicas):
    one, other = replicas
    put_texts(one, "c", "file:///0", "nothing of interest")
    assert found(other, "quay") == ["nothing of interest"]
    for number in range(5):
        put_texts(one, "c", f"file:///{number}", f"quay number{number}")
        for store in (other, one):
            assert by_words(store, f"number{number}") == [f"quay number{number}"]
            assert found(store, f"number{number}")[0] == f"quay number{number}"


def test_what_one_removes_the_other_never_finds_again(replicas):
    one, other = replicas
    ids = [put_texts(one, "c", f"file:///{number}", f"quay number{number}") for number in range(4)]
    assert len(found(other, "quay")) == 4
    assert other.remove("c", ids[:2]) == 2
    for store in replicas:
        assert sorted(found(store, "quay")) == ["quay number2", "quay number3"]
        assert by_words(store, "quay") == ["quay number2", "quay number3"]
        assert len(by_vector(store, np.ones(8, dtype=np.float32))) == 2
    one.refresh("c")
    assert by_words(other, "number0") == []


@pytest.mark.parametrize("is_asked", [True, False], ids=["asked meanwhile", "only written"])
@pytest.mark.parametrize("dense_weight", [0.0, 1.0], ids=["by words", "by vectors"])
@pytest.mark.parametrize("where", [None, AnyOf("media_type", ("text/plain",))], ids=["all", "filtered"])
def test_what_is_replaced_in_the_middle_of_a_search_is_found(store, monkeypatch, where, dense_weight, is_asked):
    # Of up to 500, those that a filter allows are compared one by one.
    put_texts(store, "c", "file:///1", *(f"quay number{number}" for number in range(600)))
    put_texts(store, "c", "file:///2", "crane")
    settings = SearchSettings(dense_weight=dense_weight)
    assert found(store, "crane", where=where, settings=settings)[0] == "crane"
    dense = store.search_engine.dense

    def replacing(connection, collection):
        monkeypatch.setattr(store.search_engine, "dense", dense)
        put_texts(store, "c", "file:///2", "crane", "pier")
        with ThreadPoolExecutor(1) as pool:
            assert not is_asked or pool.submit(found, store, "crane", where=where).result()
        return dense(connection, collection)

    monkeypatch.setattr(store.search_engine, "dense", replacing)
    assert found(store, "crane", where=where, settings=settings)[0] == "crane"


def test_a_new_version_of_a_document_takes_the_place_of_the_former(replicas):
    one, other = replicas
    put_texts(one, "c", "file:///1", "the old harbour", "the pier")
    assert found(other, "harbour")[0] == "the old harbour"
    put_texts(one, "c", "file:///1", "the new harbour")
    for store in replicas:
        assert found(store, "old harbour pier") == ["the new harbour"]
        assert by_words(store, "old") == by_words(store, "pier") == []
        assert by_words(store, "harbour") == ["the new harbour"]


def test_after_a_restart_all_is_as_it_was(place):
    before = place.open()
    for number in range(10):
        put_texts(before, "c", f"file:///{number}", f"quay number{number} of ten", f"crane {number}")
    before.remove("c", [document("file:///3", ["quay number3 of ten", "crane 3"], random_vectors(2))[0].document.id])
    before.refresh("c", save=True)
    hits = before.search("c", "quay number7 crane", 20)
    before.close()
    after = place.open()
    again = after.search("c", "quay number7 crane", 20)
    assert [hit.passage.id for hit in again.hits] == [hit.passage.id for hit in hits.hits]
    assert [hit.score for hit in again.hits] == pytest.approx([hit.score for hit in hits.hits], rel=1e-5)
    assert (again.frequencies, again.passages) == (hits.frequencies, hits.passages)
    assert again.passages == 18


def test_what_a_killed_replica_wrote_to_the_catalog_alone_is_found_by_the_other(replicas, monkeypatch):
    one, other = replicas
    put_texts(one, "c", "file:///1", "the first pier")
    kept = put_texts(one, "c", "file:///2", "the second pier")
    assert len(found(other, "pier")) == 2
    with monkeypatch.context() as killed:
        killed.setattr(one.search_engine, "refresh_words", lambda collection: None)
        put_texts(one, "c", "file:///3", "the third pier at the mole")
        one.catalog.remove("c", [kept])
    assert by_words(other, "mole") == ["the third pier at the mole"]
    assert sorted(found(other, "pier")) == ["the first pier", "the third pier at the mole"]
    other.refresh("c")
    assert by_words(one, "pier") == ["the first pier", "the third pier at the mole"]


def test_a_collection_that_was_dropped_and_made_anew_has_nothing_of_the_former(replicas):
    one, other = replicas
    put_texts(one, "c", "file:///1", "the old harbour")
    assert found(other, "harbour") == ["the old harbour"]
    one.delete_collection("c")
    put_texts(one, "c", "file:///1", "the new market")
    for store in replicas:
        assert found(store, "old harbour market") == ["the new market"]
        assert by_words(store, "harbour") == []
        with seen(store, "c") as present:
            assert len(present.dense) == 1
            assert present.words.document_frequencies(["harbour", "market"]) == {"market": 1}


def test_a_renamed_collection_answers_by_its_new_name(replicas):
    one, other = replicas
    put_texts(one, "c", "file:///1", "the old harbour")
    one.catalog.rename_collection("c", "d")
    put_texts(one, "c", "file:///1", "the new market")
    assert found(other, "harbour", "d") == ["the old harbour"]
    assert found(other, "harbour", "c") == ["the new market"]


def test_statistics_are_exact_again_when_all_is_made_anew(store):
    ids = [put_texts(store, "c", f"file:///{number}", f"quay number{number} crane") for number in range(9)]
    store.remove("c", ids[:4])
    store.purge()
    with seen(store, "c") as one:
        assert one.words.document_frequencies(["quay", "number0", "number8"]) == {"quay": 5, "number8": 1}
        assert len(one.words.search(Wanted(["quay"]), 100)) == len(one.dense) == 5


def test_filters_and_labels_hold_from_the_next_search_on(replicas):
    one, other = replicas
    red, blue = (Marks(tags=frozenset({tag})) for tag in ("red", "blue"))
    for number in range(30):
        put_texts(one, "c", f"file:///{number}", f"quay number{number}", marks=red if number % 3 else blue)
    secret = put_texts(one, "c", "file:///secret", "quay of secrets", marks=Marks(labels=frozenset({"board"})))
    of_blue = AnyOf("tag", ("blue",))
    for store in replicas:
        hits = store.search("c", "quay", 50, where=of_blue).hits
        assert {hit.passage.text for hit in hits} == {f"quay number{number}" for number in range(0, 30, 3)}
        assert "quay of secrets" in found(store, "quay secrets", labels=frozenset({"board"}))
        assert "quay of secrets" not in found(store, "quay secrets", labels=frozenset())
        assert found(store, "quay", where=AnyOf("tag", ("green",))) == []
    other.catalog.mark("c", [secret], MarksChange(labels=frozenset()))
    assert "quay of secrets" in found(one, "quay secrets", labels=frozenset())


def test_vectors_are_those_of_their_own_passages_after_many_changes(place, store):
    vectors = random_vectors(60)
    for number in range(20):
        texts = [f"w{number}n{i}" for i in range(3)]
        put(store, "c", document(f"file:///{number % 7}", texts, vectors[3 * number :][:3]))
    with seen(store, "c") as one:
        assert len(one.texts) == 21
        for key, text in one.texts.items():
            number, i = map(int, text.removeprefix("w").split("n"))
            vector = vectors[3 * number + i].astype(np.float32)
            best_key, cosine = one.dense.search(vector, 1)[0]
            assert (best_key, cosine) == (key, pytest.approx(1.0, abs=1e-3))
