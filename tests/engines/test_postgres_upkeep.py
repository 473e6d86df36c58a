"""What PostgreSQL's tables and indexes go through beside questions: other builders, other versions, failures."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from engine_samples import EnginePlace, document, found, put, put_texts, random_vectors, seen
from sqlalchemy import Engine, event, text
from sqlalchemy.exc import OperationalError

from core.errors import NotFound, NotReady
from index import changes, collections, documents, schema
from index.dense.building import DenseSettings
from index.engines.postgres import behind, hnsw, words, writing
from index.inverted import Wanted
from index.place import Place
from index.postgres.pool import lock_key
from index.postgres.statements import each_statement

NEWER = "3, snowball 10.0.0; blocks 1"


@pytest.fixture
def place(postgres_url, tmp_path):
    made = EnginePlace("postgres", Place(tmp_path / "data", postgres_url))
    yield made
    made.close()


@pytest.fixture
def store(place):
    return place.open(dense=DenseSettings(exact_up_to=100))


def fill(store, name, seed):
    put(store, name, document(f"file:///{name}", [f"w{i}" for i in range(150)], random_vectors(150, seed=seed)))


def indexes(store):
    query = text("SELECT indexname FROM pg_indexes WHERE indexname LIKE 'ix_passages_hnsw%' ORDER BY indexname")
    with schema.read(store.catalog.engine) as connection:
        return connection.execute(query).scalars().all()


def value(store, statement):
    with schema.read(store.catalog.engine) as connection:
        return connection.execute(text(statement)).scalars().all()


def statements(work):
    """What it makes the server do."""
    listed = []

    @event.listens_for(Engine, "before_cursor_execute")
    def note(connection, cursor, statement, parameters, context, many):
        listed.append(statement)

    try:
        work()
    finally:
        event.remove(Engine, "before_cursor_execute", note)
    return listed


def test_while_one_index_is_built_no_other_is_built_or_dropped_and_afterwards_all_are(store, monkeypatch):
    monkeypatch.setattr(hnsw, "_BUSY_S", 0.0)
    for seed, name in enumerate(("a", "b", "gone")):
        fill(store, name, seed)
    store.refresh("gone")
    (of_gone,) = indexes(store)
    with each_statement(store.catalog.engine) as builder:
        builder.execute(text("SELECT pg_advisory_lock(:key)"), {"key": lock_key("hnsw")})
        store.refresh("a")
        store.delete_collection("gone")
        assert indexes(store) == [of_gone]
        builder.execute(text("SELECT pg_advisory_unlock(:key)"), {"key": lock_key("hnsw")})
    for name in ("a", "b"):  # one after the other, as the lock is let go of at once
        store.refresh(name)
    assert len(indexes(store)) == 2
    assert of_gone not in indexes(store)


def test_an_index_that_postgresql_makes_beside_another_is_left_to_it(store):
    """REINDEX INDEX CONCURRENTLY names its own with an ending, and leaves it where it fails."""
    fill(store, "c", 0)
    store.refresh("c")
    (name,) = indexes(store)
    with each_statement(store.catalog.engine) as connection:
        connection.exec_driver_sql(f"CREATE INDEX {name}_ccnew ON passages (key)")
    fill(store, "d", 1)
    store.refresh("d")
    store.delete_collection("d")
    assert indexes(store) == [name, f"{name}_ccnew"]


def test_words_that_another_engine_let_fall_behind_are_made_anew(store):
    """It has the catalog forget what was removed, which these words still have."""
    first = put_texts(store, "c", "file:///1", "the old quay")
    put_texts(store, "c", "file:///2", "the new quay")
    with schema.write(store.catalog.engine) as connection:
        collection = store.catalog.collection_in(connection, "c")
        documents.remove(connection, collection.id, schema.documents.c.id == first)
        collections.bump(connection, collection.id)
        removed_until = store.catalog.collection_in(connection, "c").generation
        changes.forget_removals(connection, collection.id, removed_until)
        writing.forget_states_before(connection, collection.id, removed_until)
    with seen(store, "c") as one:
        assert one.words.document_frequencies(["quay"]) == {"quay": 1}
    store.refresh("c")
    assert [body.split() for body in value(store, "SELECT body FROM term_passages")] == [["the", "new", "quay"]]


def test_words_that_fell_behind_go_with_their_collection(store):
    put_texts(store, "c", "file:///1", "the old quay")
    with schema.write(store.catalog.engine) as connection:
        collection = store.catalog.collection_in(connection, "c")
        writing.forget_states_before(connection, collection.id, collection.generation + 1)
    store.delete_collection("c")
    assert value(store, "SELECT body FROM term_passages") == []


def test_an_engine_that_is_not_searched_any_more_keeps_nothing(store):
    fill(store, "c", 0)
    fill(store, "d", 1)
    store.refresh("c")
    store.refresh("d")
    store.search_engine.forget(store.catalog.collection("c"))
    assert len(indexes(store)) == 1
    assert len(value(store, "SELECT DISTINCT collection_id FROM term_passages")) == 1
    with seen(store, "c") as one:  # it can be gone back to
        assert len(one.dense.search(np.ones(8, dtype=np.float32), 10)) == 10
    store.refresh("c")
    assert len(indexes(store)) == 2


def test_many_deletions_at_once_have_connections_enough(store):
    """Each of them waits for the writers' lock with one in hand."""
    ids = [put_texts(store, "c", f"file:///{i}", f"quay {i}") for i in range(30)]
    with ThreadPoolExecutor(30) as pool:
        assert list(pool.map(lambda one: store.remove("c", [one]), ids)) == [1] * 30
    assert found(store, "quay") == []


