"""Collections arrive whole in another place, whatever is written meanwhile, also after a kill; and come back."""

import multiprocessing
import os
import signal
from dataclasses import replace

import numpy as np
import pytest
from moving_samples import content, document, fill, found_alike, open_at

from core.errors import Conflict, IndexBroken, NotFound
from index import schema
from index.marks import MarksChange
from service.moving import collection as moving
from service.moving.move import Wanted, move
from service.moving.places import target_of
from service.settings import Settings

QUESTIONS = ("lighthouse keeper in a winter storm", "bakery market", "No 5", "toll bridge bicycle")


def test_everything_arrives_and_is_found_alike(way, told):
    done = move(way.source, way.target, Wanted(questions=20), told)
    assert [(one.name, one.documents, one.originals_missing) for one in done.collections] == [
        ("docs", 39, 0),
        ("other", 6, 0),
    ]
    assert done.collections[0].agreement.questions == 20
    with open_at(way.source) as before, open_at(way.target.settings) as after:
        for name in ("docs", "other"):
            assert content(after, name) == content(before, name)
            for question in QUESTIONS:
                assert found_alike(after, before, name, question)


def test_a_second_run_writes_what_changed_since_and_nothing_else(way, told):
    move(way.source, way.target, Wanted(questions=5), told)
    assert [one.copied for one in move(way.source, way.target, Wanted(questions=5), told).collections] == [0, 0]
    with open_at(way.source) as store:
        docs = store.open_collection("docs")
        store.put(docs, [document(20, 1), document(50)])  # a new version, a new document
        store.remove("docs", [document(21)[0].document.id])
        store.catalog.mark("docs", [document(22)[0].document.id], MarksChange(tags=frozenset({"new"})))
        store.catalog.add_metadata(docs, document(23)[0].document.id, {"etag": "1"})
    done = move(way.source, way.target, Wanted(questions=5), told)
    # Two written, one gone and the former version, one marked, one with metadata, one that leads on.
    assert [one.copied for one in done.collections] == [7, 0]
    with open_at(way.source) as before, open_at(way.target.settings) as after:
        assert content(after, "docs") == content(before, "docs")
        assert found_alike(after, before, "docs", "No 50")


def test_what_is_written_while_it_is_copied_is_taken_up(way):
    steps = iter(range(1_000))
    with open_at(way.source) as store:
        docs = store.open_collection("docs")

        def write(what: str, done: int, total: int) -> None:
            step = next(steps)
            if what != "copying docs" or step > 8:
                return
            store.put(docs, [document(200 + step), document(1, 100 + step)])
            store.remove("docs", [document(30 + step % 5)[0].document.id])

        move(way.source, way.target, Wanted(questions=5), write)
        assert next(steps) > 3
        with open_at(way.target.settings) as after:
            assert content(after, "docs") == content(store, "docs")
            assert "200" in " ".join(row.uri for row in after.catalog.documents("docs"))


def test_nobody_finds_a_collection_before_it_is_whole(way):
    seen = set()

    def look(what: str, done: int, total: int) -> None:
        with open_at(way.target.settings) as store:
            seen.update(one.name for one in store.catalog.collections())

    move(way.source, way.target, Wanted(("docs",), questions=5), look)
    assert seen == set()
    with open_at(way.target.settings) as store:
        assert [one.name for one in store.catalog.collections()] == ["docs"]


def _killed(way, at: int) -> None:
    calls = iter(range(1_000))

    def die(what: str, done: int, total: int) -> None:
        if next(calls) == at:
            os.kill(os.getpid(), signal.SIGKILL)

    move(way.source, way.target, Wanted(questions=5), die)


@pytest.mark.parametrize("at", [1, 3, 6])
def test_after_a_kill_it_is_gone_on_with(way, told, monkeypatch, at):
    monkeypatch.setattr("service.moving.documents._AT_ONCE", 10)
    process = multiprocessing.get_context("fork").Process(target=_killed, args=(way, at))
    process.start()
    process.join()
    assert process.exitcode == -signal.SIGKILL
    done = move(way.source, way.target, Wanted(questions=5), told)
    assert done.collections[0].copied < 45
    with open_at(way.source) as before, open_at(way.target.settings) as after:
        for name in ("docs", "other"):
            assert content(after, name) == content(before, name)


def test_another_collection_of_the_name_is_left_alone(way, told):
    with open_at(way.target.settings) as store:
        store.put(store.open_collection("docs"), [document(900)])
    with pytest.raises(Conflict, match="another collection 'docs'"):
        move(way.source, way.target, Wanted(questions=5), told)
    with open_at(way.target.settings) as store:
        assert [row.uri for row in store.catalog.documents("docs")] == ["test:900"]


