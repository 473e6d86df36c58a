"""Collections built beside those that answer: swap, rollback, copy, kill, and what is deleted meanwhile."""

import sqlite3
import threading

import pytest
from index_samples import SIZES, WordEncoder, found, open_store, put, results, source
from sqlalchemy import select

from core.errors import Conflict, IndexMismatch, NotFound
from core.types import Finding
from index import building, quality, schema
from index.store import Store

HARBOUR = source("file:///1", "the harbour opened", "the quay was built")
CRANE = source("file:///2", "the crane lifts")
PASSAGES = {one.document.id: one.passages for one in (HARBOUR, CRANE)}


def split(document):
    return PASSAGES[document.id]


@pytest.fixture
def filled(folder):
    with open_store(folder, WordEncoder("old")) as store:
        put(store, "c", HARBOUR, CRANE)
    return folder


def hidden(store):
    with schema.read(store.catalog.engine) as connection:
        names = connection.execute(select(schema.collections.c.name)).scalars()
        return [name for name in names if name.startswith(".")]


def test_an_encoder_is_changed_and_changed_back(filled):
    old, new = WordEncoder("old"), WordEncoder("new", dimension=32)
    with open_store(filled, old) as before, open_store(filled, new) as after:
        expected = results(before, "the harbour")
        generation = before.catalog.collection("c").generation
        assert after.rebuild("c", split) == 2
        with pytest.raises(IndexMismatch):
            before.search("c", "the harbour", 5)
        assert found(after, "the harbour")[0] == "the harbour opened"
        assert after.catalog.collection("c").generation > generation
        assert [c.name for c in after.catalog.collections()] == ["c"]
        building.roll_back(after, "c")
        assert results(before, "the harbour") == expected
        assert before.catalog.collection("c").generation > generation
        building.roll_back(before, "c")
        assert after.catalog.collection("c").spec.encoder == "new"


def test_the_old_passages_answer_by_their_own_encoder_until_the_swap(filled):
    encoders = {"old": WordEncoder("old")}
    with Store(filled, WordEncoder("new"), SIZES, open_encoder=encoders.__getitem__) as store:
        assert found(store, "crane")[0] == "the crane lifts"

        def split_while_asked(document):
            assert found(store, "crane")[0] == "the crane lifts"
            assert store.catalog.collection("c").spec.encoder == "old"
            return split(document)

        store.rebuild("c", split_while_asked)
        assert found(store, "crane")[0] == "the crane lifts"
        assert store.catalog.collection("c").spec.encoder == "new"


def test_what_is_written_and_deleted_during_a_build_is_as_written_after_it(filled):
    late = source("file:///3", "the lighthouse shines")
    passages = {**PASSAGES, late.document.id: late.passages}
    with open_store(filled, WordEncoder("old")) as writer, open_store(filled, WordEncoder("new")) as store:
        once = threading.Event()

        def split_while_another_writes(document):
            if not once.is_set():
                once.set()
                put(writer, "c", late)
                writer.remove("c", [CRANE.document.id])
            return passages[document.id]

        assert store.rebuild("c", split_while_another_writes) == 2
        assert sorted(found(store, "the")) == ["the harbour opened", "the lighthouse shines", "the quay was built"]
        assert hidden(store) != []  # the former one


def test_a_collection_that_never_rests_is_left_as_it_is(filled, monkeypatch):
    monkeypatch.setattr(building, "_ROUNDS", 2)
    with open_store(filled, WordEncoder("old")) as writer, open_store(filled, WordEncoder("new")) as store:
        number = iter(range(10**6))

        def split_while_another_writes(document):
            put(writer, "c", source("file:///busy", f"the number {next(number)}"))
            return PASSAGES.get(document.id, [])

        with pytest.raises(Conflict, match="faster than"):
            store.rebuild("c", split_while_another_writes)
        assert found(writer, "crane")[0] == "the crane lifts"


def test_a_build_that_was_stopped_is_gone_on_with(filled):
    class Stop(Exception):
        pass

    with open_store(filled, WordEncoder("new")) as store:
        store.catalog.find("c")
        calls = []

        def stop(progress):
            calls.append(progress)
            if progress.done:
                raise Stop

        with pytest.raises(Stop):
            store.rebuild("c", split, stop)
    with open_store(filled, WordEncoder("new")) as store:
        asked = []
        assert store.rebuild("c", lambda document: asked.append(document.id) or split(document)) == 2
        assert asked == []
        assert len(hidden(store)) == 1


