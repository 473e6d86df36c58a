"""A store whose catalog and originals are on a PostgreSQL server: vectors, originals, locks, what is deleted."""

import hashlib
import os
import signal
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from index_samples import found, open_store, put, source
from sqlalchemy import func, select, update

from core.errors import Conflict, IndexBroken, NotFound
from index import changes, known, listing, schema
from index.build_lock import build_lock
from index.filters.filter import AnyOf, Prefix, Range, Within
from index.marked import list_marked
from index.marks import marks_of
from index.place import Place
from index.place_lock import only_holder_at
from index.postgres.lock import SessionLock
from index.postgres.originals import StoredOriginals, original_pieces
from index.verify import catalog as verified
from tests.engines.postgres_server import postgres_server, postgres_url  # noqa: F401

HARBOUR = source("file:///1", "the harbour opened", "the quay was built")
CRANE = source("file:///2", "the crane lifts")


@pytest.fixture
def place(postgres_url, tmp_path):  # noqa: F811
    return Place(tmp_path / "data", postgres_url)


@pytest.fixture
def store(place, words):
    with open_store(place, words) as opened:
        yield opened


@pytest.fixture
def elsewhere(place, tmp_path, words):
    """Another machine's store on the same database."""
    with open_store(Place(tmp_path / "elsewhere", place.database_url), words) as opened:
        yield opened


# Vectors

_HALVES = st.lists(st.floats(-60_000, 60_000, width=16), min_size=1, max_size=40)


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(_HALVES)
def test_a_vector_comes_back_bit_by_bit(store, numbers):
    packed = np.array(numbers, dtype="<f2").tobytes()
    if not store.catalog.collections():
        put(store, "c", CRANE)
    with schema.write(store.catalog.engine) as connection:
        connection.execute(update(schema.passages).values(vector=packed))
        assert connection.execute(select(schema.passages.c.vector)).scalars().all() == [packed]
        assert connection.execute(select(schema.dimension_of(schema.passages.c.vector))).scalar_one() == len(numbers)


def test_vectors_are_read_by_key_in_order(store):
    put(store, "c", HARBOUR, CRANE)
    dimension = store.encoder.dimension
    with schema.read(store.catalog.engine) as connection:
        keys, vectors = changes.added_after(connection, store.catalog.collection("c").id, 0, dimension)
        some = np.array([keys[2], keys[0], 10**12])
        again, picked = changes.vectors_of(connection, some, dimension)
    assert again.tolist() == [keys[0], keys[2]]
    assert np.array_equal(picked, vectors[[0, 2]])
    made = store.encoder.encode_passages([f"Title\n{p.text}" for p in HARBOUR.passages])
    assert np.allclose(vectors[:2], made, atol=1e-3)


def test_a_stored_vector_of_another_dimension_is_found(store):
    put(store, "c", HARBOUR)
    with schema.write(store.catalog.engine) as connection:
        first = select(func.min(schema.passages.c.key)).scalar_subquery()
        connection.execute(update(schema.passages).where(schema.passages.c.key == first).values(vector=bytes(6)))
        assert verified.vectors(connection).faulty == 1
        assert verified.counts(connection).faulty == verified.offsets(connection).faulty == 0


# Lists


def test_lists_count_pages_and_know_their_end(store):
    put(store, "c", HARBOUR, CRANE)
    listed, total = listing.list_documents(store.catalog, "c", "FILE", listing.ListOrder.FEWEST_PASSAGES)
    assert [(one.row.uri, one.pages_with_text) for one in listed] == [("file:///2", 1), ("file:///1", 2)]
    assert total == 2
    assert len(list_marked(store.catalog, "c")[0]) == len(store.catalog.documents("c")) == 2


