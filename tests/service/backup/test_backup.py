"""What a backup holds: all of one moment, also while others write, and nothing half written under its name."""

import hashlib
import json
import multiprocessing
import signal
import sqlite3
import stat
import zipfile
from contextlib import closing
from pathlib import Path

import pytest

from core.errors import Conflict, IndexBroken, InvalidRequest, NotFound
from index import schema
from index.pins import abandoned, pinning
from index.verify.check import Level
from index.verify.run import verify
from service.backup.last import last_backup
from service.backup.restoring import restore
from service.backup.rotation import backup_into, backups_in
from service.backup.writing import write_backup
from tests.faults.full_disk import largest_file
from tests.faults.library import Step, made, marker
from tests.faults.worker import DO, Order, main, open_store


def unpacked(file: Path, folder: Path, **versions: int) -> None:
    """Restored, every document answers and every check passes."""
    restore(file, folder)
    with open_store(folder) as store:
        for name in ("north", "south"):
            store.refresh(name)
        for number, version in ((1, 10), (2, 20)):
            assert marker(number, version) in store.search("north", marker(number, version), 1).hits[0].passage.text
        assert marker(3, 30) in store.search("south", marker(3, 30), 1).hits[0].passage.text
        assert [c for c in verify(folder, store.catalog, store.encoder, 50, 1) if c.level is not Level.OK] == []


def test_documents_originals_and_keys_come_back(data, tmp_path):
    told = write_backup(data, tmp_path / "b.zip")
    assert (told.documents, told.originals, told.originals_missing) == (3, 3, 0)
    new = tmp_path / "new"
    unpacked(tmp_path / "b.zip", new)
    for name in ("secret.key", "admin.token"):
        assert (new / name).read_bytes() == (data / name).read_bytes()
        assert stat.S_IMODE((new / name).stat().st_mode) == 0o600
    digest = made(1, 10).document.metadata["sha256"]
    assert (new / "originals" / digest[:2] / digest).read_bytes() == made(1, 10).original


@pytest.mark.parametrize("name", ["catalog.db", "new.zip", "originals/new.zip", "../data/catalog.db"])
def test_no_backup_is_written_into_the_data_folder(data, tmp_path, name):
    before = {path: path.read_bytes() for path in data.rglob("*") if path.is_file()}
    (tmp_path / "link").symlink_to(data)
    for target in (data / name, tmp_path / "link" / name):
        with pytest.raises(InvalidRequest, match="is in the data folder"):
            write_backup(data, target)
    assert {path: path.read_bytes() for path in data.rglob("*") if path.is_file()} == before


def test_a_file_that_is_no_backup_is_left_alone_and_a_former_backup_is_replaced(data, tmp_path):
    thesis, other = tmp_path / "thesis.docx", tmp_path / "other.zip"
    thesis.write_bytes(b"years of work")
    with zipfile.ZipFile(other, "w") as archive:
        archive.writestr("a.txt", "a")
    for file in (thesis, other):
        before = file.read_bytes()
        with pytest.raises(InvalidRequest, match="no backup of Footnoted"):
            write_backup(data, file)
        assert file.read_bytes() == before
    first = write_backup(data, tmp_path / "b.zip")
    (data / "more.key").write_bytes(b"k")
    assert write_backup(data, tmp_path / "b.zip").bytes > first.bytes


def test_documents_are_counted_as_collections_list_them(data, tmp_path):
    with closing(sqlite3.connect(data / "catalog.db")) as catalog, catalog:
        catalog.execute("UPDATE collections SET name = '.2' WHERE name = 'south'")  # as a former version is kept
    told = write_backup(data, tmp_path / "b.zip")
    assert (told.documents, told.originals) == (2, 3)


