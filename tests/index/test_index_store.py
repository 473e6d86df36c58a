"""The store: documents in, hits out, the same whatever happened to the derived files."""

import json
import shutil
import sqlite3
import subprocess
import sys
import textwrap
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import faiss
import numpy as np
import pytest
from index_samples import SIZES, WordEncoder, found, open_store, put, results, source
from sqlalchemy.exc import IntegrityError

from core.errors import IndexBroken, NotFound
from core.types import HitSource
from index import forgetting, schema
from index.catalog import Entry
from index.dense.base import Base
from index.document_passages import passages_around
from index.inverted import InvertedIndex
from index.originals import OriginalFiles
from index.passages import input_hash, searched, vectors_by_input
from index.purge import empty_log
from index.search import SearchSettings
from index.store import Store

HARBOUR = source("file:///harbour.txt", "The harbour is closed in winter.", "Ferries leave at seven.", title="Harbour")
CRANE = source("file:///crane.txt", "The crane on the quay was repaired in May.", title="Crane")
LIGHT = source("file:///light.txt", "The lighthouse burns from dusk to dawn.", title="Light")


def test_a_hit_is_an_exact_stretch_of_its_document(store):
    put(store, "c", HARBOUR, CRANE)
    result = store.search("c", "When do ferries leave?", 3)
    best = result.hits[0]
    document = store.catalog.document("c", best.passage.document.id)
    assert best.passage == HARBOUR.passages[1]
    assert document.text[best.passage.start : best.passage.end] == best.passage.text == "Ferries leave at seven."
    assert best.source is HitSource.FUSED
    assert [hit.score for hit in result.hits] == sorted((hit.score for hit in result.hits), reverse=True)
    assert result.passages == 3
    assert result.frequencies == {"ferri": 1, "leav": 1}
    assert len(result.cosines) == len(result.hits) == 3


def test_the_weight_says_which_side_counts(store):
    code = source("file:///code", "Panel: E0x7F, E1x8G, E2x9H.")
    near = source("file:///near", "The gate is stuck after frost.")
    put(store, "c", code, near, HARBOUR, CRANE, LIGHT)
    question = "The gate is stuck. E0x7F E1x8G E2x9H"
    dense_only = store.search("c", question, 2, SearchSettings(dense_weight=1.0)).hits[0]
    words_only = store.search("c", question, 2, SearchSettings(dense_weight=0.0)).hits[0]
    assert (dense_only.passage.text, dense_only.score) == (near.passages[0].text, pytest.approx(1.0))
    assert (words_only.passage.text, words_only.score) == (code.passages[0].text, pytest.approx(1.0))


def test_what_only_the_words_find_has_its_true_cosine(store):
    put(store, "c", HARBOUR, CRANE, LIGHT)
    question = "Is the in the is in is the lighthouse in?"  # its stop words are nearest to another passage
    few = store.search("c", question, 1, SearchSettings(candidates=1, dense_weight=0.0))
    many = store.search("c", question, 4)
    cosines = {hit.passage.text: c for hit, c in zip(many.hits, many.cosines, strict=True)}
    assert few.hits[0].passage.text == LIGHT.passages[0].text
    assert few.cosines[0] == pytest.approx(cosines[LIGHT.passages[0].text])
    assert few.cosines[0] > 0


def test_no_more_hits_than_asked_for_and_none_where_there_is_nothing(store):
    store.open_collection("c")
    assert store.search("c", "anything", 5).hits == ()
    put(store, "c", HARBOUR, CRANE, LIGHT)
    assert len(store.search("c", "the", 2).hits) == 2
    assert len(store.search("c", "the", 100).hits) == 4


def test_a_question_of_operators_or_of_nothing_is_harmless(store):
    put(store, "c", HARBOUR)
    for question in ('NOT " OR *', '"', "", "   ", "\0", "👩‍👩‍👧", "x" * 10_000):
        assert len(store.search("c", question, 5).hits) == 2


def test_a_removed_document_is_not_found_again(store, folder):
    put(store, "c", HARBOUR, CRANE)
    assert found(store, "harbour winter")[0] == HARBOUR.passages[0].text
    assert store.remove("c", [HARBOUR.document.id]) == 1
    assert found(store, "harbour winter") == [CRANE.passages[0].text]
    with pytest.raises(NotFound):
        store.catalog.document("c", HARBOUR.document.id)
    with open_store(folder) as again:
        assert found(again, "harbour winter") == [CRANE.passages[0].text]


