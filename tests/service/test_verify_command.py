"""``footnoted verify`` in processes of its own, on a folder that is whole and then is not."""

import json
import sqlite3
from contextlib import closing

import pytest

pytestmark = pytest.mark.slow

GONE = "The wyverns of Zanzibar quaffed jellied vermouth below the xenolithic fjords."


@pytest.fixture(scope="module")
def data(tmp_path_factory, footnoted):
    """A document that is there, and one that was removed."""
    root = tmp_path_factory.mktemp("verify")
    (root / "kept.txt").write_text("The harbour lies in the north of the bay, behind the old lighthouse.")
    (root / "gone.txt").write_text(GONE)
    assert footnoted("ingest", root / "kept.txt", root / "gone.txt", data_dir=root / "data").returncode == 0
    removed = footnoted("remove", root / "gone.txt", "--json", data_dir=root / "data")
    assert json.loads(removed.stdout)["removed"] == 1
    return root / "data"


def test_a_whole_folder_passes_with_vectors_made_again(data, footnoted):
    done = footnoted("verify", "--json", data_dir=data)
    assert done.returncode == 0, done.stdout + done.stderr
    told = json.loads(done.stdout)
    assert told["ok"]
    checked = {check["name"]: check["checked"] for check in told["checks"]}
    assert (checked["counts"], checked["offsets"], checked["vectors made again: default"]) == (1, 1, 1)
    assert checked["deleted texts"] > 0
    assert all(check["level"] == "ok" for check in told["checks"])


def test_a_deleted_text_is_proved_gone_and_one_that_is_outside_the_index_is_told(data, footnoted):
    done = footnoted("verify", "--deleted", GONE, data_dir=data)
    assert done.returncode == 0
    assert "stretches of deleted texts sought in the index" in done.stdout
    copy = data / "catalog.copy"
    copy.write_text(f"from a backup: {GONE}")
    done = footnoted("verify", "--deleted", GONE, data_dir=data)
    copy.unlink()
    assert done.returncode == 0
    assert "catalog.copy holds text of" in done.stdout


def test_damage_ends_with_code_1_and_says_what_to_do(data, footnoted):
    with closing(sqlite3.connect(data / "catalog.db")) as database:
        (before,) = database.execute("SELECT text FROM passages").fetchone()
        database.execute("UPDATE passages SET text = 'changed'")
        database.commit()
        done = footnoted("verify", "--sample", "0", data_dir=data)
        database.execute("UPDATE passages SET text = ?", (before,))
        database.commit()
    assert done.returncode == 1
    assert "failed  offsets" in done.stdout
    assert "Restore a copy of the data folder" in done.stdout
    assert footnoted("verify", "--sample", "0", data_dir=data).returncode == 0


def test_tidy_and_purge_leave_a_whole_folder(data, footnoted):
    stray = data / "originals" / "ab" / ("ab" * 32)
    stray.parent.mkdir(exist_ok=True)
    stray.write_text("left by a kill")
    done = footnoted("verify", "--tidy", "--purge", "--sample", "0", "--json", data_dir=data)
    assert done.returncode == 0, done.stdout
    assert json.loads(done.stdout)["ok"]
    assert not stray.exists()