def test_a_collection_that_is_gone_goes_there_too(way, told):
    move(way.source, way.target, Wanted(questions=5), told)
    with open_at(way.source) as store:
        store.delete_collection("other")
        store.catalog.rename_collection("docs", "papers")
    assert {*move(way.source, way.target, Wanted(questions=5), told).dropped} == {"docs", "other"}
    with open_at(way.source) as before, open_at(way.target.settings) as after:
        assert [one.name for one in after.catalog.collections()] == ["papers"]
        assert content(after, "papers") == content(before, "papers")


def test_what_was_written_there_since_is_not_undone(way, told):
    for _ in range(2):  # as often as one likes, until the new place is in use
        move(way.source, way.target, Wanted(questions=5), told)
    with open_at(way.target.settings) as store:
        store.put(store.open_collection("docs"), [document(800)])
        before = content(store, "docs")
    with pytest.raises(Conflict, match="'docs' was written to where it was moved to"):
        move(way.source, way.target, Wanted(questions=5), told)
    with open_at(way.target.settings) as store:
        assert content(store, "docs") == before


@pytest.mark.parametrize("is_empty", [True, False], ids=["empty", "of somebody else"])
def test_another_folder_at_the_same_path_takes_nothing_out_there(way, told, is_empty):
    move(way.source, way.target, Wanted(questions=5), told)
    with open_at(way.source) as store:
        store.delete_collection("docs")
        store.delete_collection("other")
        if not is_empty:
            store.put(store.open_collection("finance"), [document(1)])
            with schema.write(store.catalog.engine) as connection:
                connection.execute(schema.collections.update().values(created_at="2020-01-01T00:00:00+00:00"))
    with pytest.raises(Conflict, match="nothing of that is here"):
        move(way.source, way.target, Wanted(questions=5), told)
    with open_at(way.target.settings) as store:
        assert [one.name for one in store.catalog.collections()] == ["docs", "other"]


def test_one_that_does_not_arrive_as_it_was_is_not_shown(filled, tmp_path, told, monkeypatch):
    real = moving.put_whole

    def damaging(engine, collection, some, keep):
        halves = [np.where(one.made.vectors == 0, np.float16(0.001), one.made.vectors) for one in some]
        pairs = zip(some, halves, strict=True)
        damaged = [replace(one, made=replace(one.made, vectors=half)) for one, half in pairs]
        real(engine, collection, damaged, keep)

    monkeypatch.setattr(moving, "put_whole", damaging)
    target = target_of(filled, str(tmp_path / "new"))
    with pytest.raises(IndexBroken, match="not the same"):
        move(filled, target, Wanted(questions=5), told)
    with open_at(target.settings) as store:
        assert store.catalog.collections() == []
    monkeypatch.undo()
    move(filled, target, Wanted(questions=5), told)
    with open_at(filled) as before, open_at(target.settings) as after:
        assert content(after, "docs") == content(before, "docs")


def test_an_original_that_is_not_there_is_counted(filled, tmp_path, told):
    with open_at(filled) as store:
        first, second = (document(n)[0].document.metadata["sha256"] for n in (1, 2))
        store.originals.discard(first)
        store.originals.path(second).write_bytes(b"damaged")
    target = target_of(filled, str(tmp_path / "new"))
    done = move(filled, target, Wanted(("docs",), questions=5), told)
    assert (done.collections[0].originals_missing, done.collections[0].documents) == (2, 39)
    with open_at(target.settings) as store, pytest.raises(NotFound):
        store.originals.path(second)


def test_a_text_that_postgresql_cannot_hold_keeps_its_places(filled, postgres_url, told):
    texts = ["before\0after, and the harbour", "the second one"]
    with open_at(filled) as store:
        store.put(store.open_collection("odd"), [document(1, texts=texts)])
    target = target_of(filled, postgres_url)
    move(filled, target, Wanted(("odd",), questions=5), told)
    assert move(filled, target, Wanted(("odd",), questions=5), told).collections[0].copied == 0
    with open_at(target.settings) as store:
        (hit, *_) = store.search("odd", "harbour", 1).hits
        read = store.catalog.document("odd", hit.passage.document.id)
    assert read.text == "\n\n".join(texts).replace("\0", "\ufffd")
    assert read.text[hit.passage.start : hit.passage.end] == hit.passage.text


def test_another_engine_takes_up_the_same_catalog(tmp_path, postgres_url, milvus_url, told):
    source = Settings(data_dir=tmp_path / "data", database={"url": postgres_url})
    with open_at(source) as store:
        fill(store)
    target = target_of(source, None, milvus_url)
    done = move(source, target, Wanted(questions=10), told)
    assert [(one.name, one.documents) for one in done.collections] == [("docs", 39), ("other", 6)]
    assert done.collections[0].agreement.shared > 0.9
    with open_at(source) as before, open_at(target.settings) as after:
        assert found_alike(after, before, "docs", QUESTIONS[0])
        after.put(after.open_collection("docs"), [document(70)])  # both are of one catalog: nothing is left behind
        assert found_alike(before, after, "docs", "No 70")
    back = target_of(target.settings, postgres_url)
    assert not back.is_other_database
    move(target.settings, back, Wanted(questions=10), told)