def test_a_deletion_that_cannot_take_the_words_with_it_is_done_and_the_next_refresh_does_it(store, monkeypatch):
    def refuse(engine):
        raise NotReady("The database is locked by another process.", "Try again.")

    put_texts(store, "c", "file:///1", "the old quay")
    put_texts(store, "d", "file:///2", "the old mole")
    with monkeypatch.context() as patched:
        patched.setattr(writing, "drop_leftovers", refuse)
        store.delete_collection("c")
    with pytest.raises(NotFound):
        store.catalog.collection("c")
    assert len(value(store, "SELECT key FROM term_passages")) == 2
    store.refresh("d")
    assert len(value(store, "SELECT key FROM term_passages")) == 1


def test_a_purge_writes_each_table_anew_once_however_many_collections_there_are(store):
    for seed, name in enumerate(("a", "b", "c")):
        fill(store, name, seed)
    listed = [one for one in statements(store.purge) if one.startswith("VACUUM")]
    assert any("term_postings" in one for one in listed)
    assert len(listed) == len(set(listed))


def test_a_purge_builds_an_index_of_vectors_with_memory_enough_and_by_one_process_if_it_must(store):
    fill(store, "a", 0)
    store.refresh("a")
    tried = []

    @event.listens_for(Engine, "before_cursor_execute")
    def refuse(connection, cursor, statement, parameters, context, many):
        if statement.startswith("VACUUM") and "passages" in statement and "term" not in statement:
            workers = connection.exec_driver_sql("SHOW max_parallel_maintenance_workers").scalar_one()
            tried.append(workers)
            if workers != "0":
                raise OperationalError(statement, parameters, RuntimeError("could not resize shared memory segment"))

    try:
        store.purge()
    finally:
        event.remove(Engine, "before_cursor_execute", refuse)
    assert len(tried) >= 2
    assert tried[-1] == "0"
    assert len(indexes(store)) == 1


def test_of_very_many_passages_with_all_words_of_a_phrase_the_best_are_looked_through(store, monkeypatch):
    for number in range(40):
        put_texts(store, "c", f"file:///{number}", f"a red hull beside the crane and number {number} of the long quays")
    put_texts(store, "c", "file:///best", "red crane")
    wanted = Wanted(["red", "crane"], [["red", "crane"]])

    def best():
        with seen(store, "c") as one:
            key, score = one.words.search(wanted, 1)[0]
            return one.texts[key], score

    expected = best()
    assert expected[0] == "red crane"
    monkeypatch.setattr(words, "_CHECKED", 3)
    assert best() == expected