def test_the_manifest_tells_the_checksum_of_every_member(data, tmp_path):
    write_backup(data, tmp_path / "b.zip", with_indexes=True)
    with zipfile.ZipFile(tmp_path / "b.zip") as archive:
        manifest = json.loads(archive.read("manifest.json"))
        others = [name for name in archive.namelist() if not name.startswith("originals/") and name != "manifest.json"]
        assert sorted(manifest["members"]) == sorted(others)
        for name in others:
            told = manifest["members"][name]
            assert (len(archive.read(name)), hashlib.sha256(archive.read(name)).hexdigest()) == (
                told["bytes"],
                told["sha256"],
            )
        originals = [name for name in archive.namelist() if name.startswith("originals/")]
        assert len(originals) == manifest["originals"]["count"] == 3
        for name in originals:
            assert hashlib.sha256(archive.read(name)).hexdigest() == name.rpartition("/")[2]
    assert any(name.startswith("index/") for name in others)
    assert manifest["formats"] == {"catalog.db": schema.FORMAT_VERSION}


def test_only_its_owner_may_read_it(data, tmp_path):
    write_backup(data, tmp_path / "b.zip")
    assert stat.S_IMODE((tmp_path / "b.zip").stat().st_mode) == 0o600


def test_every_database_is_in_it_but_the_copies_from_before_an_upgrade(data, tmp_path):
    for name in ("access.db", "catalog.format-1.db"):
        with closing(sqlite3.connect(data / name)) as database, database:
            database.execute("CREATE TABLE marks (word)")
            database.execute("INSERT INTO marks VALUES ('kept')")
    assert write_backup(data, tmp_path / "b.zip").databases == ("access.db", "catalog.db")
    restore(tmp_path / "b.zip", tmp_path / "new")
    with closing(sqlite3.connect(tmp_path / "new" / "access.db")) as database:
        assert database.execute("SELECT word FROM marks").fetchall() == [("kept",)]


def test_what_is_committed_and_still_in_the_log_is_in_it(data, tmp_path):
    with closing(sqlite3.connect(data / "sites.db")) as database:
        database.execute("PRAGMA journal_mode = WAL")
        database.execute("CREATE TABLE marks (word)")
        database.execute("INSERT INTO marks VALUES ('late')")
        database.commit()
        write_backup(data, tmp_path / "b.zip")  # while it is open: nothing was brought into the file yet
    restore(tmp_path / "b.zip", tmp_path / "new")
    with closing(sqlite3.connect(tmp_path / "new" / "sites.db")) as database:
        assert database.execute("SELECT word FROM marks").fetchall() == [("late",)]


def test_what_unfinished_jobs_have_to_read_comes_along(data, tmp_path):
    waiting = data / "uploads" / f"job_{'a' * 32}" / "0"
    waiting.parent.mkdir(parents=True)
    waiting.write_bytes(b"Not read yet.")
    write_backup(data, tmp_path / "b.zip")
    restore(tmp_path / "b.zip", tmp_path / "new")
    assert (tmp_path / "new" / waiting.relative_to(data)).read_bytes() == b"Not read yet."


def test_an_original_that_is_deleted_meanwhile_is_in_it(data, tmp_path):
    digest = made(2, 20).document.metadata["sha256"]

    def delete(done: int, of: int) -> None:
        if done == 1:
            with open_store(data) as store:
                DO["remove"](store, Step("remove", removed=(1, 2)))
                assert not (data / "originals" / digest[:2] / digest).exists()

    write_backup(data, tmp_path / "b.zip", told=delete)
    unpacked(tmp_path / "b.zip", tmp_path / "new")
    assert not (data / "pins").exists()


def test_every_backup_made_while_another_process_writes_is_whole(data, tmp_path):
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    library = {"north": {1: 10, 2: 20}, "south": {3: 30}}
    order = Order(data, tmp_path / "journal", library, 7, never=("backup", "restore"))
    writer = context.Process(target=main, args=(order, theirs), daemon=True)
    writer.start()
    try:
        ours.recv()
        states = set()
        for number in range(8):
            write_backup(data, tmp_path / "b.zip", with_indexes=number % 2 == 1)
            folder = tmp_path / f"new{number}"
            restore(tmp_path / "b.zip", folder)
            with open_store(folder) as store:
                for one in store.catalog.collections():
                    store.refresh(one.name)
                    for row in store.catalog.documents(one.name):
                        states.add(row.id)
                        assert store.originals.path(store.catalog.document(one.name, row.id).metadata["sha256"])
                bad = [c for c in verify(folder, store.catalog, store.encoder, 5, 1) if c.level is Level.FAILED]
                # SQLite leaves a copy of a row where it moved it; `purge` is for that, and it is no matter of backups.
                assert [c for c in bad if c.name != "deleted texts"] == []
        assert writer.is_alive()
        assert len(states) > 3  # it did write meanwhile
    finally:
        writer.kill()
        writer.join()


