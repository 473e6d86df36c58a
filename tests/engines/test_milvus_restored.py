"""Milvus has what the catalog has not: PostgreSQL was restored from a backup, or others write meanwhile."""

import secrets
from urllib.parse import urlsplit

import numpy as np
import pytest
from engine_samples import EnginePlace, found, put_texts, seen
from milvus_samples import TEXTS, check_whole, engine_of, fill, held

from core.errors import NotReady
from index import changes, passages, schema
from index.engines.milvus import alone as milvus_alone
from index.engines.milvus import client as milvus_client
from index.engines.milvus.ahead import Ahead
from index.engines.milvus.filling import Filling
from index.inverted import Wanted
from index.place import Place
from index.place_lock import only_holder_at
from tests.engines.postgres_server import PostgresServer

OTHERS = [f"secret number{number} of the harbour" for number in range(3)]

pytestmark = [pytest.mark.slow, pytest.mark.parametrize("place", ["milvus"], indirect=True)]


@pytest.fixture
def restored(place, milvus_url, postgres_url, postgres_server: PostgresServer, tmp_path):
    """The state as of a backup of six passages in "c", where Milvus has four more, and "late" and "later" too."""
    store = place.open()
    fill(store, texts=TEXTS[:6])
    store.close()
    original, copy = urlsplit(postgres_url).path.strip("/"), f"test_{secrets.token_hex(6)}"
    others = f"datname = '{original}' AND pid != pg_backend_pid()"
    postgres_server.run(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE {others}")
    postgres_server.run(f"CREATE DATABASE {copy} TEMPLATE {original}")
    try:
        store = place.open()
        for number, text in enumerate(TEXTS[6:10]):
            put_texts(store, "c", f"file:///late{number}", text)
        fill(store, "late", TEXTS[:2])
        fill(store, "later", TEXTS)
        store.close()
        made = EnginePlace("milvus", Place(tmp_path / "restored", postgres_server.url(copy)), milvus_url)
        yield made
        made.close()
    finally:
        postgres_server.run(f"DROP DATABASE {copy} WITH (FORCE)")


def rows_above(store, key):
    engine = engine_of(store)
    return engine._milvus.collections_above(engine._counts.home(8), key)


def test_what_was_written_after_the_backup_leaves_milvus_before_its_keys_are_given_again(restored):
    store = restored.open()
    last_key = engine_of(store)._counts.last_key()
    ids = {store.catalog.collection("c").id + number for number in range(3)}
    assert {*rows_above(store, last_key)} == ids  # else this test shows nothing
    fill(store, "d", OTHERS)
    d = store.catalog.collection("d").id
    assert d in ids  # the number of another collection, too
    assert rows_above(store, last_key) == [d]
    check_whole(store, OTHERS, "d")
    check_whole(store, TEXTS[:6])
    assert (len(held(store)), len(held(store, "d"))) == (6, 3)
    put_texts(store, "c", "file:///new", "a new quay at the harbour")
    fill(store, "e", TEXTS[:2])
    check_whole(store, [*TEXTS[:6], "a new quay at the harbour"])
    check_whole(store, OTHERS, "d")
    check_whole(store, TEXTS[:2], "e")


def test_each_collection_is_rid_of_what_is_not_counted_by_itself(restored, monkeypatch):
    """Also where the look at all of them at once was passed over."""
    monkeypatch.setattr(Ahead, "clear", lambda self, dimension: None)
    store = restored.open()
    check_whole(store, TEXTS[:6])
    assert len(held(store)) == 6
    fill(store, "d", OTHERS)
    check_whole(store, OTHERS, "d")
    assert len(held(store, "d")) == 3


def test_a_question_never_finds_what_took_the_key_of_a_lost_passage(restored, monkeypatch):
    """Whatever Milvus says: here nobody has tidied it up."""
    monkeypatch.setattr(Ahead, "clear", lambda self, dimension: None)
    monkeypatch.setattr(milvus_client.Milvus, "delete_range", lambda *arguments: None)
    store = restored.open()
    with monkeypatch.context() as patched:
        patched.setattr(store.search_engine, "refresh_words", lambda collection: None)
        fill(store, "d", OTHERS)
    with schema.read(store.catalog.engine) as connection:
        keys = changes.all_keys(connection, store.catalog.collection("d").id, 2**60).tolist()
    assert len(keys) == len(OTHERS)
    assert {*keys} <= {*held(store).tolist()}  # Milvus has them as those of "c"
    assert sorted(found(store, "secret harbour")) == sorted(TEXTS[:6])
    with seen(store, "c") as one:
        vector = np.ones(8, dtype=np.float32)
        assert {key for key, _ in one.dense.search(vector, 100)} == set(one.texts)
        assert {key for key, _ in one.words.search(Wanted(["harbour"]), 100)} == set(one.texts)
        assert one.dense.scores(vector, keys) == [0.0] * len(keys)


def test_passages_are_looked_up_in_their_collection_only(store):
    fill(store, texts=TEXTS[:2])
    fill(store, "d", OTHERS)
    with seen(store, "d") as other, store.catalog.engine.connect() as connection:
        c = store.catalog.collection("c").id
        assert passages.by_key(connection, c, sorted(other.texts)) == {}
        assert len(passages.by_key(connection, other.collection.id, sorted(other.texts))) == len(OTHERS)


def test_purge_leaves_nothing_of_what_was_deleted(store):
    ids = fill(store)
    engine = engine_of(store)
    home = engine._counts.home(8)
    collection = store.catalog.collection("c")
    store.remove("c", ids[:4])
    stray = milvus_client.Row(10**9, np.ones(8, dtype=np.float32), {5: 1.0}, 1, 0)
    engine._milvus.insert(home, collection.id, [stray])
    store.purge()
    assert len(held(store)) == 8
    check_whole(store, TEXTS[4:])


def test_purge_beside_a_writer_takes_nothing_of_what_he_writes(place, store, monkeypatch):
    ids = fill(store)
    writer = place.open()
    original = milvus_client.Milvus.keys
    begun = []

    def meanwhile(self, *arguments):
        if not begun:
            begun.append(True)
            put_texts(writer, "c", "file:///new", "a new quay at the harbour")
            with monkeypatch.context() as patched:  # removed, and not yet counted out
                patched.setattr(writer.search_engine, "refresh_words", lambda collection: None)
                writer.remove("c", ids[:2])
        return original(self, *arguments)

    began_anew = []
    begin_anew = Filling._begin_anew
    monkeypatch.setattr(Filling, "_begin_anew", lambda *some: began_anew.append(True) or begin_anew(*some))
    monkeypatch.setattr(milvus_client.Milvus, "keys", meanwhile)
    store.purge()
    assert begun
    expected = [*TEXTS[2:], "a new quay at the harbour"]
    for one in (store, writer, place.open()):
        check_whole(one, expected)
    assert not began_anew


def test_verify_beside_a_writer_finds_no_differences(place, store, monkeypatch):
    ids = fill(store)
    writer = place.open()
    original = milvus_client.Milvus.keys

    def meanwhile(self, *arguments):
        monkeypatch.setattr(milvus_client.Milvus, "keys", original)
        put_texts(writer, "c", "file:///new", "a new quay at the harbour")
        writer.remove("c", ids[:2])
        writer.refresh("c")
        return original(self, *arguments)

    monkeypatch.setattr(milvus_client.Milvus, "keys", meanwhile)
    missing, strays = engine_of(store).differences(store.catalog.collection("c"))
    assert milvus_client.Milvus.keys is original
    assert (missing.tolist(), strays.tolist()) == ([], [])


def test_nothing_is_thrown_away_while_another_process_writes(place, store, monkeypatch):
    fill(store)
    monkeypatch.setattr(milvus_alone, "_WAIT_S", 0.0)
    collection = store.catalog.collection("c")
    engine = engine_of(store)
    with only_holder_at(place.place, f"milvus-{collection.id}.lock") as alone:
        assert alone
        with pytest.raises(NotReady):
            engine._filling.begin_anew(collection)
        with pytest.raises(NotReady):
            engine._filling.drop(collection.id)
        store.delete_collection("c")  # succeeds, and what is left goes later
        assert engine._counts.collection_ids() == [collection.id]
        assert len(engine._milvus.keys(engine._counts.home(8), collection.id)) == 12
    put_texts(store, "d", "file:///1", "another harbour")
    assert engine._counts.collection_ids() == [store.catalog.collection("d").id]
    assert engine._milvus.keys(engine._counts.home(8), collection.id).tolist() == []
