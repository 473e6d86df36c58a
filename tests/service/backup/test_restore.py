"""A restore believes nothing that it has not checked, and leaves what was there until the new one is whole."""

import json
import shutil
import sqlite3
import subprocess
import sys
import zipfile
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from core.errors import Conflict, FootnotedError, InvalidRequest
from index import schema
from service.backup.restoring import restore
from service.backup.swapping import swap
from service.backup.writing import write_backup
from tests.faults.worker import open_store

FORMATS = Path(__file__).parents[2] / "index" / "formats"
OUTSIDE = "outside.txt"


@pytest.fixture
def backup(data, tmp_path) -> Path:
    return write_backup(data, tmp_path / "b.zip").file


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def remade(file: Path, change: Callable[[dict[str, bytes]], None], **infos: zipfile.ZipInfo) -> None:
    """Write the archive anew with other members."""
    with zipfile.ZipFile(file) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    change(members)
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(infos.get(name.partition(".")[0], name), content)


def with_member(name: str) -> Callable[[Path], None]:
    """A file of that name, which the manifest names, too."""

    def change(members: dict[str, bytes]) -> None:
        import hashlib

        members[name] = b"evil"
        manifest = json.loads(members["manifest.json"])
        manifest["members"][name] = {"bytes": 4, "sha256": hashlib.sha256(b"evil").hexdigest()}
        members["manifest.json"] = json.dumps(manifest).encode()

    return lambda file: remade(file, change)


def changed_byte(file: Path) -> None:
    def change(members: dict[str, bytes]) -> None:
        members["secret.key"] = b"\xff" + members["secret.key"][1:]

    remade(file, change)


def changed_original(file: Path) -> None:
    def change(members: dict[str, bytes]) -> None:
        name = next(name for name in members if name.startswith("originals/"))
        members[name] = b"X" + members[name][1:]

    remade(file, change)


def directory_elsewhere(file: Path) -> None:
    """The end of the file says that the directory begins later than it does: files would begin before the file."""
    content = bytearray(file.read_bytes())
    end = content.rindex(b"PK\x05\x06")
    at = int.from_bytes(content[end + 16 : end + 20], "little")
    content[end + 16 : end + 20] = (at + 10).to_bytes(4, "little")
    file.write_bytes(bytes(content))


def damaged(file: Path) -> None:
    """A bit flips on the disk."""
    content = bytearray(file.read_bytes())
    content[200] ^= 1
    file.write_bytes(bytes(content))


def lacking_original(file: Path) -> None:
    remade(file, lambda members: members.pop(next(name for name in members if name.startswith("originals/"))))


def lacking_catalog(file: Path) -> None:
    def change(members: dict[str, bytes]) -> None:
        members.pop("catalog.db")
        manifest = json.loads(members["manifest.json"])
        manifest["members"].pop("catalog.db")
        members["manifest.json"] = json.dumps(manifest).encode()

    remade(file, change)


def newer(file: Path) -> None:
    def change(members: dict[str, bytes]) -> None:
        manifest = json.loads(members["manifest.json"])
        members["manifest.json"] = json.dumps({**manifest, "version": 99}).encode()

    remade(file, change)


def link(file: Path) -> None:
    """The key is a symbolic link, in the words of Unix."""
    info = zipfile.ZipInfo("secret.key")
    info.external_attr = 0o120777 << 16
    remade(file, lambda members: members.update({"secret.key": b"/etc/passwd"}), secret=info)


def twice(file: Path) -> None:
    with pytest.warns(UserWarning, match="Duplicate"), zipfile.ZipFile(file, "a") as archive:
        archive.writestr("secret.key", bytes(32))