def test_long_attributes_are_told_apart_by_their_ends(store):
    put(store, "c", HARBOUR, CRANE)
    long = "".join(chr(0x4E00 + i * 7919 % 20_000) for i in range(999))  # some 3,000 bytes that cannot be made less
    for document, end in zip(store.catalog.documents("c"), "猫犬", strict=True):
        store.catalog.mark("c", [document.id], marks_of(attributes={"long": long + end}))

    def count(where):
        return list_marked(store.catalog, "c", Within(where, None))[1]

    def ranged(operator, value):
        return count(Range("attribute.long", ((operator, value),)))

    assert [count(AnyOf("attribute.long", (long + end,))) for end in "猫犬馬"] == [1, 1, 0]
    assert [count(Prefix("attribute.long", start)) for start in (long[:500], long + "犬", "x" + long)] == [2, 1, 0]
    bounds = (("gt", long), ("gt", long + "犬"), ("gte", long + "犬"), ("lt", long), ("lte", long + "犬"))
    assert [ranged(*bound) for bound in bounds] == [2, 1, 2, 0, 1]


def test_an_address_that_does_not_fit_is_told_and_nothing_of_it_is_kept(store):
    put(store, "c", HARBOUR)
    endless = source(f"https://example.org/{os.urandom(3_000).hex()}", "the endless quay")
    with pytest.raises(IndexBroken, match="cannot hold it"):
        put(store, "c", endless)
    assert [row.uri for row in store.catalog.documents("c")] == ["file:///1"]
    assert found(store, "quay") == ["the quay was built", "the harbour opened"]


def test_a_failure_takes_the_place_of_the_one_before(store):
    collection = store.open_collection("c")
    for reason in ("first", "second"):
        store.catalog.note_failure(collection, "file:///x", "0" * 64, "1", NotFound(reason))
    assert [one.message for one in store.catalog.failures(collection).values()] == ["second"]
    with schema.write(store.catalog.engine) as connection:
        known.forget_failure(connection, collection.id, "file:///x")
    assert store.catalog.failures(collection) == {}


# Originals


def originals_of(store) -> StoredOriginals:
    assert isinstance(store.originals, StoredOriginals)
    return store.originals


