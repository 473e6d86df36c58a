"""Bases: built beside the one that serves, swapped, shared by processes, and never trusted over the catalog."""

import errno
import shutil
import subprocess
import sys
import textwrap
import threading
from pathlib import Path

import numpy as np
import pytest
from index_samples import SIZES, WordEncoder, found, open_store, put, results, source

from core.errors import NotFound, NotReady
from index import changes, schema, snapshots
from index.dense import building, manifest
from index.dense.building import DenseSettings
from index.file_lock import only_holder
from index.store import Store

MANY = [source(f"file:///{i}", *(f"Ferry {i} leaves quay {j} at night." for j in range(5))) for i in range(8)]
LATE = source("file:///late", "The lighthouse burns from dusk to dawn.")


@pytest.fixture
def full(store):
    """Forty passages and a base of them."""
    put(store, "c", *MANY)
    store.refresh("c")
    return store


def told(folder):
    """The manifest of the one collection."""
    return manifest.read(folder / "index", 1)


def join_builders():
    for thread in [one for one in threading.enumerate() if one.name.startswith("dense-base-")]:
        thread.join(30)


def no_room(_, file):
    file.write_bytes(b"half")
    raise OSError(errno.ENOSPC, "No space left on device", str(file))


def removals(store):
    with schema.read(store.catalog.engine) as connection:
        return changes.removed_since(connection, 1, -1).tolist()


def test_little_that_changed_is_kept_in_memory_and_much_makes_a_new_base(full, folder):
    first = told(folder)
    assert (first.vectors, first.kind) == (40, "flat-fp16")
    put(full, "c", LATE)
    full.refresh("c")
    assert told(folder) == first
    put(full, "c", *(source(f"file:///more/{i}", f"Crane {i} on the quay.") for i in range(5)))
    full.refresh("c")
    assert told(folder).vectors == 46
    assert found(full, "lighthouse")[0] == LATE.passages[0].text


def test_a_large_collection_is_searched_by_cells_and_gives_the_same_cosines(folder):
    with open_store(folder) as store:
        put(store, "c", *MANY)
        store.refresh("c")
        expected = results(store, "Which ferry leaves quay 3?")
    shutil.rmtree(folder / "index")
    with Store(folder, WordEncoder(), SIZES, DenseSettings(exact_up_to=10)) as store:
        store.refresh("c")
        assert results(store, "Which ferry leaves quay 3?") == expected
    assert told(folder).kind == "ivf-sq8"
    assert told(folder).probes > 0
    with Store(folder, WordEncoder(), SIZES, DenseSettings(exact_up_to=10)) as store:
        assert results(store, "Which ferry leaves quay 3?") == expected


def test_after_a_change_only_what_changed_is_read(full, folder, monkeypatch):
    """However large the collection is, and whoever changed it."""
    read: list[int] = []
    unpacked = changes._unpacked

    def counted(rows, dimension):
        read.append(len(rows))
        return unpacked(rows, dimension)

    with open_store(folder) as other:
        found(other, "ferry")
        monkeypatch.setattr(changes, "_unpacked", counted)
        put(full, "c", LATE)
        with schema.read(other.catalog.engine) as connection:
            other.search_engine.snapshots.get(connection, other.catalog.collection_in(connection, "c"))
        assert read == [1]
        full.remove("c", [MANY[0].document.id])
        with schema.read(other.catalog.engine) as connection:
            dense = other.search_engine.snapshots.get(connection, other.catalog.collection_in(connection, "c"))
        assert sum(read) == 1
        assert len(dense) == 36


def test_what_was_removed_is_forgotten_when_a_base_reflects_it_and_no_store_finds_it(full, folder):
    with open_store(folder) as other:
        assert len(found(other, "ferry", top_k=100)) == 40
        full.remove("c", [one.document.id for one in MANY[:2]])
        assert len(removals(full)) == 10
        full.refresh("c")
        assert told(folder).vectors == 30
        assert removals(full) == []
        assert sorted(found(other, "ferry", top_k=100)) == sorted(p.text for one in MANY[2:] for p in one.passages)
        with schema.read(other.catalog.engine) as connection:
            dense = other.search_engine.snapshots.get(connection, other.catalog.collection_in(connection, "c"))
        assert len(dense) == 30