def overlapping(file: Path) -> None:
    """Many members that are one stretch of the file: a bomb that nests nothing."""
    with zipfile.ZipFile(file, "a") as archive:
        first = archive.getinfo("catalog.db")
        for number in range(50):
            other = zipfile.ZipInfo(f"index/{number}-x.faiss")
            for name in ("header_offset", "compress_size", "file_size", "CRC", "compress_type", "flag_bits"):
                setattr(other, name, getattr(first, name))
            archive.filelist.append(other)
            archive.NameToInfo[other.filename] = other
        archive._didModify = True


def endless(file: Path) -> None:
    """A manifest of a gigabyte, packed into one megabyte."""
    remade(file, lambda members: members.update({"manifest.json": bytes(64 * 1024**2)}))


def cut(file: Path) -> None:
    file.write_bytes(file.read_bytes()[:-1000])


def no_archive(file: Path) -> None:
    file.write_bytes(b"no archive at all")


HOSTILE = {
    "out of the folder": with_member(f"../{OUTSIDE}"),
    "absolute": with_member(f"/tmp/{OUTSIDE}"),
    "below a name of ours": with_member(f"index/1/../../../{OUTSIDE}"),
    "backslashes": with_member(f"..\\{OUTSIDE}"),
    "a name that no backup has": with_member("footnoted.toml"),
    "a program": with_member("index/1-evil.so/../../run.sh"),
    "a link": link,
    "two of a name": twice,
    "one stretch many times": overlapping,
    "a long manifest": endless,
    "another key": changed_byte,
    "another original": changed_original,
    "a bit": damaged,
    "a directory elsewhere": directory_elsewhere,
    "an original less": lacking_original,
    "no catalog": lacking_catalog,
    "of a later version": newer,
    "cut": cut,
    "no archive": no_archive,
}


@pytest.mark.parametrize("spoil", HOSTILE.values(), ids=HOSTILE)
def test_a_file_that_is_not_as_it_was_written_is_refused_and_leaves_nothing(backup, tmp_path, spoil):
    place = tmp_path / "place"
    spoil(backup)
    with pytest.raises(InvalidRequest) as caught:
        restore(backup, place / "new")
    assert "cannot be restored" in caught.value.message
    assert not place.exists() or names(place) == []
    assert not (tmp_path / OUTSIDE).exists()
    assert not Path("/tmp", OUTSIDE).exists()


def test_what_does_not_fit_on_the_disk_is_told_before_anything_is_written(backup, tmp_path, monkeypatch):
    room = shutil.disk_usage(tmp_path)._replace(free=64 * 1024**2)
    monkeypatch.setattr(shutil, "disk_usage", lambda path: room)
    with pytest.raises(InvalidRequest, match="MiB free"):
        restore(backup, tmp_path / "place" / "new")
    assert names(tmp_path / "place") == []


def test_a_folder_that_holds_something_is_left_alone(backup, data):
    before = names(data)
    with pytest.raises(Conflict, match="not empty") as caught:
        restore(backup, data)
    assert "--replace" in caught.value.hint
    assert names(data) == before


def test_replaced_the_former_folder_is_kept_beside(backup, data, tmp_path):
    (data / "mine.txt").write_text("kept")
    restored = restore(backup, data, replace=True)
    assert restored.kept is not None
    assert (restored.kept / "mine.txt").read_text() == "kept"
    assert not (data / "mine.txt").exists()
    with open_store(data) as store:
        assert [(c.name, c.documents) for c in store.catalog.collections()] == [("north", 2), ("south", 1)]


