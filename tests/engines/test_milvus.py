"""Milvus beside PostgreSQL, where something goes wrong between the two; what goes well is in the contract's tests."""

import sys
import threading

import numpy as np
import pytest
from engine_samples import EnginePlace, document, found, put, put_texts, random_vectors, seen
from milvus_samples import TEXTS, check_whole, engine_of, fill, held

from core.errors import NotReady, SettingsError
from index import changes, schema
from index.engines.milvus import client as milvus_client
from index.engines.milvus import connection as milvus_connection
from index.engines.milvus import filling as milvus_filling
from index.engines.milvus import search as milvus_search
from index.engines.milvus import upkeep as milvus_upkeep
from index.engines.milvus.engine import MilvusEngine
from index.inverted import Wanted
from index.place import Place
from tests.engines.milvus_server import MilvusServer, running

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def server():
    """One that may be stopped and emptied."""
    with running() as own:
        yield own


@pytest.fixture(autouse=True)
def tried_at_once(monkeypatch):
    """A server may be up again before the second is over in which one that was not reached is not tried."""
    monkeypatch.setattr(milvus_connection, "_AGAIN_S", 0.0)


@pytest.fixture
def place(server: MilvusServer, postgres_url, tmp_path):
    if server.process is None:
        server.start()
    made = EnginePlace("milvus", Place(tmp_path / "data", postgres_url), server.url)
    yield made
    if server.process is None:
        server.start()
    made.close()


def test_a_milvus_that_was_started_again_goes_on(server, store):
    fill(store)
    check_whole(store)
    server.stop()
    server.start()
    check_whole(store)


def test_a_milvus_that_lost_everything_is_filled_anew(server, store):
    fill(store)
    server.stop()
    server.forget()
    server.start()
    assert len(found(store, "harbour")) == 10
    check_whole(store)


def test_a_new_process_notices_that_milvus_lost_passages(place, store):
    fill(store)
    engine = engine_of(store)
    with seen(store, "c") as one:
        engine._milvus.delete(
            engine._counts.home(8), one.collection.id, np.array(sorted(one.texts)[::2], dtype=np.int64)
        )
    check_whole(place.open())


def test_without_milvus_writes_succeed_and_questions_say_what_is_wrong(server, place, store):
    fill(store, texts=TEXTS[:3])
    server.stop()
    engine = MilvusEngine(store.place, store.catalog.engine, server.url.replace("//", "//user:secret@"))
    put_texts(store, "c", "file:///late", "a late quay at the harbour")
    store.remove("c", [document("file:///0", TEXTS[:1], random_vectors(1))[0].document.id])
    with pytest.raises(NotReady) as told:
        found(store, "harbour")
    assert server.url in str(told.value)
    with pytest.raises(NotReady) as told, schema.read(store.catalog.engine) as connection:
        engine.dense(connection, store.catalog.collection("c"))
    assert "secret" not in str(told.value)
    engine.close()
    server.start()
    check_whole(store, [*TEXTS[1:3], "a late quay at the harbour"])


class Killed(BaseException):
    """As if the process ended here."""


@pytest.mark.parametrize("method", ["insert", "delete"])
@pytest.mark.parametrize("done", [False, True], ids=["before", "after"])
def test_what_a_killed_process_left_undone_the_next_does(place, store, monkeypatch, method, done):
    """Killed before or after Milvus did what it was told, and before that could be noted."""
    monkeypatch.setattr(milvus_filling, "LINGER_S", 0.0)
    ids = fill(store, texts=TEXTS[:6])
    store.remove("c", ids[5:])
    store.refresh("c")
    original = getattr(milvus_client.Milvus, method)

    def killed(self, *arguments):
        if done:
            original(self, *arguments)
        raise Killed

    with monkeypatch.context() as patched:
        patched.setattr(milvus_client.Milvus, method, killed)
        store.remove("c", ids[:2])
        with pytest.raises(Killed):
            put_texts(store, "c", "file:///new", "a new quay at the harbour", "a second one at the harbour")
    other = place.open()
    for one in (other, store):
        check_whole(one, [*TEXTS[2:5], "a new quay at the harbour", "a second one at the harbour"])
    store.refresh("c")
    assert len(held(store)) == 5


def test_what_a_killed_process_began_and_was_then_removed_is_gone(place, store, monkeypatch):
    fill(store, texts=TEXTS[:3])
    with monkeypatch.context() as patched:
        original = milvus_client.Milvus.insert

        def killed(self, *arguments):
            original(self, *arguments)
            raise Killed

        patched.setattr(milvus_client.Milvus, "insert", killed)
        with pytest.raises(Killed):
            put_texts(store, "c", "file:///new", "a new quay at the harbour")
    added = next(d.id for d in store.catalog.documents("c") if d.uri == "file:///new")
    store.catalog.remove("c", [added])
    check_whole(place.open(), TEXTS[:3])


def test_a_question_that_began_before_a_change_sees_all_as_it_was(store):
    """What takes the place of what it sees is not there for it yet."""
    put_texts(store, "c", "file:///1", "the quay", "the mole")
    wanted, vector = Wanted(["quay", "mole"]), np.ones(8, dtype=np.float32)
    with seen(store, "c") as before:
        put_texts(store, "c", "file:///1", "the quay", "the mole", "the crane")
        with seen(store, "c") as after:
            for one, there in ((before, 2), (after, 3)):
                assert {key for key, _ in one.dense.search(vector, 10)} == set(one.texts)
                assert {one.texts[key] for key, _ in one.words.search(wanted, 10)} == {"the quay", "the mole"}
                assert len(one.dense) == there