def test_a_store_that_is_behind_a_damaged_base_reads_the_catalog(full, folder):
    """What was removed is not told any more, and the base that knew it cannot be opened."""
    with open_store(folder) as other:
        found(other, "ferry")
        full.remove("c", [one.document.id for one in MANY[:2]])
        full.refresh("c")
        assert removals(full) == []
        (folder / "index" / told(folder).file).unlink()
        assert len(found(other, "ferry", top_k=100)) == 30
        with schema.read(other.catalog.engine) as connection:
            dense = other.search_engine.snapshots.get(connection, other.catalog.collection_in(connection, "c"))
        assert len(dense) == 30


def test_removals_that_another_index_has_not_seen_are_kept(full, folder):
    full.search_engine.snapshots._builds.others = lambda _: 8
    full.remove("c", [MANY[0].document.id])
    full.remove("c", [MANY[1].document.id])
    full.refresh("c")
    assert told(folder).generation == 10
    assert len(removals(full)) == 10
    full.search_engine.snapshots._builds.others = lambda _: 9
    full.remove("c", [MANY[2].document.id])
    full.refresh("c")
    assert len(removals(full)) == 10


def test_in_a_server_questions_are_answered_while_the_base_is_built(folder, monkeypatch):
    monkeypatch.setattr(snapshots, "_CHANGED_LEAST", 5)
    let_go, begun = threading.Event(), threading.Event()
    build = building.build

    def slow(*arguments):
        begun.set()
        assert let_go.wait(30)
        return build(*arguments)

    monkeypatch.setattr(building, "build", slow)
    with open_store(folder) as store:
        store.build_in_background()
        put(store, "c", *MANY)
        assert len(found(store, "ferry", top_k=100)) == 40
        assert begun.wait(30)
        put(store, "c", LATE)
        assert found(store, "lighthouse")[0] == LATE.passages[0].text
        store.remove("c", [MANY[0].document.id])
        assert len(found(store, "ferry", top_k=100)) == 36
        assert told(folder) is None
        let_go.set()
        join_builders()
        assert told(folder).vectors == 36
        assert len(found(store, "ferry", top_k=100)) == 36


def test_a_large_collection_without_a_base_gets_one_before_it_answers(full, folder, monkeypatch):
    monkeypatch.setattr(snapshots, "_LONGEST_DELTA", 20)
    shutil.rmtree(folder / "index")
    with open_store(folder) as server:
        server.build_in_background()
        with pytest.raises(NotReady, match="being built from its 40 passages"):
            found(server, "ferry")
        join_builders()
        assert len(found(server, "ferry", top_k=100)) == 40
    shutil.rmtree(folder / "index")
    with open_store(folder) as command:
        assert len(found(command, "ferry", top_k=100)) == 40
        assert command.search_engine.snapshots._current[1].parts.changes == 0


def test_a_large_collection_whose_base_cannot_be_written_is_answered_from_memory(full, folder, monkeypatch):
    monkeypatch.setattr(snapshots, "_LONGEST_DELTA", 20)
    shutil.rmtree(folder / "index")
    monkeypatch.setattr(building, "_write", no_room)
    with open_store(folder) as server:
        server.build_in_background()
        with pytest.raises(NotReady):
            found(server, "ferry")
        join_builders()
        assert len(found(server, "ferry", top_k=100)) == 40


def test_what_is_removed_while_a_base_is_built_is_not_in_what_is_found(full, folder, monkeypatch):
    stream = changes.stream

    def with_a_removal(*arguments):
        full.remove("c", [MANY[0].document.id])
        yield from stream(*arguments)
        full.remove("c", [MANY[1].document.id])
        put(full, "c", LATE)

    monkeypatch.setattr(changes, "stream", with_a_removal)
    built = building.build(full.catalog.engine, folder / "index", 1, DenseSettings())
    monkeypatch.undo()
    assert built is not None
    assert built.vectors == 35
    expected = sorted([*(p.text for one in MANY[2:] for p in one.passages), LATE.passages[0].text])
    with open_store(folder) as other:
        assert sorted(found(other, "ferry", top_k=100)) == expected
        assert other.search_engine.snapshots._current[1].base_generation == built.generation
    assert sorted(found(full, "ferry", top_k=100)) == expected


def test_one_at_a_time_builds(full, folder):
    with only_holder(folder / "index" / "1.lock") as alone:
        assert alone
        assert building.build(full.catalog.engine, folder / "index", 1, DenseSettings()) is None
    assert building.build(full.catalog.engine, folder / "index", 1, DenseSettings()) is not None