def test_a_rollback_is_refused_after_a_write_and_the_former_version_goes(filled):
    with open_store(filled, WordEncoder("new")) as store:
        with pytest.raises(NotFound):
            building.roll_back(store, "c")
        store.rebuild("c", split)
        store.remove("c", [CRANE.document.id])
        with pytest.raises(Conflict, match="written to"):
            building.roll_back(store, "c")
        building.sweep(store)
        assert hidden(store) == []
        assert found(store, "harbour")[0] == "the harbour opened"


def test_a_deleted_document_is_gone_from_the_former_version_at_once(filled):
    with open_store(filled, WordEncoder("new")) as store:
        store.rebuild("c", split)
        store.remove("c", [CRANE.document.id])
        with schema.read(store.catalog.engine) as connection:
            texts = connection.execute(select(schema.passages.c.text)).scalars().all()
        assert not [text for text in texts if "crane" in text]


def test_nobody_can_ask_for_a_hidden_collection(filled):
    with open_store(filled, WordEncoder("new")) as store:
        store.rebuild("c", split)
        (name,) = hidden(store)
        for ask in (store.catalog.collection, store.catalog.documents, store.delete_collection, store.refresh):
            with pytest.raises(NotFound):
                ask(name)


def test_a_deleted_collection_takes_its_former_version_with_it(filled):
    with open_store(filled, WordEncoder("new")) as store:
        store.rebuild("c", split)
        store.delete_collection("c")
        assert hidden(store) == []
        assert [path for path in (filled / "originals").rglob("*") if path.is_file()] == []


def test_own_sizes_outlive_a_change_of_the_settings(folder):
    with open_store(folder) as store:
        store.open_collection("c", (40, 80))
        put(store, "c", HARBOUR)
    with open_store(folder, sizes=(60, 100)) as store:
        assert store.open_collection("c").sizes == (40, 80)
        put(store, "c", CRANE)
        store.rebuild("c", split)
        assert store.catalog.collection("c").sizes == (40, 80)
        store.rebuild("c", split, sizes=(30, 90))
        assert store.catalog.collection("c").sizes == (30, 90)
        assert store.open_collection("c").has_own_sizes


def test_a_copy_answers_alike_and_lives_on_its_own(filled):
    with open_store(filled, WordEncoder("old")) as store:
        with schema.write(store.catalog.engine) as connection:
            key = connection.execute(select(schema.documents.c.key)).scalars().first()
            quality.put(connection, key, [Finding("few", "Few words.", (1,))], b"signature")
        assert building.copy(store, "c", "d") == 2
        assert results(store, "the harbour", "d") == results(store, "the harbour", "c")
        with schema.read(store.catalog.engine) as connection:
            ours = quality.of_collection(connection, store.catalog.collection("c").id)
            assert quality.of_collection(connection, store.catalog.collection("d").id) == ours
        store.delete_collection("c")
        assert found(store, "crane", "d")[0] == "the crane lifts"
        assert store.originals.path(CRANE.document.metadata["sha256"]).read_bytes() == CRANE.original


def test_a_copy_to_a_name_that_is_taken_leaves_nothing(filled):
    with open_store(filled, WordEncoder("old")) as store:
        store.open_collection("d")
        with pytest.raises(Conflict):
            building.copy(store, "c", "d")
        with pytest.raises(NotFound):
            building.copy(store, "nothing", "e")
        assert hidden(store) == []
        assert [c.name for c in store.catalog.collections()] == ["c", "d"]


def test_a_renamed_collection_keeps_what_it_has(filled):
    with open_store(filled, WordEncoder("old")) as store:
        expected = results(store, "the harbour")
        store.catalog.rename_collection("c", "new-name")
        assert results(store, "the harbour", "new-name") == expected
        assert store.catalog.find("c") is None
        store.open_collection("c")
        with pytest.raises(Conflict):
            store.catalog.rename_collection("c", "new-name")


def test_two_builds_at_once_are_refused(filled):
    with open_store(filled, WordEncoder("old")) as store, open_store(filled, WordEncoder("new")) as other:

        def split_while_another_copies(document):
            with pytest.raises(Conflict, match="being built"):
                building.copy(store, "c", "d")
            return split(document)

        other.rebuild("c", split_while_another_copies)


def test_no_row_is_left_without_its_collection(filled):
    with open_store(filled, WordEncoder("new")) as store:
        store.rebuild("c", split)
        put(store, "c", source("file:///3", "the lighthouse"))
        building.sweep(store)
    with sqlite3.connect(filled / "catalog.db") as database:
        assert database.execute("PRAGMA foreign_key_check").fetchall() == []
        assert database.execute("SELECT count(*) FROM documents").fetchone() == (3,)
    database.close()