def test_another_store_on_the_folder_sees_what_was_added_and_removed(store, folder):
    put(store, "c", HARBOUR, CRANE)
    with open_store(folder) as other:
        assert len(found(other, "harbour")) == 3
        store.remove("c", [HARBOUR.document.id])
        assert found(other, "harbour") == [CRANE.passages[0].text]
        put(store, "c", LIGHT)
        assert found(other, "lighthouse")[0] == LIGHT.passages[0].text


def test_searches_that_meet_a_new_base_together_are_all_exact(store, folder, monkeypatch):
    """What was removed up to a base's generation is not told any more: who is behind has to take that base."""
    put(store, "c", HARBOUR, CRANE)
    with open_store(folder) as other:
        assert len(found(other, "harbour")) == 3
        for number in range(5):
            put(store, "c", source("file:///harbour.txt", f"The harbour has {number} cranes.", "Old."), LIGHT)
        store.save()
        snapshots = other.search_engine.snapshots
        renewed = snapshots._renewed
        monkeypatch.setattr(snapshots, "_renewed", lambda *state: time.sleep(0.1) or renewed(*state))
        with ThreadPoolExecutor(8) as pool:
            results = [pool.submit(other.search, "c", "harbour cranes", 10) for _ in range(8)]
        for result in results:
            assert result.result().passages == 4
            assert "The harbour has 4 cranes." in [hit.passage.text for hit in result.result().hits]


def test_words_are_found_while_another_thread_writes_them_down(store, monkeypatch):
    put(store, "c", HARBOUR, CRANE, LIGHT)
    by_words = SearchSettings(dense_weight=0.0)
    assert store.search("c", "lighthouse", 10, by_words).hits[0].passage.text == LIGHT.passages[0].text
    update, is_writing = InvertedIndex.update, threading.Event()

    def slowly(*arguments, **options):
        is_writing.set()
        time.sleep(0.3)
        return update(*arguments, **options)

    monkeypatch.setattr(InvertedIndex, "update", slowly)
    newer = source(LIGHT.document.uri, LIGHT.passages[0].text, "And more of it.", title="Light")
    with ThreadPoolExecutor(1) as pool:
        writing = pool.submit(put, store, "c", newer)
        assert is_writing.wait(30)
        assert store.search("c", "lighthouse", 10, by_words).hits[0].passage.text == LIGHT.passages[0].text
        writing.result()


def test_a_new_version_takes_the_place_of_the_one_at_its_uri(store):
    put(store, "c", HARBOUR)
    newer = source("file:///harbour.txt", "The harbour is open all year.", title="Harbour")
    put(store, "c", newer)
    assert found(store, "harbour winter ferries") == ["The harbour is open all year."]
    assert [row.id for row in store.catalog.documents("c")] == [newer.document.id]


def test_the_old_version_answers_until_the_new_one_is_in(store, words):
    put(store, "c", HARBOUR)
    newer = source("file:///harbour.txt", "The harbour is open all year.", title="Harbour")
    seen = []
    (made,) = store.embed([newer.passages], lambda _: seen.append(found(store, "harbour")[0]))
    store.put(store.open_collection("c"), [(Entry(newer.document, made), newer.original)])
    assert seen == ["The harbour is closed in winter."]
    assert found(store, "harbour") == ["The harbour is open all year."]


def test_passages_that_did_not_change_are_not_embedded_again(store, words):
    put(store, "c", source("file:///a", "first", "second", "third", title="T"))
    assert len(words.passages) == 3
    done = []
    changed = source("file:///a", "first", "second, changed", "third", title="T")
    (made,) = store.embed([changed.passages], done.append)
    store.put(store.open_collection("c"), [(Entry(changed.document, made), changed.original)])
    assert words.passages[3:] == ["T\nsecond, changed"]
    assert sum(done) == 3
    put(store, "c", source("file:///b", "third", "first", title="T"))
    assert len(words.passages) == 4
    put(store, "c", source("file:///c", "first", title="Another title"))
    assert words.passages[4:] == ["Another title\nfirst"]
    put(store, "other", source("file:///a", "first", title="T"))
    assert len(words.passages) == 5


