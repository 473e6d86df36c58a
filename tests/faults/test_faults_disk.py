"""A disk that is full, or a folder that may only be read: an error in words, and nothing that was there is lost."""

import multiprocessing
import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from core.errors import FootnotedError, IndexBroken, NotReady
from index.documents import Entry
from index.store import Store
from index.verify.check import Level
from index.verify.run import verify
from tests.faults.full_disk import largest_file
from tests.faults.library import BY_WORDS, Library, made, marker
from tests.faults.worker import open_store

NOBODY = 65_534


def put(store: Store, number: int, version: int = 1) -> None:
    one = made(number, version)
    store.put(store.open_collection("north"), [(Entry(one.document, store.embed([one.passages])[0]), one.original)])


def check(data: Path, library: Library) -> None:
    """Opened anew: all that was acknowledged answers, and every check passes."""
    with open_store(data) as store:
        store.tidy()
        store.refresh("north")
        assert {row.uri for row in store.catalog.documents("north")} == {f"file:///{n}.txt" for n in library["north"]}
        for number, version in library["north"].items():
            hit = store.search("north", marker(number, version), 1, BY_WORDS).hits[0]
            assert marker(number, version) in hit.passage.text
        bad = [one for one in verify(data, store.catalog, store.encoder, 100, 1) if one.level is not Level.OK]
        assert bad == []


def until_it_fails(store: Store, library: Library) -> FootnotedError:
    """Add, replace and delete, until an operation fails; ``library`` has what was acknowledged."""
    own = library["north"]
    try:
        for number in range(1_000):
            put(store, number)
            own[number] = 1
            if number % 3 == 2:
                put(store, number - 1, 2)
                own[number - 1] = 2
            if number % 5 == 4:
                (gone,) = [row.id for row in store.catalog.documents("north") if row.uri == f"file:///{number}.txt"]
                store.remove("north", [gone])
                del own[number]
            if number % 7 == 6:
                store.refresh("north", save=True)
    except FootnotedError as error:
        return error
    pytest.fail("the disk was never full")


@pytest.mark.parametrize("room", [0, 5_000, 60_000, 300_000])
def test_a_full_disk_is_told_and_nothing_is_lost(tmp_path, room):
    data = tmp_path / "data"
    library: Library = {"north": {}}
    with open_store(data) as store:
        for number in range(1_000, 1_010):
            put(store, number)
            library["north"][number] = 1
        with largest_file(max((data / "catalog.db").stat().st_size, 40_000) + room):
            error = until_it_fails(store, library)
            assert isinstance(error, IndexBroken)
            assert "disk" in error.message or "written" in error.message
            assert "free space" in error.hint
            assert marker(1_003, 1) in store.search("north", marker(1_003, 1), 1, BY_WORDS).hits[0].passage.text
        put(store, 5_000)  # there is room again: the same store goes on
        library["north"][5_000] = 1
    check(data, library)


def test_a_really_full_disk(tmp_path):
    disk = tmp_path / "disk"
    disk.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=2m", "none", str(disk)], capture_output=True)
    if mounted.returncode:
        pytest.skip("only root can make a small disk")
    try:
        library: Library = {"north": {}}
        with open_store(disk / "data") as store:
            error = until_it_fails(store, library)
            assert isinstance(error, IndexBroken)
            assert "free space" in error.hint
            own = library["north"]
            some = next(iter(own))
            assert store.search("north", marker(some, own[some]), 1, BY_WORDS).hits
        subprocess.run(["mount", "-o", "remount,size=8m", str(disk)], check=True)
        check(disk / "data", library)
    finally:
        subprocess.run(["umount", "-l", str(disk)], check=True)


def _as_nobody(work: Callable[[Path], None], data: Path, told: multiprocessing.connection.Connection) -> None:
    if os.geteuid() == 0:  # whom permissions do not stop
        os.setgroups([])
        os.setuid(NOBODY)
    try:
        work(data)
        told.send(None)
    except FootnotedError as error:
        told.send((type(error), error.message, error.hint))


def _open_and_put(data: Path) -> None:
    with open_store(data) as store:
        put(store, 7)


def test_a_folder_for_reading_only_is_told_and_nothing_is_lost(tmp_path):
    data = tmp_path / "data"
    with open_store(data) as store:
        for number in range(3):
            put(store, number)
        store.save()
    everything = [data, *data.rglob("*")]
    modes = {path: path.stat().st_mode for path in everything}
    for parent in tmp_path.parents:
        if parent.stat().st_uid == os.getuid() and len(parent.parts) > 2:
            parent.chmod(parent.stat().st_mode | 0o055)
    tmp_path.chmod(0o755)
    for path in everything:
        path.chmod(0o555 if path.is_dir() else 0o444)
    try:
        context = multiprocessing.get_context("forkserver")
        ours, theirs = context.Pipe()
        process = context.Process(target=_as_nobody, args=(_open_and_put, data, theirs))
        process.start()
        theirs.close()
        kind, message, hint = ours.recv()
        process.join()
    finally:
        for path, mode in modes.items():
            path.chmod(mode)
    assert kind in (IndexBroken, NotReady)
    assert str(data) in message
    assert "permissions" in hint
    check(data, {"north": {0: 1, 1: 1, 2: 1}})
