"""Collections and jobs of a running server."""

import pytest

from index.encoder_names import MULTILINGUAL

OTTER = "The otter Ida lives in the river Ilm."


def test_a_collection_is_made_listed_shown_and_deleted(client, upload, ask, assert_problem):
    made = client.post("/v1/collections", json={"name": "zoo"})
    assert made.status_code == 201
    assert made.json().keys() == {
        "name", "documents", "passages", "generation", "encoder", "split_sizes", "created_at",
    }  # fmt: skip
    assert (made.json()["name"], made.json()["documents"], made.json()["encoder"]) == ("zoo", 0, MULTILINGUAL)
    upload("zoo", {"otter.txt": OTTER})
    shown = client.get("/v1/collections/zoo").json()
    assert (shown["documents"], shown["passages"]) == (1, 1)
    assert shown["generation"] > made.json()["generation"]
    assert shown in client.get("/v1/collections").json()["collections"]
    assert ask("Where does the otter Ida live?", collection="zoo")["status"] == "answered"

    assert client.delete("/v1/collections/zoo").status_code == 204
    assert "zoo" not in [one["name"] for one in client.get("/v1/collections").json()["collections"]]
    for response in (
        client.get("/v1/collections/zoo"),
        client.delete("/v1/collections/zoo"),
        client.get("/v1/documents", params={"collection": "zoo"}),
        client.post("/v1/ask", json={"question": "Where?", "collection": "zoo"}),
        client.post("/v1/search", json={"question": "Where?", "collection": "zoo"}),
    ):
        assert_problem(response, 404, "not_found", ["zoo"])


def test_making_a_collection_again_leaves_it_as_it_is(client, upload):
    upload("made-again", {"otter.txt": OTTER})
    assert client.post("/v1/collections", json={"name": "made-again"}).json()["documents"] == 1


def test_a_collection_of_a_deleted_ones_name_begins_empty(client, upload, ask):
    upload("reborn", {"otter.txt": OTTER})
    client.delete("/v1/collections/reborn").raise_for_status()
    client.post("/v1/collections", json={"name": "reborn"}).raise_for_status()
    assert ask("Where does the otter Ida live?", collection="reborn")["hits"] == []


def test_collections_are_kept_apart(upload, ask):
    upload("apart-a", {"otter.txt": OTTER})
    upload("apart-b", {"seal.txt": "The seal Sam lives in the harbour of Kiel."})
    hits = ask("Where does the otter Ida live?", collection="apart-b")["hits"]
    assert [hit["uri"] for hit in hits] == ["upload:seal.txt"]


@pytest.mark.parametrize("name", ["", "../up", "a b", "-first", "x" * 65, "ü", "a/b", "a\nb"])
def test_a_bad_name_for_a_collection_is_refused(client, assert_problem, name):
    assert_problem(client.post("/v1/collections", json={"name": name}), 422, "invalid_request")
    form = {"collection": name} if name else {"collection": " "}
    upload = client.post("/v1/documents", files=[("files", ("a.txt", OTTER))], data=form)
    assert_problem(upload, 422, "invalid_request")


def test_an_unknown_job_is_not_found(client, assert_problem):
    assert_problem(client.get("/v1/jobs/job_nix"), 404, "not_found", ["job_nix"])