@pytest.mark.parametrize("background", [False, True])
def test_what_was_removed_leaves_milvus_after_a_while(store, monkeypatch, background):
    store.search_engine.background = background
    ids = fill(store, texts=TEXTS[:6])
    store.remove("c", ids[:2])
    for _ in range(2):
        store.refresh("c")
        assert len(held(store)) == 6
        check_whole(store, TEXTS[2:6])
    for module in (milvus_upkeep, milvus_filling):
        monkeypatch.setattr(module, "LINGER_S", 0.0)
    if background:
        found(store, "harbour")
        for thread in threading.enumerate():
            if thread.name.startswith("milvus-"):
                thread.join(30)
    else:
        store.refresh("c")
    assert len(held(store)) == 4
    check_whole(store, TEXTS[2:6])


def test_scores_of_a_collection_do_not_depend_on_its_neighbours(store):
    fill(store)
    wanted = Wanted(["quay", "number3", "harbour"])
    with seen(store, "c") as one:
        before = one.words.search(wanted, 20)
    fill(store, "neighbour", [f"quay harbour harbour number3 word{number}" for number in range(30)])
    with seen(store, "c") as one:
        assert one.words.search(wanted, 20) == before
        assert one.words.document_frequencies(["harbour"]) == {"harbour": 12}
        assert len(one.dense.search(np.ones(8, dtype=np.float32), 100)) == 12


def test_a_collection_that_was_deleted_without_milvus_is_swept_away_later(server, store):
    fill(store)
    engine = engine_of(store)
    collection = store.catalog.collection("c")
    server.stop()
    store.delete_collection("c")
    assert engine._counts.collection_ids() == [collection.id]
    server.start()
    put_texts(store, "d", "file:///1", "another harbour")
    assert engine._counts.collection_ids() == [store.catalog.collection("d").id]
    assert engine._milvus.keys(engine._counts.home(8), collection.id).tolist() == []


def test_many_allowed_keys_are_found_whether_milvus_is_told_them_or_not(store, monkeypatch):
    vectors = random_vectors(400)
    put(store, "c", document("file:///1", [f"harbour word{i} {'quay ' * (i % 7)}" for i in range(400)], vectors))
    query = random_vectors(1, seed=2)[0].astype(np.float32)
    wanted = Wanted(["quay", "harbour"])
    with seen(store, "c") as one:
        every, every_words = one.dense.search(query, 400), one.words.search(wanted, 400)
        assert len(every) == len(every_words) == 400
        monkeypatch.setattr(milvus_search, "_FEW", 3)
        for listed, most in ((5_000, 16_384), (10, 16_384), (10, 40)):
            monkeypatch.setattr(milvus_search, "_LISTED", listed)
            monkeypatch.setattr(milvus_search, "MOST_FOUND", most)
            for step in (2, 9):
                allowed = np.array(sorted(one.texts)[::step], dtype=np.int64)
                assert one.dense.search(query, 12, allowed) == [pair for pair in every if pair[0] in allowed][:12]
                found_words = one.words.search(wanted, 12, allowed)
                assert [key for key, _ in found_words] == [key for key, _ in every_words if key in allowed][:12]


def test_a_server_answers_that_it_is_not_ready_while_milvus_is_filled(place, store, monkeypatch):
    with monkeypatch.context() as patched:
        patched.setattr(store.search_engine, "refresh_words", lambda collection: None)
        fill(store)
    monkeypatch.setattr(milvus_upkeep, "_IN_A_QUESTION", 2)
    server = place.open()
    server.build_in_background()
    began, go_on = threading.Event(), threading.Event()
    original = milvus_client.Milvus.insert

    def slowly(self, *arguments):
        if threading.current_thread().name.startswith("milvus-"):
            began.set()
            go_on.wait(30)
        original(self, *arguments)

    monkeypatch.setattr(milvus_client.Milvus, "insert", slowly)
    with pytest.raises(NotReady) as told:
        found(server, "harbour")
    assert "'c'" in told.value.message
    assert began.wait(30)
    with pytest.raises(NotReady):
        found(server, "harbour")
    go_on.set()
    for thread in threading.enumerate():
        if thread.name.startswith("milvus-"):
            thread.join(30)
    check_whole(server)


def test_a_command_waits_until_milvus_is_filled(place, store, monkeypatch):
    with monkeypatch.context() as patched:
        patched.setattr(store.search_engine, "refresh_words", lambda collection: None)
        fill(store)
    monkeypatch.setattr(milvus_upkeep, "_IN_A_QUESTION", 2)
    monkeypatch.setattr(milvus_upkeep, "_AT_ONCE", 3)
    check_whole(place.open())


def test_what_another_engine_took_up_and_forgot_is_noticed(place, store):
    ids = fill(store)
    store.close()
    other = place.open()
    other.catalog.remove("c", ids[:2])
    with schema.write(other.catalog.engine) as connection:
        generation = other.catalog.collection("c").generation
        changes.forget_removals(connection, other.catalog.collection("c").id, generation)
    check_whole(other, TEXTS[2:])


def test_without_the_client_the_way_to_install_it_is_told(store, server, monkeypatch):
    store.open_collection("c")
    monkeypatch.setitem(sys.modules, "pymilvus", None)
    engine = MilvusEngine(store.place, store.catalog.engine, server.url)
    with pytest.raises(SettingsError) as told, schema.read(store.catalog.engine) as connection:
        engine.dense(connection, store.catalog.collection("c"))
    assert 'pip install "footnoted[milvus]"' in told.value.hint
    engine.close()
