"""From a server that runs to another one: what the first answered, the second answers, with the same citation."""

import json
import stat
import zipfile

import httpx
import pytest

pytestmark = pytest.mark.slow


def test_a_served_folder_is_backed_up_restored_and_served_again(start_server, footnoted, tmp_path, date_question):
    data, file = tmp_path / "data", tmp_path / "b.zip"

    def asked(url: str) -> dict:
        told = httpx.post(f"{url}/v1/ask", json={"question": date_question}, timeout=60).raise_for_status().json()
        return {name: told[name] for name in ("status", "answer", "citations")}

    with start_server(data, "--demo") as running:
        before = asked(running.url)
        assert before["status"] == "answered"
        told = json.loads(footnoted("backup", file, "--json", data_dir=data).stdout)
        assert (told["file"], told["documents"], told["originals"]) == (str(file), 1, 1)
        assert {"catalog.db", "questions.db"} <= {*told["databases"]}
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
        refused = footnoted("restore", file, "--replace", "--json", data_dir=data)
        assert refused.returncode == 1
        assert "in use" in json.loads(refused.stdout)["error"]["message"]
        assert asked(running.url) == before
    restored = footnoted("restore", file, "--json", data_dir=tmp_path / "new")
    assert restored.returncode == 0, restored.stdout
    assert all(check["level"] == "ok" for check in json.loads(restored.stdout)["checks"])
    with start_server(tmp_path / "new") as running:
        assert asked(running.url) == before
    acts = json.loads(footnoted("audit", "list", "--json", data_dir=tmp_path / "new").stdout)
    assert any("restore" in json.dumps(act) for act in acts["acts"])


def test_what_a_backup_cannot_do_is_told(footnoted, tmp_path):
    for arguments, says in (
        (["backup"], "either a file"),
        (["backup", "b.zip", "--to", "folder"], "either a file"),
        (["backup", "b.zip", "--keep", "3"], "--keep goes with --to"),
        (["backup", "b.zip"], "not a data folder"),
        (["restore", "no-such-file.zip"], "not a backup"),
    ):
        told = footnoted(*arguments, data_dir=tmp_path / "nothing", cwd=tmp_path)
        assert (told.returncode, says in told.stderr) == (1, True), told.stderr
    with zipfile.ZipFile(tmp_path / "other.zip", "w") as archive:
        archive.writestr("a.txt", "a")
    told = footnoted("restore", tmp_path / "other.zip", data_dir=tmp_path / "nothing")
    assert "no manifest" in told.stderr
    assert not (tmp_path / "nothing").exists()