def test_a_folder_that_another_process_has_open_is_not_replaced(backup, data):
    code = (
        "import sqlite3, sys; c = sqlite3.connect(sys.argv[1]);"
        "c.execute('SELECT count(*) FROM documents').fetchone(); print('open', flush=True); sys.stdin.read()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code, str(data / "catalog.db")], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == b"open\n"
        before = names(data)
        with pytest.raises(Conflict, match=r"in use.*catalog\.db"):
            restore(backup, data, replace=True)
        assert {*names(data)} - {"catalog.db-wal", "catalog.db-shm"} == {*before} - {"catalog.db-wal", "catalog.db-shm"}
        other.communicate(b"")
    restore(backup, data, replace=True)


def test_a_link_to_a_data_folder_stays_a_link(backup, data, tmp_path):
    (tmp_path / "link").symlink_to(data)
    restore(backup, tmp_path / "link", replace=True)
    assert (tmp_path / "link").is_symlink()
    assert (data / "catalog.db").exists()


def test_an_empty_folder_may_be_there(backup, tmp_path):
    (tmp_path / "new").mkdir()
    assert restore(backup, tmp_path / "new").kept is None
    assert (tmp_path / "new" / "catalog.db").exists()


def test_what_a_killed_restore_left_unfinished_goes(backup, tmp_path):
    left = tmp_path / "new.restoring"
    left.mkdir()
    (left / "UNFINISHED").touch()
    (left / "catalog.db").write_bytes(b"half")
    restore(backup, tmp_path / "new")
    assert names(tmp_path) == ["b.zip", "data", "new"]
    assert "UNFINISHED" not in names(tmp_path / "new")


def test_a_whole_folder_that_a_kill_left_beside_is_kept(backup, tmp_path):
    left = tmp_path / "new.restoring"
    left.mkdir()
    (left / "catalog.db").write_bytes(b"it may be the former one")
    restore(backup, tmp_path / "new")
    (kept,) = tmp_path.glob("new.before-*")
    assert (kept / "catalog.db").read_bytes() == b"it may be the former one"


@pytest.mark.parametrize("exchanges", [True, False])
def test_folders_change_places(tmp_path, monkeypatch, exchanges):
    if not exchanges:
        monkeypatch.setattr("service.backup.swapping._exchanged", lambda one, other: False)
    for name in ("old", "new"):
        (tmp_path / name).mkdir()
        (tmp_path / name / name).touch()
    swap(tmp_path / "new", tmp_path / "old", tmp_path / "kept")
    assert names(tmp_path) == ["kept", "old"]
    assert (names(tmp_path / "old"), names(tmp_path / "kept")) == (["new"], ["old"])


@pytest.mark.parametrize("archive", sorted(FORMATS.glob("*.zip")), ids=lambda path: path.stem)
def test_a_folder_of_an_earlier_format_is_backed_up_as_it_is_and_upgraded_by_the_restore(archive, tmp_path):
    old = tmp_path / "old"
    with zipfile.ZipFile(archive) as zipped:
        zipped.extractall(old)
    write_backup(old, tmp_path / "b.zip")
    with closing(sqlite3.connect(old / "catalog.db")) as database:
        assert database.execute("PRAGMA user_version").fetchone() == (int(archive.stem),)
    restored = restore(tmp_path / "b.zip", tmp_path / "new")
    assert restored.manifest.formats["catalog.db"] == int(archive.stem)
    with closing(sqlite3.connect(tmp_path / "new" / "catalog.db")) as database:
        assert database.execute("PRAGMA user_version").fetchone() == (schema.FORMAT_VERSION,)


@pytest.mark.parametrize("lose", [Path.unlink, lambda path: path.write_bytes(b"other")], ids=["gone", "damaged"])
def test_a_document_whose_original_was_lost_before_does_not_stop_it(data, tmp_path, lose):
    lose(next((data / "originals").glob("??/*")))
    told = write_backup(data, tmp_path / "b.zip")
    assert (told.originals, told.originals_missing) == (2, 1)
    restored = restore(tmp_path / "b.zip", tmp_path / "new")
    assert restored.manifest.documents == 3


def test_a_damaged_catalog_is_not_put_in_place(data, tmp_path):
    with closing(sqlite3.connect(data / "catalog.db")) as database, database:
        database.execute("UPDATE passages SET text = text || '!'")
    file = write_backup(data, tmp_path / "b.zip").file
    with pytest.raises(FootnotedError, match="not whole"):
        restore(file, tmp_path / "new")
    assert names(tmp_path) == ["b.zip", "data"]
