"""``footnoted doctor``: what is wrong on this machine is found, with what mends it."""

import json
import os
import sqlite3
import time
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from index.catalog import Catalog
from service.access.keys import Keys
from service.access.principal import AccessScope
from service.access.tables import AccessFile
from service.backup.last import note
from service.doctor import machine
from service.doctor.folder import folder_findings
from service.doctor.listening import check_access, check_port
from service.doctor.machine import machine_findings
from service.embedding.finding import Finding
from service.settings import Settings

GIB = 1024**3


def on_machine(data_dir: Path) -> dict[str, Finding]:
    return {finding.check: finding for finding in machine_findings(data_dir)}


def of_folder(settings: Settings) -> dict[str, Finding]:
    return {finding.check: finding for finding in folder_findings(settings)}


@pytest.fixture
def data(open_engine, sample_document, tmp_path) -> Path:
    """A folder of its own with the sample in it."""
    folder = tmp_path / "data"
    engine = open_engine(folder)
    engine.ingest([sample_document])
    engine.store.save()
    engine.close()
    folder.chmod(0o700)
    return folder


def test_a_whole_folder_is_found_whole(data, make_settings):
    told = of_folder(make_settings(data))
    assert {name: one.level for name, one in told.items()} == {
        "collection": "ok",
        "index": "ok",
        "permissions": "ok",
    }


def test_an_index_that_does_not_fit_the_catalog_is_found(data, make_settings):
    manifest = data / "index" / "1.json"
    told = json.loads(manifest.read_text())
    manifest.write_text(json.dumps({**told, "generation": told["generation"] + 5}))
    index = of_folder(make_settings(data))["index"]
    assert index.level == "failed"
    assert "Delete the folder `index`" in index.hint


def test_a_damaged_catalog_is_found(data, make_settings):
    with (data / "catalog.db").open("r+b") as file:
        file.seek(8192)
        file.write(b"\xaa" * 20_000)
    assert any(one.level == "failed" and one.hint for one in of_folder(make_settings(data)).values())


def test_keys_that_others_can_read_are_found(data, make_settings, tmp_path):
    for folder in (data, *(p for p in data.parents if p.owner() and p.stat().st_uid == os.getuid() and p != Path("/"))):
        if folder.stat().st_mode & 0o001 == 0:
            folder.chmod(folder.stat().st_mode | 0o001)
    (data / "secret.key").write_bytes(bytes(32))
    (data / "secret.key").chmod(0o644)
    found = of_folder(make_settings(data))["permissions"]
    assert found.level == "failed"
    assert "chmod 600 secret.key" in found.hint
    (data / "secret.key").chmod(0o600)
    data.chmod(0o755)
    found = of_folder(make_settings(data))["permissions"]
    assert (found.level, "chmod 700" in found.hint) == ("warning", True)


def test_the_age_of_the_last_backup_is_told(data, make_settings, tmp_path):
    file = tmp_path / "b.zip"
    file.touch()

    def told(days: float) -> Finding:
        at = datetime.now(UTC) - timedelta(days=days)
        note(data, file, at.isoformat(timespec="seconds"), 10)
        return of_folder(make_settings(data))["backup"]

    assert told(1).level == "ok"
    old = told(20)
    assert (old.level, "20 days" in old.message, "footnoted backup --to" in old.hint) == ("warning", True, True)
    file.unlink()
    assert told(1).level == "warning"


def test_that_there_is_no_backup_of_many_documents_is_told(data, make_settings):
    with closing(sqlite3.connect(data / "catalog.db")) as database, database:
        columns = [row[1] for row in database.execute("PRAGMA table_info(documents)") if row[1] != "key"]
        changed = {"id": "id || '-' || n", "uri": "uri || '-' || n", "passages": "0"}
        values = ", ".join(changed.get(name, f'"{name}"') for name in columns)
        names = ", ".join(f'"{name}"' for name in columns)
        database.execute(
            "WITH RECURSIVE numbers(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < 150) "
            f"INSERT INTO documents ({names}) SELECT {values} FROM documents, numbers"
        )
    Catalog(data / "catalog.db").close()
    backup = of_folder(make_settings(data))["backup"]
    assert (backup.level, "no backup" in backup.message) == ("warning", True)


def test_little_memory_is_told(monkeypatch, tmp_path):
    monkeypatch.setattr(machine, "available_memory", lambda: GIB // 2)
    memory = on_machine(tmp_path)["memory"]
    assert (memory.level, "0.5 GiB free" in memory.message) == ("warning", True)
    monkeypatch.setattr(machine, "available_memory", lambda: 8 * GIB)
    assert on_machine(tmp_path)["memory"].level == "ok"


def test_the_memory_of_this_machine_is_read():
    available = machine.available_memory()
    assert available is not None
    assert 0 < available < 2**50


def test_a_clock_that_was_set_back_is_told(tmp_path):
    (tmp_path / "catalog.db").touch()
    assert on_machine(tmp_path)["clock"].level == "ok"
    later = time.time() + 3600
    os.utime(tmp_path / "catalog.db", (later, later))
    clock = on_machine(tmp_path)["clock"]
    assert (clock.level, "set back" in clock.message) == ("warning", True)


def test_a_port_that_is_taken_is_told(make_settings, tmp_path):
    import socket

    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        assert check_port(make_settings(tmp_path, server={"port": port})).level == "warning"
    assert check_port(make_settings(tmp_path, server={"port": port})).level == "ok"


@pytest.mark.parametrize(
    ("server", "access", "level", "says"),
    [
        ({}, {}, "ok", "this machine"),
        ({"host": "0.0.0.0"}, {}, "failed", ""),
        ({"host": "0.0.0.0"}, {"anonymous": ["ask"]}, "ok", "may ask"),
        ({"host": "0.0.0.0"}, {"anonymous": ["ask", "ingest"]}, "warning", "add and delete"),
        ({"public_url": "https://answers.example.org"}, {}, "warning", "answers.example.org"),
        ({"public_url": "https://answers.example.org"}, {"anonymous": []}, "ok", "nothing"),
    ],
)
def test_open_access_is_told(make_settings, tmp_path, server, access, level, says):
    found = check_access(make_settings(tmp_path / "data", server=server, access=access))
    assert found.level == level
    assert says in found.message
    assert found.hint or level == "ok"


def test_with_a_key_nothing_is_open(make_settings, tmp_path):
    (tmp_path / "data").mkdir()
    with closing(AccessFile(tmp_path / "data")) as file:
        Keys(file).create("first", [AccessScope.ASK])
    server = {"public_url": "https://answers.example.org"}
    assert check_access(make_settings(tmp_path / "data", server=server)).level == "ok"


def test_checks_that_exclude_each_other_are_refused(footnoted, tmp_path):
    told = footnoted("doctor", "--url", "https://a.example", "--origin", "https://b.example", data_dir=tmp_path)
    assert told.returncode == 1
    assert "two checks" in told.stderr
