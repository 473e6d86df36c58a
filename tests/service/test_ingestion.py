"""Batches of sources: what stays, what goes, and what is refused."""

import shutil

import pytest

from core.errors import Conflict, IndexMismatch
from index.catalog import Entry
from ingest.read import read
from ingest.split import split
from service.engine import Engine


@pytest.fixture
def engine(tmp_path, encoder, make_settings):
    with Engine.open(make_settings(tmp_path / "data"), encoder) as opened:
        yield opened


@pytest.fixture
def folders(tmp_path):
    made = tmp_path / "one", tmp_path / "two"
    for folder in made:
        folder.mkdir()
        for name in ("a.txt", "b.txt"):
            (folder / name).write_text(f"The {name} of {folder.name} tells where the meeting was held.")
    return made


def test_a_folder_that_is_empty_now_is_refused_though_another_has_files(engine, folders):
    engine.ingest(list(folders))
    shutil.rmtree(folders[0])
    folders[0].mkdir()
    (folders[1] / "c.txt").write_text("The new file is read all the same.")
    report = engine.ingest(list(folders))
    assert [failure.uri for failure in report.failed] == [str(folders[0])]
    assert "2 documents came from there" in report.failed[0].error.message
    assert (report.added, report.removed) == (1, 0)
    assert len(engine.documents()) == 5


def test_nothing_at_all_where_documents_were_is_refused(engine, folders):
    engine.ingest(list(folders))
    for folder in folders:
        shutil.rmtree(folder)
        folder.mkdir()
    with pytest.raises(Conflict, match="2 documents came from there"):
        engine.ingest(list(folders))
    assert len(engine.documents()) == 4


def test_the_only_file_of_a_folder_may_move_to_another(engine, folders):
    (folders[0] / "a.txt").unlink()
    engine.ingest(list(folders))
    (folders[0] / "b.txt").rename(folders[1] / "moved.txt")
    report = engine.ingest(list(folders))
    assert (report.moved, report.removed, report.failed) == (1, 0, [])
    assert len(engine.documents()) == 3


def test_one_file_gone_from_one_of_two_folders_goes_alone(engine, folders):
    engine.ingest(list(folders))
    (folders[0] / "a.txt").unlink()
    assert engine.ingest(list(folders)).removed == 1
    assert len(engine.documents()) == 3


def test_a_document_never_enters_a_collection_that_was_made_again(engine, encoder):
    store = engine.store
    before = store.open_collection("default")
    store.delete_collection("default")
    store.open_collection("default")
    document = read(b"Some words about a meeting.", "upload:a.txt", "a.txt").document
    with pytest.raises((Conflict, IndexMismatch)):
        (made,) = store.embed([split(document, encoder.count_tokens)])
        store.put(before, [(Entry(document, made), b"Some words about a meeting.")])
    assert engine.documents() == []


@pytest.mark.slow
def test_a_collection_of_another_encoder_does_not_keep_the_others_from_being_served(engine, folders, monkeypatch):
    engine.ingest([folders[0]], "old")
    engine.ingest([folders[1]], "new")
    catalog = engine.store.catalog
    with catalog.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE collections SET encoder = 'another' WHERE name = 'old'")
    engine.warm_up()
    assert engine.ask("Where was the meeting held?", "new").hits
    with pytest.raises(IndexMismatch, match="another"):
        engine.ask("Where was the meeting held?", "old")