def test_what_is_embedded_and_searched_is_the_passage_under_its_title_and_section(store, words):
    put(store, "c", source("file:///a", "Turn it left.", title="Manual", section=("Valves", "Manual")), CRANE)
    assert words.passages[0] == "Manual › Valves\nTurn it left."
    assert found(store, "valves")[0] == "Turn it left."


QUESTIONS = ["harbour in winter", "Who repaired the crane?", "lighthouse dusk", "zebra"]


def everything(store: Store) -> list:
    return [results(store, question) for question in QUESTIONS]


@pytest.fixture
def filled(folder):
    """A data folder that was saved, and what its store gave."""
    with open_store(folder) as store:
        put(store, "c", HARBOUR, CRANE)
        store.refresh("c", save=True)
        put(store, "c", LIGHT, source("file:///gone", "The harbour that is gone."))
        store.remove("c", [source("file:///gone", "The harbour that is gone.").document.id])
        expected = everything(store)
        store.save()
    assert list((folder / "index").glob("*.faiss"))
    return folder, expected


def test_opened_again_it_gives_the_same(filled):
    folder, expected = filled
    with open_store(folder) as store:
        assert everything(store) == expected
        assert store.encoder.passages == []  # type: ignore[attr-defined]


def _delete(index: Path) -> None:
    shutil.rmtree(index)


def _delete_file(index: Path) -> None:
    next(index.glob("*.faiss")).unlink()