def test_while_words_are_behind_passages_are_counted_from_where_the_words_are(place, store, monkeypatch):
    reader = place.open(dense=DenseSettings(exact_up_to=100))
    reader.build_in_background()
    fill(store, "c", 0)
    gone = put_texts(store, "c", "file:///gone", "the old quay", "the old mole")
    monkeypatch.setattr(writing, "catch_up", lambda *_: False)
    monkeypatch.setattr(reader.search_engine._beside, "run", lambda *_: None)
    put_texts(store, "c", "file:///new", "the new quay")
    store.remove("c", [gone])
    counted, count_after = [], behind.changes.count_after

    def note(connection, collection_id, key):
        counted.append(key)
        return count_after(connection, collection_id, key)

    monkeypatch.setattr(behind.changes, "count_after", note)
    with seen(reader, "c") as one:
        assert len(one.dense) == 151
    assert counted
    assert 0 not in counted


def written_by(form):
    """A version of Footnoted whose words are of this form."""
    patched = pytest.MonkeyPatch()
    patched.setattr(behind, "FORM", form)
    patched.setattr(writing, "FORM", form)
    return patched


def test_what_a_newer_version_wrote_is_searched_and_left_to_it(place):
    newer = written_by(NEWER)
    first = place.open()
    put_texts(first, "c", "file:///1", "the first quay")
    gone = put_texts(first, "c", "file:///2", "the second quay")
    newer.undo()
    store = place.open()
    assert sorted(found(store, "quay")) == ["the first quay", "the second quay"]
    put_texts(store, "c", "file:///3", "the third quay")
    store.remove("c", [gone])
    store.refresh("c")
    assert sorted(found(store, "quay")) == ["the first quay", "the third quay"]
    assert value(store, "SELECT analysis FROM term_states") == [NEWER]
    assert len(value(store, "SELECT key FROM term_passages")) == 2
    newer = written_by(NEWER)
    first.refresh("c")
    newer.undo()
    assert sorted(found(store, "quay")) == ["the first quay", "the third quay"]
    third = value(store, "SELECT max(key) FROM passages")
    assert value(store, "SELECT key FROM term_passages ORDER BY key DESC LIMIT 1") == third


def test_blocks_that_only_a_newer_version_can_read_are_done_without_until_they_are_made_anew(place):
    newer = written_by("3, snowball 10.0.0; blocks 2")
    first = place.open()
    put_texts(first, "c", "file:///1", "the first quay")
    newer.undo()
    store = place.open()
    with schema.write(store.catalog.engine) as connection:
        connection.execute(text("UPDATE term_postings SET postings = '\\x00'"))
    assert found(store, "quay") == ["the first quay"]
    store.refresh("c")
    assert value(store, "SELECT analysis FROM term_states") == ["3, snowball 10.0.0; blocks 2"]
    store.purge()
    assert value(store, "SELECT analysis FROM term_states") == [behind.FORM]
    with seen(store, "c") as one:
        assert len(one.words.search(Wanted(["quay"]), 10)) == 1
        assert np.array_equal(sorted(one.texts), [key for key, _ in one.words.search(Wanted(["first"]), 10)])


@pytest.mark.parametrize("form", ["2, snowball 2.9.9; blocks 1", "1, snowball 99.0.0; blocks 1", "1", ""])
def test_what_an_earlier_version_wrote_is_made_anew(place, form):
    earlier = written_by(form)
    put_texts(place.open(), "c", "file:///1", "the first quay")
    earlier.undo()
    store = place.open()
    assert found(store, "quay") == ["the first quay"]
    store.refresh("c")
    assert value(store, "SELECT analysis FROM term_states") == [behind.FORM]
