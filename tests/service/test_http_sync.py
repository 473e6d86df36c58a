"""Syncs over HTTP and by the command line's view of them: for the operator, of the server's own folders."""

import json

import httpx
import pytest

OTTER = "The otter Ida eats two kilograms of fish a day. Her home is the river Ilm."


@pytest.fixture(scope="session")
def operator(server, served_folder):
    """A client that carries the token."""
    headers = {"Authorization": f"Bearer {(served_folder / 'admin.token').read_text().strip()}"}
    with httpx.Client(base_url=server, timeout=120, headers=headers) as opened:
        yield opened


@pytest.fixture
def sync(operator, settle):
    """Syncs places into a collection and gives the finished job."""

    def run(collection, *sources, **more):
        response = operator.post(
            "/v1/admin/sync", json={"collection": collection, "sources": [*map(str, sources)], **more}
        )
        assert response.status_code == 202, response.text
        assert response.json()["kind"] == "sync"
        return settle(operator, response.headers["location"])

    return run


@pytest.fixture
def folder(tmp_path):
    made = tmp_path / "papers"
    made.mkdir()
    for name in ("otter", "beaver", "seal"):
        (made / f"{name}.txt").write_text(OTTER.replace("otter Ida", f"{name} Ida"))
    return made


def test_a_sync_tells_what_is_new_changed_gone_and_unchanged(sync, folder, ask):
    assert sync("synced", folder)["counts"] == {"added": 3}
    (folder / "otter.txt").write_text(OTTER.replace("two", "three"))
    (folder / "seal.txt").unlink()
    (folder / "empty.txt").touch()
    kept = sync("synced", folder, keep_missing=True)
    assert kept["counts"] == {"changed": 1, "unchanged": 1, "failed": 1}
    assert [(file["name"], file["status"]) for file in kept["files"]] == [
        ("empty.txt", "failed"),
        ("otter.txt", "changed"),
    ]
    assert kept["status"] == "partial"
    assert kept["progress"]["done"] == kept["progress"]["total"] == 3
    assert sync("synced", folder)["counts"] == {"unchanged": 2, "removed": 1, "failed": 1}
    answer = ask("How much fish does the otter Ida eat a day?", collection="synced")
    assert answer["citations"][0]["quote"] == "The otter Ida eats three kilograms of fish a day."


def test_a_file_that_moved_is_told_as_moved(sync, folder):
    sync("moving", folder)
    (folder / "otter.txt").rename(folder / "lutra.txt")
    job = sync("moving", folder)
    assert job["counts"] == {"moved": 1, "unchanged": 2}
    assert [file["name"] for file in job["files"]] == ["lutra.txt"]


def test_a_folder_that_is_suddenly_empty_fails_the_job_and_keeps_the_documents(sync, folder, client):
    sync("emptied", folder)
    for file in folder.iterdir():
        file.unlink()
    job = sync("emptied", folder)
    assert (job["status"], job["error"]["code"]) == ("failed", "conflict")
    assert "3 documents came from there" in job["error"]["message"]
    assert client.get("/v1/documents", params={"collection": "emptied"}).json()["total"] == 3


def test_a_place_that_is_not_there_fails_with_a_hint(sync, tmp_path):
    job = sync("missing-place", tmp_path / "missing")
    assert (job["status"], job["counts"]) == ("failed", {"failed": 1})
    assert "does not exist" in job["files"][0]["error"]["message"]


def test_a_private_address_is_refused_and_the_setting_named(operator, server, settle):
    response = operator.post("/v1/documents", json={"url": f"{server}/docs", "collection": "private"})
    job = settle(operator, response.headers["location"])
    assert job["status"] == "failed"
    assert "web.allowed_private" in job["files"][0]["error"]["hint"]


def test_a_path_is_taken_in_for_the_operator_only(operator, client, settle, folder, assert_problem):
    one = {"path": str(folder / "otter.txt"), "collection": "by-path"}
    assert_problem(client.post("/v1/documents", json=one), 401, "sign_in_needed")
    assert_problem(client.post("/v1/admin/sync", json={"sources": [one["path"]]}), 401, "sign_in_needed")
    response = operator.post("/v1/documents", json=one)
    assert response.status_code == 202
    assert settle(operator, response.headers["location"])["counts"] == {"added": 1}
    rows = client.get("/v1/documents", params={"collection": "by-path"}).json()["documents"]
    assert [row["uri"] for row in rows] == [(folder / "otter.txt").as_uri()]


@pytest.mark.parametrize(
    "wrong",
    [
        {},
        {"url": "https://example.org", "path": "/a"},
        {"url": "ftp://example.org"},
        {"path": ""},
        {"path": "/a\0b"},
        {"x": 1},
    ],
)
def test_an_address_that_cannot_be_is_refused(operator, assert_problem, wrong):
    assert_problem(operator.post("/v1/documents", json=wrong), 422, "invalid_request")


@pytest.mark.parametrize(
    "wrong",
    [{"sources": []}, {"sources": ["/a"], "collection": "bad name"}, {"sources": [""]}, {"sources": ["/a\0b*"]}],
)
def test_a_sync_that_cannot_be_is_refused(operator, assert_problem, wrong):
    assert_problem(operator.post("/v1/admin/sync", json=wrong), 422, "invalid_request")


def test_the_api_description_has_both_bodies(client):
    body = client.get("/openapi.json").json()["paths"]["/v1/documents"]["post"]["requestBody"]["content"]
    assert body.keys() == {"multipart/form-data", "application/json"}


def test_sources_tell_what_a_sync_of_them_names(operator, sync, folder):
    sync("named", folder)
    [source] = operator.get("/v1/admin/collections/named/sources").json()["sources"]
    assert source["sync"] == [str(folder)]
    assert sync("named", *source["sync"])["counts"] == {"unchanged": 3}


def test_the_command_line_lists_shows_and_cancels(operator, sync, folder, footnoted, served_folder, tmp_path):
    (folder / "empty.txt").touch()
    job = sync("told-by-command", folder)
    listed = footnoted("jobs", "list", "-c", "told-by-command", data_dir=served_folder)
    assert job["id"] in listed.stdout
    assert "partial" in listed.stdout
    shown = footnoted("jobs", "show", job["id"], data_dir=served_folder)
    assert "empty.txt is empty" in shown.stdout
    assert "1 failed" in shown.stdout
    assert json.loads(footnoted("jobs", "show", job["id"], "--json", data_dir=served_folder).stdout) == job
    ended = footnoted("jobs", "cancel", job["id"], data_dir=served_folder)
    assert ended.returncode == 1
    assert "partial already" in ended.stderr
    unknown = footnoted("jobs", "show", "job_x", data_dir=tmp_path / "none")
    assert (unknown.returncode, "no job" in unknown.stderr) == (1, True)
    assert not (tmp_path / "none").exists()
