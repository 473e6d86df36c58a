"""Collections by the command line and by the operator's API: made, renamed, copied, built anew, put back, carried."""

import json
import zipfile

import httpx
import pytest
from typer.testing import CliRunner

from index.transfer.format import SIGNATURE_BYTES
from ingest.signature import signature
from service.cli import app

OTTER = "The otter Ida lives in the river Ilm."
SEAL = "The seal Sam lives in the harbour of Kiel."


@pytest.fixture
def here(reader_name, tmp_path):
    """Runs a command in this process, on one data folder; gives what it prints as JSON."""

    def run(*arguments, code=0, data_dir=tmp_path / "data"):
        environment = {"FOOTNOTED_ANSWER__READER": reader_name}
        line = [*map(str, arguments), "--json", "--data-dir", str(data_dir)]
        result = CliRunner().invoke(app, line, env=environment)
        assert result.exit_code == code, result.output
        return json.loads(result.stdout)

    return run


@pytest.fixture(scope="module")
def operator(server, served_folder):
    token = (served_folder / "admin.token").read_text().strip()
    with httpx.Client(base_url=server, timeout=120, headers={"Authorization": f"Bearer {token}"}) as opened:
        yield opened


def test_a_collection_goes_from_one_folder_to_another(here, tmp_path):
    docs = tmp_path / "docs"
    docs.mkdir()
    (docs / "otter.txt").write_text(OTTER)
    (docs / "seal.txt").write_text(SEAL)
    made = here("collections", "create", "zoo", "--split-target", "40", "--split-maximum", "80")["collection"]
    assert made["split_sizes"] == {"target": 40, "maximum": 80, "own": True}
    here("ingest", docs, "--collection", "zoo", "--tag", "animals")
    exported = here("collections", "export", "zoo", tmp_path / "zoo.zip")
    assert (exported["documents"], exported["originals_missing"]) == (2, 0)
    assert here("collections", "export", "zoo", tmp_path / "zoo.zip", code=1)["error"]["code"] == "conflict"
    other = tmp_path / "other"
    imported = here("collections", "import", tmp_path / "zoo.zip", "--name", "animals", data_dir=other)
    assert imported["collection"] == "animals"
    (listed,) = here("collections", "list", data_dir=other)["collections"]
    assert (listed["documents"], listed["split_sizes"]) == (2, made["split_sizes"])
    question = ("search", "Where does the otter Ida live?", "-k", "1")
    ours = here(*question, "--collection", "zoo")["hits"]
    theirs = here(*question, "--collection", "animals", data_dir=other)["hits"]
    assert [(hit["text"], hit["score"]) for hit in theirs] == [(hit["text"], hit["score"]) for hit in ours]
    # What did not change is not read again there.
    assert here("ingest", docs, "--collection", "animals", data_dir=other)["unchanged"] == 2


def test_sizes_that_do_not_hold_are_refused(here):
    too_small = here("collections", "create", "a", "--split-target", "300", code=1)
    assert too_small["error"]["code"] == "invalid_request"
    assert here("collections", "list")["collections"] == []


def test_a_reindexed_collection_is_put_back(here, tmp_path):
    (tmp_path / "otter.txt").write_text(OTTER)
    here("ingest", tmp_path / "otter.txt")
    assert here("reindex", "--rollback", code=1)["error"]["code"] == "not_found"
    here("reindex", "--split-target", "30", "--split-maximum", "60")
    assert here("collections", "list")["collections"][0]["split_sizes"] == {"target": 30, "maximum": 60, "own": True}
    assert here("reindex", "--rollback")["rolled_back"]
    assert here("collections", "list")["collections"][0]["split_sizes"]["own"] is False
    (tmp_path / "otter.txt").write_text(SEAL)
    here("reindex")
    here("ingest", tmp_path / "otter.txt")
    assert here("reindex", "--rollback", code=1)["error"]["code"] == "not_found"
    assert len(here("collections", "list")["collections"]) == 1


def test_what_names_a_collection_follows_its_new_name(here):
    here("collections", "create", "old")
    here("sites", "add", "--name", "Handbook", "--collection", "old", "--origin", "https://example.org")
    here("collections", "rename", "old", "new")
    assert [site["collection"] for site in here("sites", "list")["sites"]] == ["new"]
    here("collections", "copy", "new", "second")
    here("collections", "delete", "new")
    assert [one["name"] for one in here("collections", "list")["collections"]] == ["second"]


def test_a_damaged_file_is_refused_in_words(here, tmp_path):
    (tmp_path / "a.zip").write_bytes(b"PK")
    error = here("collections", "import", tmp_path / "a.zip", code=1)["error"]
    assert error["code"] == "invalid_request"
    assert "a.zip" in error["message"]


def test_the_size_of_signatures_is_that_of_ingest():
    assert len(signature(OTTER)) == SIGNATURE_BYTES


def test_the_operator_renames_copies_and_exports(operator, upload, ask, tmp_path):
    upload("http-zoo", {"otter.txt": OTTER})
    assert operator.post("/v1/collections/http-zoo/copy", json={"name": "http-copy"}).status_code == 201
    assert operator.post("/v1/collections/http-zoo/copy", json={"name": "http-copy"}).status_code == 409
    assert operator.patch("/v1/collections/http-zoo", json={"name": "http-new"}).json()["documents"] == 1
    for name in ("http-copy", "http-new"):
        assert ask("Where does the otter Ida live?", collection=name)["status"] == "answered"
    exported = operator.get("/v1/collections/http-new/export")
    assert exported.status_code == 200, exported.text
    assert exported.headers["content-type"] == "application/zip"
    (tmp_path / "zoo.zip").write_bytes(exported.content)
    with zipfile.ZipFile(tmp_path / "zoo.zip") as archive:
        assert archive.testzip() is None
        assert json.loads(archive.read("manifest.json"))["documents"] == 1
    assert operator.get("/v1/collections/nowhere/export").status_code == 404


def test_the_server_builds_a_collection_anew_and_puts_it_back(operator, upload, ask, settle):
    upload("http-build", {"otter.txt": OTTER, "seal.txt": SEAL})
    assert operator.post("/v1/collections/http-build/rollback").status_code == 404
    queued = operator.post("/v1/collections/http-build/reindex")
    assert (queued.status_code, queued.json()["kind"]) == (202, "reindex")
    job = settle(operator, queued.headers["location"])
    assert (job["status"], job["progress"]["done"]) == ("done", 2)
    assert ask("Where does the otter Ida live?", collection="http-build")["status"] == "answered"
    assert operator.post("/v1/collections/http-build/rollback").status_code == 200
    assert ask("Where does the seal Sam live?", collection="http-build")["status"] == "answered"
    assert operator.post("/v1/collections/nowhere/reindex").status_code == 404


@pytest.mark.parametrize("method, path", [
    ("PATCH", "default"), ("POST", "default/copy"), ("POST", "default/reindex"), ("POST", "default/rollback"),
    ("GET", "default/export"),
])  # fmt: skip
def test_only_the_operator_may(client, assert_problem, method, path):
    response = client.request(method, f"/v1/collections/{path}", json={"name": "x"} if method != "GET" else None)
    assert_problem(response, 401, "sign_in_needed")
