"""pgvector's index of a large collection: made, used, mended, dropped; and a server that fails in the middle."""

import threading

import numpy as np
import pytest
from engine_samples import EnginePlace, document, found, put, put_texts, random_vectors, seen
from sqlalchemy import Engine, event, text
from sqlalchemy.exc import OperationalError

from core.errors import NotReady
from index import changes, schema
from index.dense.building import DenseSettings
from index.engines.postgres import hnsw
from index.place import Place

SMALL = DenseSettings(exact_up_to=100)


@pytest.fixture
def place(postgres_url, tmp_path):
    made = EnginePlace("postgres", Place(tmp_path / "data", postgres_url))
    yield made
    made.close()


@pytest.fixture
def large(place):
    """A store whose collection is above the size that is compared one by one."""
    store = place.open(dense=SMALL)
    for start in range(0, 400, 100):
        put(
            store,
            "c",
            document(f"file:///{start}", [f"w{start + i}" for i in range(100)], random_vectors(100, seed=start)),
        )
    return store


def indexes(store):
    """Their names, and whether they can be used."""
    query = text(
        "SELECT c.relname, i.indisvalid FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid "
        "WHERE c.relname LIKE 'ix_passages_hnsw%'"
    )
    with schema.read(store.catalog.engine) as connection:
        return dict(connection.execute(query).tuples().all())


def plans(store, allowed=None):
    """How PostgreSQL goes about a search's statements on passages."""
    seen_statements = []

    def note(connection, cursor, statement, parameters, context, many):
        if "<#>" in statement and not statement.startswith("EXPLAIN"):
            plan = connection.exec_driver_sql(f"EXPLAIN {statement}", parameters).scalars().all()
            seen_statements.append("\n".join(plan))

    with seen(store, "c") as one:
        connection = one.dense._connection
        event.listen(connection, "before_cursor_execute", note)
        one.dense.search(np.ones(8, dtype=np.float32), 10, allowed)
    return seen_statements


def test_a_large_collection_gets_an_index_when_it_is_refreshed_and_searches_use_it(large):
    assert indexes(large) == {}
    large.refresh("c")
    (name,) = indexes(large)
    assert indexes(large) == {name: True}
    (plan,) = plans(large)
    assert f"Index Scan using {name}" in plan


def measured(store):
    """What the indexes' comments say."""
    query = text("SELECT obj_description(oid, 'pg_class') FROM pg_class WHERE relname LIKE 'ix_passages_hnsw%'")
    with schema.read(store.catalog.engine) as connection:
        return connection.execute(query).scalars().all()


@pytest.mark.parametrize("recall", [0.5, 0.98])
def test_a_search_keeps_as_many_candidates_as_find_the_wanted_share(place, recall, monkeypatch):
    monkeypatch.setattr(hnsw, "_NEIGHBOURS", 4)  # a graph in which much is not found
    monkeypatch.setattr(hnsw, "_BUILT_AMONG", 8)
    store = place.open(32, DenseSettings(exact_up_to=100, recall=recall))
    vectors = random_vectors(1_500, 32)
    for start in range(0, 1_500, 500):
        texts = [f"w{start + i}" for i in range(500)]
        put(store, "c", document(f"file:///{start}", texts, vectors[start : start + 500]))
    store.refresh("c")
    (said,) = measured(store)
    kept = int(said.split()[1])
    assert said == f"ef_search {kept} for recall {recall}, measured at 1500 passages"
    assert (kept > 100) == (recall > 0.9)
    points = random_vectors(50, 32, seed=1).astype(np.float32)
    with seen(store, "c") as one:
        keys, stored = changes.vectors_of(one.dense._connection, np.array(sorted(one.texts), dtype=np.int64), 32)
        found_keys = [{key for key, _ in one.dense.search(point, 10)} for point in points]
    best = keys[np.argsort(-(points @ stored.T), axis=1)[:, :10]]
    share = np.mean([len(found & {*row.tolist()}) / 10 for found, row in zip(found_keys, best, strict=True)])
    assert share >= recall - 0.05  # these are other points than those that it was measured with


def test_it_is_measured_again_when_the_collection_has_grown(large):
    large.refresh("c")
    for start in range(400, 700, 100):
        put(
            large,
            "c",
            document(f"file:///{start}", [f"w{start + i}" for i in range(100)], random_vectors(100, seed=start)),
        )
        large.refresh("c")
    assert measured(large) == ["ef_search 100 for recall 0.98, measured at 400 passages"]
    put(large, "c", document("file:///700", [f"w{700 + i}" for i in range(100)], random_vectors(100, seed=700)))
    large.refresh("c")
    assert measured(large) == ["ef_search 100 for recall 0.98, measured at 800 passages"]