def test_a_base_of_a_deleted_collection_leaves_no_file(full, folder, monkeypatch):
    stream = changes.stream

    def with_a_deletion(*arguments):
        yield from stream(*arguments)
        full.delete_collection("c")

    monkeypatch.setattr(changes, "stream", with_a_deletion)
    with pytest.raises(NotFound):
        building.build(full.catalog.engine, folder / "index", 1, DenseSettings())
    assert not [file.name for file in (folder / "index").glob("1-*")]
    assert not (folder / "index" / "1.json").exists()


def test_what_a_killed_builder_left_goes_with_the_next_base(full, folder):
    half = folder / "index" / "1-9-0123abcd.faiss"
    half.write_bytes(b"half")
    other = folder / "index" / "11-9-0123abcd.faiss"
    other.write_bytes(b"of another collection")
    building.build(full.catalog.engine, folder / "index", 1, DenseSettings())
    assert not half.exists()
    assert other.exists()


def test_where_no_base_can_be_written_the_catalog_answers(store, folder, monkeypatch):
    monkeypatch.setattr(building, "_write", no_room)
    put(store, "c", LATE)
    store.refresh("c")
    store.save()
    assert found(store, "lighthouse") == [LATE.passages[0].text]
    assert told(folder) is None
    assert not list((folder / "index").glob("1-*"))


def test_a_base_of_another_catalog_of_the_same_generation_is_not_trusted(full, folder, tmp_path):
    """As when an older catalog was put back beside newer index files, and written to before the next start."""
    with Store(tmp_path / "other", WordEncoder(), SIZES) as other:
        for i in range(8):
            put(other, "c", source(f"file:///{i}", *(f"Crane {i} lifts crate {j}." for j in range(4))))
        expected = results(other, "Which crane lifts crate 3?")
    shutil.rmtree(tmp_path / "other" / "index", ignore_errors=True)
    shutil.copytree(folder / "index", tmp_path / "other" / "index")
    with Store(tmp_path / "other", WordEncoder(), SIZES) as other:
        assert results(other, "Which crane lifts crate 3?") == expected


def test_another_process_builds_a_base_and_this_one_takes_it_up(full, folder):
    build = textwrap.dedent(
        """
        import sys
        from pathlib import Path
        from index_samples import open_store, put, source
        with open_store(Path(sys.argv[1])) as store:
            put(store, "c", *(source(f"file:///other/{i}", f"Gate {i} is stuck.") for i in range(10)))
            store.refresh("c")
        """
    )
    tests = str(Path(__file__).parent)
    subprocess.run([sys.executable, "-c", build, str(folder)], check=True, cwd=tests)
    assert told(folder).vectors == 50
    assert len(found(full, "gate", top_k=100)) == 50
    state = full.search_engine.snapshots._current[1]
    assert (len(state.parts.base), state.parts.changes) == (50, 0)


def test_threads_that_search_while_others_write_and_build_find_what_is_there(full):
    ends, faults = threading.Event(), []
    stays = {p.text for one in MANY[4:] for p in one.passages}

    def ask():
        while not ends.is_set():
            texts = set(found(full, "Which ferry leaves?", top_k=200))
            if not stays <= texts:
                faults.append(stays - texts)

    threads = [threading.Thread(target=ask) for _ in range(3)]
    for thread in threads:
        thread.start()
    chance = np.random.default_rng(0)
    for i in range(12):
        put(full, "c", source(f"file:///{chance.integers(4)}", f"Ferry {i} is new.", f"Ferry {i} is late."))
        full.refresh("c")
    ends.set()
    for thread in threads:
        thread.join(30)
    assert faults == []


def test_a_collection_that_is_deleted_while_its_index_is_brought_up_to_date_is_no_failure(full, monkeypatch):
    collection = full.catalog.collection("c")
    put(full, "c", LATE)
    monkeypatch.setattr(snapshots, "_CHANGED_LEAST", 1)
    monkeypatch.setattr(snapshots, "_is_due", lambda parts: True)
    full.build_in_background()
    dropped = []

    def dropped_meanwhile(collection_id):
        dropped.append(collection_id)
        full.search_engine.snapshots.drop(collection)

    monkeypatch.setattr(full.search_engine.snapshots._builds, "beside", dropped_meanwhile)
    full.refresh("c")
    assert dropped