def test_where_there_is_no_room_the_former_backup_stays(data, tmp_path):
    file = tmp_path / "b.zip"
    write_backup(data, file)
    before = file.read_bytes()
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    with pytest.raises(IndexBroken), largest_file(2_000):
        write_backup(data, file)
    assert file.read_bytes() == before
    assert sorted(path.name for path in tmp_path.iterdir()) == ["b.zip", "data"]
    assert not (data / "pins").exists()


def test_what_a_killed_backup_left_is_overwritten(data, tmp_path):
    (tmp_path / "b.zip.part").write_bytes(b"half" * 100_000)
    (tmp_path / "b.zip.part.db").write_bytes(b"half")
    write_backup(data, tmp_path / "b.zip")
    unpacked(tmp_path / "b.zip", tmp_path / "new")
    assert not list(tmp_path.glob("*.part*"))


def test_one_backup_of_a_folder_at_a_time(data, tmp_path):
    with pinning(data), pytest.raises(Conflict, match="Another backup"):
        write_backup(data, tmp_path / "b.zip")
    write_backup(data, tmp_path / "b.zip")


def test_what_a_killed_backup_held_is_removed_when_the_server_starts_and_not_before_it_died(data):
    held = data / "pins" / ("a" * 64)
    with pinning(data):
        held.write_bytes(b"held")
        assert abandoned(data) == []
    (data / "pins").mkdir()
    held.write_bytes(b"left by a kill")
    with open_store(data) as store:
        assert [c.message for c in verify(data, store.catalog, None, 0, 1) if c.name == "leftovers"] == [
            f"pins/{held.name} is half written"
        ]
        store.tidy()
    assert not held.exists()


def test_a_folder_without_a_catalog_is_not_backed_up(tmp_path):
    with pytest.raises(NotFound, match="not a data folder"):
        write_backup(tmp_path, tmp_path / "b.zip")
    assert not (tmp_path / "b.zip").exists()


def test_the_newest_are_kept_and_nothing_else_is_touched(data, tmp_path):
    folder = tmp_path / "backups"
    folder.mkdir()
    for day in range(1, 5):
        (folder / f"footnoted-2026010{day}T000000Z.zip").write_bytes(b"older")
    (folder / "footnoted-20260101T000000Z.zip.part").write_bytes(b"left by a kill")
    (folder / "notes.zip").write_bytes(b"mine")
    new, removed = backup_into(folder, data, 3)
    assert [path.name[10:18] for path in removed] == ["20260101", "20260102"]
    assert [*backups_in(folder)][-1] == new.file
    assert sorted(path.name for path in folder.iterdir()) == [
        "footnoted-20260103T000000Z.zip",
        "footnoted-20260104T000000Z.zip",
        new.file.name,
        "notes.zip",
    ]
    unpacked(new.file, tmp_path / "new")


def test_where_the_new_one_fails_no_older_one_is_removed(data, tmp_path):
    folder = tmp_path / "backups"
    backup_into(folder, data, 1)
    before = backups_in(folder)
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    with pytest.raises(IndexBroken), largest_file(2_000):
        backup_into(folder, data, 1)
    assert backups_in(folder) == before


def test_the_folder_remembers_its_last_backup(data, tmp_path):
    assert last_backup(data) is None
    told = write_backup(data, tmp_path / "b.zip")
    found = last_backup(data)
    assert found is not None
    assert (found.file, found.at.isoformat(), found.bytes) == (told.file, told.created_at, told.bytes)