def test_few_allowed_passages_are_compared_one_by_one(large):
    large.refresh("c")
    with seen(large, "c") as one:
        some = np.array(sorted(one.texts)[::10], dtype=np.int64)
    (plan,) = plans(large, some)
    assert "hnsw" not in plan


def test_a_small_collection_gets_none(place):
    store = place.open()
    put_texts(store, "c", "file:///1", "the quay")
    store.refresh("c")
    assert indexes(store) == {}


def ask_and_wait(store):
    with seen(store, "c") as one:
        assert len(one.dense.search(np.ones(8, dtype=np.float32), 10)) == 10
    for thread in threading.enumerate():
        if thread.name.startswith("hnsw-"):
            thread.join(timeout=60)


def test_a_server_makes_it_beside_the_questions_when_nothing_is_added_any_more(large, monkeypatch):
    large.build_in_background()
    for _ in range(2):
        ask_and_wait(large)
    assert indexes(large) == {}
    monkeypatch.setattr(hnsw, "_SETTLED_S", 0.0)
    put_texts(large, "c", "file:///new", "the quay")
    ask_and_wait(large)
    assert indexes(large) == {}
    ask_and_wait(large)
    assert list(indexes(large).values()) == [True]


def test_one_that_was_left_half_made_is_made_anew(large, postgres_server, postgres_url):
    large.refresh("c")
    (name,) = indexes(large)
    database = postgres_url.rpartition("/")[2]
    postgres_server.run(
        f"UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'footnoted_catalog.{name}'::regclass", database
    )
    (plan,) = plans(large)
    assert name not in plan
    large.refresh("c")
    assert indexes(large) == {name: True}


def test_it_goes_with_its_collection(large):
    large.refresh("c")
    assert len(indexes(large)) == 1
    large.delete_collection("c")
    assert indexes(large) == {}


def test_a_server_that_is_gone_is_told_of_and_found_again(place, postgres_server):
    store = place.open()
    put_texts(store, "c", "file:///1", "the old quay")
    assert found(store, "quay") == ["the old quay"]
    postgres_server.stop()
    for _ in range(2):
        with pytest.raises(NotReady, match="cannot be reached"):
            found(store, "quay")
    with pytest.raises(NotReady, match="cannot be reached"):
        put_texts(store, "c", "file:///2", "the new quay")
    postgres_server.start()
    assert found(store, "quay") == ["the old quay"]
    put_texts(store, "c", "file:///2", "the new quay")
    assert sorted(found(store, "quay")) == ["the new quay", "the old quay"]


def test_a_connection_that_breaks_in_the_middle_of_a_search_is_told_of_and_the_next_search_works(
    place, postgres_server, monkeypatch
):
    store = place.open()
    put_texts(store, "c", "file:///1", "the old quay")
    words = store.search_engine.words

    def cut(collection, connection=None):
        pid = connection.execute(text("SELECT pg_backend_pid()")).scalar_one()
        postgres_server.run(f"SELECT pg_terminate_backend({pid})")
        return words(collection, connection)

    with monkeypatch.context() as patched:
        patched.setattr(store.search_engine, "words", cut)
        with pytest.raises(NotReady):
            found(store, "quay")
    assert found(store, "quay") == ["the old quay"]


def test_words_that_were_not_written_for_want_of_a_server_are_written_later(place, postgres_server, monkeypatch):
    store = place.open()
    put_texts(store, "c", "file:///1", "the old quay")
    write = store.search_engine.refresh_words

    def too_late(collection):
        postgres_server.stop()
        write(collection)

    with monkeypatch.context() as patched:
        patched.setattr(store.search_engine, "refresh_words", too_late)
        put_texts(store, "c", "file:///1", "the new quay")  # the catalog has it
    postgres_server.start()
    assert found(store, "quay") == ["the new quay"]


def test_where_the_server_has_too_little_shared_memory_one_process_builds_the_index(large):
    tried = []
    too_little = "could not resize shared memory segment: No space left on device"

    @event.listens_for(Engine, "before_cursor_execute")
    def refuse(connection, cursor, statement, parameters, context, many):
        if statement.startswith("CREATE INDEX CONCURRENTLY"):
            workers = connection.exec_driver_sql("SHOW max_parallel_maintenance_workers").scalar_one()
            tried.append(workers)
            if workers != "0":
                raise OperationalError(statement, parameters, RuntimeError(too_little))

    try:
        large.refresh("c")
    finally:
        event.remove(Engine, "before_cursor_execute", refuse)
    assert len(tried) == 2
    assert list(indexes(large).values()) == [True]