def _halve(index: Path) -> None:
    file = next(index.glob("*.faiss"))
    file.write_bytes(file.read_bytes()[: file.stat().st_size // 2])


def _other_vectors(index: Path) -> None:
    """A whole index of the same keys and size, with other vectors: only its content tells."""
    file = next(index.glob("*.faiss"))
    dense = faiss.read_index(str(file))
    vectors = np.random.default_rng(1).normal(size=(dense.ntotal, dense.d)).astype(np.float32)
    dense.reset()
    dense.add(vectors / np.linalg.norm(vectors, axis=1, keepdims=True))
    faiss.write_index(dense, str(file))


def _other_keys(index: Path) -> None:
    file = next(index.glob("*.npy"))
    np.save(file, np.load(file) + 1)


def _garble_manifest(index: Path) -> None:
    next(index.glob("*.json")).write_text('{"half": ')


def _empty_manifest(index: Path) -> None:
    next(index.glob("*.json")).write_text("[]")


def _other_format(index: Path) -> None:
    manifest = next(index.glob("*.json"))
    manifest.write_text(json.dumps({**json.loads(manifest.read_text()), "format_version": 0}))


@pytest.mark.parametrize(
    "damage",
    [_delete, _delete_file, _halve, _other_vectors, _other_keys, _garble_manifest, _empty_manifest, _other_format],
)
def test_without_its_index_files_it_gives_the_same(filled, damage):
    folder, expected = filled
    damage(folder / "index")
    with open_store(folder) as store:
        assert everything(store) == expected
        store.save()
    with open_store(folder) as store:
        assert everything(store) == expected


def test_with_index_files_of_an_older_generation_it_gives_the_same(folder, tmp_path):
    with open_store(folder) as store:
        put(store, "c", HARBOUR, CRANE)
        store.refresh("c", save=True)
        shutil.copytree(folder / "index", tmp_path / "older")
        store.remove("c", [HARBOUR.document.id])
        put(store, "c", LIGHT)
        expected = everything(store)
        store.save()
    shutil.rmtree(folder / "index")
    shutil.copytree(tmp_path / "older", folder / "index")
    with open_store(folder) as store:
        assert everything(store) == expected


def test_with_index_files_of_a_later_generation_than_the_catalog_it_gives_what_the_catalog_has(folder, tmp_path):
    with open_store(folder) as store:
        put(store, "c", HARBOUR)
        expected = everything(store)
    shutil.copy(folder / "catalog.db", tmp_path / "older.db")
    with open_store(folder) as store:
        put(store, "c", CRANE)
        everything(store)
        store.save()
    for file in folder.glob("catalog.db*"):
        file.unlink()
    shutil.copy(tmp_path / "older.db", folder / "catalog.db")
    with open_store(folder) as store:
        assert everything(store) == expected


def test_the_index_on_disk_describes_itself(filled):
    folder, _ = filled
    (manifest,) = (folder / "index").glob("*.json")
    described = json.loads(manifest.read_text())
    assert described["encoder"] == "words"
    assert described["dimension"] == 64
    assert (described["split_target"], described["split_maximum"]) == SIZES
    assert described["metric"] == "inner product of unit vectors"
    assert described["vectors"] == 4
    assert described["generation"] == 5
    assert (described["kind"], described["probes"]) == ("flat-fp16", 0)
    assert [file.name for file in (folder / "index").glob("*.faiss")] == [described["file"]]
    assert [file.name for file in (folder / "index").glob("*.npy")] == [described["keys_file"]]


def test_a_rebuild_makes_everything_anew_with_the_present_encoder_and_sizes(folder):
    with open_store(folder, WordEncoder("old", 16)) as store:
        put(store, "c", HARBOUR, CRANE)
        store.refresh("c", save=True)
    parts = {one.document.id: one.passages for one in (HARBOUR, CRANE)}
    new = WordEncoder("new", 32)
    with open_store(folder, new, sizes=(50, 80)) as store:
        assert store.rebuild("c", lambda document: parts[document.id][:1]) == 2
        assert len(new.passages) == 2
        assert sorted(found(store, "harbour")) == sorted([HARBOUR.passages[0].text, CRANE.passages[0].text])
        spec = store.catalog.collection("c").spec
        assert (spec.encoder, spec.dimension, spec.split_target, spec.split_maximum) == ("new", 32, 50, 80)
        put(store, "c", LIGHT)
        assert found(store, "lighthouse")[0] == LIGHT.passages[0].text
        assert store.catalog.documents("c")[1].passages == 1


def test_a_store_outlives_a_rebuild_with_another_encoder_by_another_one(folder):
    with open_store(folder, WordEncoder("old", 16)) as store:
        put(store, "c", HARBOUR, CRANE)
        found(store, "harbour")
        with open_store(folder, WordEncoder("new", 32)) as other:
            other.rebuild("c", lambda d: HARBOUR.passages if d.id == HARBOUR.document.id else CRANE.passages)
        store.refresh("c")
        with open_store(folder, WordEncoder("new", 32)) as other:
            assert len(found(other, "harbour")) == 3


def test_originals_are_kept_and_discarded_with_their_document(store, folder):
    put(store, "c", HARBOUR)
    digest = HARBOUR.document.metadata["sha256"]
    assert store.originals.path(digest).read_bytes() == HARBOUR.original
    newer = source("file:///harbour.txt", "The harbour is open.")
    put(store, "c", newer)
    with pytest.raises(NotFound):
        store.originals.path(digest)
    store.remove("c", [newer.document.id])
    assert [file for file in (folder / "originals").rglob("*") if file.is_file()] == []


def test_an_original_shared_by_two_collections_stays_until_the_last_is_gone(store):
    put(store, "a", HARBOUR)
    put(store, "b", HARBOUR, source("file:///copy.txt", *(p.text for p in HARBOUR.passages)))
    path = store.originals.path(HARBOUR.document.metadata["sha256"])
    store.delete_collection("a")
    assert path.read_bytes() == HARBOUR.original
    store.remove("b", [HARBOUR.document.id])
    assert path.exists()
    store.delete_collection("b")
    assert not path.exists()


def test_an_original_that_goes_while_its_next_document_comes_is_kept_again(folder):
    copy = source("file:///copy.txt", *(p.text for p in HARBOUR.passages))
    with open_store(folder) as server, open_store(folder) as worker:
        put(server, "c", HARBOUR)
        write = worker.catalog.put

        def late(*given):
            server.remove("c", [HARBOUR.document.id])
            return write(*given)

        worker.catalog.put = late
        put(worker, "c", copy)
        assert worker.originals.path(copy.document.metadata["sha256"]).read_bytes() == copy.original


def test_nobody_can_write_a_document_while_its_original_is_found_unreferenced(store, folder):
    put(store, "c", HARBOUR)
    tried = []

    def discard(digest, connection):
        with (
            closing(sqlite3.connect(folder / "catalog.db", timeout=0)) as other,
            pytest.raises(sqlite3.OperationalError, match="locked"),
        ):
            other.execute("BEGIN IMMEDIATE")
        tried.append(digest)

    store.originals.discard = discard
    store.remove("c", [HARBOUR.document.id])
    assert tried == [HARBOUR.document.metadata["sha256"]]


def test_the_passages_around_a_place_are_its_own_and_one_on_each_side(store):
    four = source("file:///four.txt", "One.", "Two.", "Three.", "Four.")
    put(store, "c", four)

    def around(position):
        stretch = passages_around(store.catalog, "c", four.document.id, position)
        return [passage.text for passage in stretch.passages], stretch.offset, stretch.total

    starts = [passage.start for passage in four.passages]
    assert around(0) == (["One.", "Two."], 0, 4)
    assert around(starts[1]) == (["One.", "Two.", "Three."], 0, 4)
    assert around(starts[2]) == (["Two.", "Three.", "Four."], 1, 4)
    assert around(starts[3]) == around(10_000) == (["Three.", "Four."], 2, 4)


def test_the_same_bytes_again_keep_their_original(store):
    put(store, "c", HARBOUR)
    put(store, "c", HARBOUR)
    assert store.originals.path(HARBOUR.document.metadata["sha256"]).exists()
    assert store.catalog.collection("c").generation == 2
    assert len(found(store, "harbour")) == 2


def test_a_deleted_collection_leaves_nothing_behind(store, folder):
    put(store, "c", HARBOUR)
    store.refresh("c", save=True)
    store.delete_collection("c")
    assert [file for file in folder.rglob("*") if file.is_file() and not file.name.startswith("catalog.db")] == []
    with schema.read(store.catalog.engine) as connection:
        for table in ("documents", "passages"):
            assert connection.exec_driver_sql(f"SELECT count(*) FROM {table}").scalar_one() == 0
        tables = connection.exec_driver_sql("SELECT name FROM sqlite_master WHERE name LIKE 'terms%'").all()
    assert tables == []


def _in_threads(*jobs) -> None:
    errors: list[BaseException] = []
    barrier = threading.Barrier(len(jobs))

    def run(job):
        try:
            barrier.wait()
            job()
        except BaseException as error:  # noqa: BLE001 - handed to the test's own thread
            errors.append(error)

    threads = [threading.Thread(target=run, args=(job,)) for job in jobs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if errors:
        raise errors[0]


def test_two_stores_that_write_at_once_lose_nothing(folder):
    def write(store, name):
        for i in range(12):
            put(store, "c", source(f"file:///{name}/{i}", f"The {name} harbour has number {i}."))
            found(store, f"{name} harbour")
            if i % 4 == 3:
                store.refresh("c", save=True)

    with open_store(folder) as one, open_store(folder) as other:
        _in_threads(lambda: write(one, "north"), lambda: write(other, "south"))
        for store in (one, other):
            assert store.catalog.collection("c").generation == 24
            assert len(store.catalog.documents("c")) == 24
            assert len(found(store, "harbour", top_k=50)) == 24
    with open_store(folder) as store:
        assert len(found(store, "harbour", top_k=50)) == 24


def test_an_original_written_by_many_threads_at_once_is_kept_whole(tmp_path):
    originals = OriginalFiles(tmp_path)
    for i in range(20):
        digest, data = f"{i:064x}", bytes([i]) * 300_000
        _in_threads(*[lambda digest=digest, data=data: originals.put(digest, data)] * 6)
        assert originals.path(digest).read_bytes() == data
    assert len([file for file in tmp_path.rglob("*") if file.is_file()]) == 20


def test_the_same_bytes_put_by_many_threads_at_once_are_kept_whole(folder):
    text = "The very same words. " * 50_000
    copies = [source(f"file:///{i}", text[: 500_000 + 1]) for i in range(4)]
    with open_store(folder) as one, open_store(folder) as other:
        one.open_collection("c")
        stores = [one, other, one, other]
        jobs = [lambda s=s, c=c: put(s, "c", c) for s, c in zip(stores, copies, strict=True)]
        _in_threads(*jobs)
        path = one.originals.path(copies[0].document.metadata["sha256"])
        assert path.read_bytes() == copies[0].original
        assert len(one.catalog.documents("c")) == 4
    assert [file.name for file in path.parent.iterdir()] == [path.name]


def test_searches_go_on_while_another_store_writes_and_removes(folder):
    with open_store(folder) as reader, open_store(folder) as writer:
        put(writer, "c", CRANE)
        seen: set[str] = set()

        def write():
            for i in range(15):
                gone = source(f"file:///{i}", f"The harbour number {i}.")
                put(writer, "c", gone)
                writer.remove("c", [gone.document.id])

        def ask():
            for _ in range(30):
                seen.update(found(reader, "crane on the quay"))

        _in_threads(write, ask)
        assert CRANE.passages[0].text in seen
        assert found(reader, "harbour") == [CRANE.passages[0].text]


def test_another_process_and_this_one_write_into_one_folder(folder):
    script = f"""
        import sys
        sys.path.insert(0, {str(Path(__file__).parent)!r})
        from pathlib import Path
        from index_samples import found, open_store, put, source
        with open_store(Path({str(folder)!r})) as store:
            print("ready", flush=True)
            sys.stdin.readline()
            for i in range(10):
                put(store, "c", source(f"file:///child/{{i}}", f"The child harbour has number {{i}}."))
            store.refresh("c", save=True)
    """
    with (
        open_store(folder) as store,
        subprocess.Popen(
            [sys.executable, "-c", textwrap.dedent(script)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        ) as child,
    ):
        assert child.stdout is not None
        assert child.stdout.readline() == "ready\n"
        assert child.stdin is not None
        child.stdin.write("go\n")
        child.stdin.flush()
        for i in range(10):
            put(store, "c", source(f"file:///parent/{i}", f"The parent harbour has number {i}."))
        store.refresh("c", save=True)
        child.stdin.close()
        assert child.wait() == 0
        assert len(store.catalog.documents("c")) == 20
        assert len(found(store, "harbour", top_k=50)) == 20
    with open_store(folder) as store:
        assert len(found(store, "harbour", top_k=50)) == 20


def test_a_write_that_fails_midway_leaves_the_old_document(store):
    put(store, "c", HARBOUR)
    newer = source("file:///harbour.txt", "The harbour is open.", "And more.")
    (made,) = store.embed([newer.passages])
    refused = replace(newer.passages[1], text=None)  # type: ignore[arg-type]
    made = replace(made, passages=[newer.passages[0], refused])
    with pytest.raises(IntegrityError):
        store.put(store.open_collection("c"), [(Entry(newer.document, made), newer.original)])
    assert sorted(found(store, "harbour ferries")) == sorted(p.text for p in HARBOUR.passages)
    assert store.catalog.collection("c").generation == 1
    put(store, "c", newer)
    assert len(found(store, "harbour")) == 2


def test_an_index_file_of_another_kind_is_broken_not_trusted(filled):
    folder, expected = filled
    (file,) = (folder / "index").glob("*.faiss")
    file.write_bytes(b"IxFI" + bytes(200))
    with pytest.raises(IndexBroken):
        Base.open(file, file.with_suffix(".keys.npy"), 0)
    with open_store(folder) as store:
        assert everything(store) == expected


def test_a_column_named_in_each_row_is_searched_by_its_name_once():
    rows = "Region: North | Sales: 5\nRegion: South | Sales: 7\nTotal: 12 in all"
    assert searched(rows) == "Region: North | Sales: 5\nSouth | 7\nTotal: 12 in all"
    assert searched("Note: this has no cells.\nNote: nor has this.") == "Note: this has no cells.\nNote: nor has this."


def test_of_many_equal_passages_one_vector_is_fetched(store, words):
    put(store, "c", *(source(f"file:///{i}", "the same notice", f"number {i}", title="T") for i in range(9)))
    hashes = [input_hash(words.name, text) for text in ("T\nthe same notice", "T\nnumber 3", "T\nnever seen")]

    class Counted:
        rows = 0

        def execute(self, query):
            rows = connection.execute(query).all()
            self.rows += len(rows)
            return rows

    counted = Counted()
    with store.catalog.engine.begin() as connection:
        found = vectors_by_input(counted, hashes)
    assert counted.rows == len(found) == 2
    assert set(found) == set(hashes[:2])


def test_what_is_deleted_while_the_log_is_emptied_leaves_it_the_next_time(store, folder, monkeypatch):
    put(store, "c", HARBOUR, CRANE, LIGHT)
    store.remove("c", [HARBOUR.document.id])

    def empty_log_while_another_removes(catalog):
        is_empty = empty_log(catalog)
        store.remove("c", [CRANE.document.id])
        return is_empty

    monkeypatch.setattr(forgetting, "empty_log", empty_log_while_another_removes)
    store.refresh("c")
    monkeypatch.undo()
    assert (folder / "catalog.db-wal").stat().st_size > 0
    store.refresh("c")
    assert (folder / "catalog.db-wal").stat().st_size == 0