def digest_of(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


@pytest.mark.parametrize("size", [0, 1, 2**20, 2**20 + 1, 3 * 2**20 - 1])
def test_an_original_of_any_size_is_read_on_another_machine(store, elsewhere, size):
    data = os.urandom(size)
    store.originals.put_pieces(digest_of(data), (data[i : i + 700_000] for i in range(0, size, 700_000)))
    store.originals.put(digest_of(data), data)
    assert elsewhere.originals.path(digest_of(data)).read_bytes() == data
    assert elsewhere.originals.path(digest_of(data)).read_bytes() == data


def test_an_original_whose_writing_fails_is_not_there(store):
    def broken():
        yield b"half"
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        store.originals.put_pieces("a" * 64, broken())
    with pytest.raises(NotFound):
        store.originals.path("a" * 64)


def test_a_damaged_original_is_not_given_out(store, elsewhere):
    data = b"as it was"
    store.originals.put(digest_of(data), data)
    with schema.write(store.catalog.engine) as connection:
        connection.execute(update(original_pieces).values(data=b"otherwise"))
    with pytest.raises(IndexBroken, match="checksum"):
        elsewhere.originals.path(digest_of(data))
    assert [path for path in elsewhere.data_dir.rglob("*") if path.is_file()] == []


def test_what_is_deleted_on_one_machine_is_given_out_by_none(store, elsewhere):
    put(store, "c", HARBOUR)
    digest = HARBOUR.document.metadata["sha256"]
    copy = elsewhere.originals.path(digest)
    store.remove("c", [HARBOUR.document.id])
    with pytest.raises(NotFound):
        elsewhere.originals.path(digest)
    assert not copy.exists()


def test_copies_that_nobody_looked_at_for_long_go(store, elsewhere):
    for data in (b"old", b"new", b"newest"):
        store.originals.put(digest_of(data), data)
    old, new = (elsewhere.originals.path(digest_of(data)) for data in (b"old", b"new"))
    os.utime(old, (time.time() - 10_000,) * 2)
    elsewhere.originals.path(digest_of(b"newest"))
    assert (old.exists(), new.exists()) == (False, True)
    assert elsewhere.originals.path(digest_of(b"old")).read_bytes() == b"old"


def test_originals_that_nothing_leads_to_are_tidied_away(store):
    put(store, "c", HARBOUR)
    store.originals.put(digest_of(b"stray"), b"stray")
    store.tidy()
    with pytest.raises(NotFound):
        store.originals.path(digest_of(b"stray"))
    assert store.originals.path(HARBOUR.document.metadata["sha256"]).read_bytes() == HARBOUR.original


def test_a_purge_writes_the_tables_anew_and_keeps_what_is_there(store):
    put(store, "c", HARBOUR, CRANE)
    store.remove("c", [CRANE.document.id])

    def dead():
        with schema.read(store.catalog.engine) as connection:
            size = func.pg_relation_filepath("passages")
            return connection.execute(select(size)).scalar_one()

    before = dead()
    store.purge()
    assert dead() != before
    assert found(store, "harbour")[0] == "the harbour opened"


# Locks


def test_one_builds_at_a_time_wherever_it_runs(place, tmp_path):
    with build_lock(place), pytest.raises(Conflict), build_lock(Place(tmp_path / "other", place.database_url)):
        pass
    for _ in range(50):  # a lock that was let go of is free at once
        with build_lock(place):
            pass


def test_locks_of_other_names_and_databases_are_apart(place, postgres_server, tmp_path):  # noqa: F811
    with (
        postgres_server.database() as other,
        only_holder_at(place, "a.lock") as first,
        only_holder_at(place, "b.lock") as second,
        only_holder_at(Place(tmp_path, other), "a.lock") as third,
    ):
        assert (first, second, third) == (True, True, True)
        with only_holder_at(place, "a.lock") as taken:
            assert not taken


def test_a_lock_is_let_go_of_when_its_holder_dies(place):
    script = f"""
        import time
        from index.postgres.lock import SessionLock
        lock = SessionLock({place.database_url!r}, "jobs")
        print(lock.acquire(), flush=True)
        time.sleep(600)
    """
    lock = SessionLock(place.database_url, "jobs")
    with subprocess.Popen([sys.executable, "-c", textwrap.dedent(script)], stdout=subprocess.PIPE, text=True) as child:
        assert child.stdout is not None
        assert child.stdout.readline() == "True\n"
        assert not lock.acquire()
        child.send_signal(signal.SIGKILL)
        child.wait()
    deadline = time.monotonic() + 30
    while not lock.acquire():
        assert time.monotonic() < deadline
        time.sleep(0.05)
    assert lock.is_held()
    lock.release()


def test_a_lock_whose_connection_was_cut_is_not_held(place, postgres_server):  # noqa: F811
    lock, other = SessionLock(place.database_url, "jobs"), SessionLock(place.database_url, "jobs")
    assert lock.acquire()
    assert lock.acquire()
    name = place.database_url.rpartition("/")[2]
    postgres_server.run(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'")
    assert not lock.is_held()
    assert other.acquire()
    assert not lock.acquire()
    other.release()
    assert lock.acquire()
    lock.release()


# Several processes


def test_another_process_and_this_one_write_into_one_database(store, place):
    script = f"""
        import sys
        sys.path.insert(0, {str(Path(__file__).parent)!r})
        from pathlib import Path
        from index_samples import open_store, put, source
        from index.place import Place
        with open_store(Place(Path({str(place.folder / "child")!r}), {place.database_url!r})) as store:
            print("ready", flush=True)
            sys.stdin.readline()
            for i in range(10):
                put(store, "c", source(f"file:///child/{{i}}", f"The child harbour has number {{i}}."))
    """
    with subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(script)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as child:
        assert child.stdout is not None
        assert child.stdin is not None
        assert child.stdout.readline() == "ready\n"
        child.stdin.write("go\n")
        child.stdin.flush()
        for i in range(10):
            put(store, "c", source(f"file:///parent/{i}", f"The parent harbour has number {i}."))
        child.stdin.close()
        assert child.wait() == 0
    assert len(store.catalog.documents("c")) == 20
    assert store.catalog.collection("c").generation == 20
    assert len(found(store, "harbour", top_k=50)) == 20


def test_a_document_that_was_deleted_takes_its_rows_with_it(store):
    put(store, "c", HARBOUR, CRANE)
    store.delete_collection("c")
    with schema.read(store.catalog.engine) as connection:
        for table in (schema.documents, schema.passages, schema.removed_passages):
            assert connection.execute(select(func.count()).select_from(table)).scalar_one() == 0
