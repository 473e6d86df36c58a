"""Filters, tags and access labels over HTTP and on the command line."""

import json

import httpx
import pytest

OTTER = "The otter Ida eats two kilograms of fish a day."
BEAVER = "The beaver Bruno eats the bark of willows all day."
QUESTION = "What does it eat a day?"


@pytest.fixture(scope="session")
def operator(server, served_folder):
    """A client that carries the operator's token."""
    token = (served_folder / "admin.token").read_text().strip()
    with httpx.Client(base_url=server, timeout=120, headers={"Authorization": f"Bearer {token}"}) as opened:
        yield opened


@pytest.fixture
def send(client, settle):
    """Uploads one text with form fields; gives the document's id."""

    def upload(collection, name, text, **fields):
        files = [("files", (name, text))]
        response = client.post("/v1/documents", files=files, data={"collection": collection, **fields})
        assert response.status_code == 202, response.text
        job = settle(client, response.headers["location"])
        assert job["status"] == "done", job
        return job["files"][0]["document_id"]

    return upload


def titles(client, collection, **more):
    response = client.post("/v1/search", json={"question": QUESTION, "collection": collection, **more})
    return sorted({hit["title"].lower() for hit in response.raise_for_status().json()["hits"]})


def listed(client, collection, **query):
    response = client.get("/v1/documents", params={"collection": collection, **query}).raise_for_status().json()
    assert response["total"] == len(response["documents"])
    return {document["title"].lower(): document for document in response["documents"]}


def test_uploads_are_found_by_the_tags_and_attributes_that_they_came_with(client, send, ask):
    send("tagged", "otter.txt", OTTER, tag=["river", "fish"], attribute=["year=2022", "by=Ida B."])
    send("tagged", "beaver.txt", BEAVER, tag="river")
    assert titles(client, "tagged") == ["beaver", "otter"]
    assert titles(client, "tagged", filters={"tag": "fish"}) == ["otter"]
    assert titles(client, "tagged", filters={"tag": "river", "not": {"attribute.year": {"gte": 2000}}}) == ["beaver"]
    assert titles(client, "tagged", filters={"uri": {"prefix": "upload:o"}}) == ["otter"]
    assert ask("What does Bruno eat?", collection="tagged", filters={"tag": "fish"})["status"] == "not_found"
    assert ask("What does Bruno eat?", collection="tagged")["citations"][0]["quote"] == BEAVER
    rows = listed(client, "tagged")
    assert rows["otter"]["tags"] == ["fish", "river"]
    assert rows["otter"]["attributes"] == {"by": "Ida B.", "year": "2022"}
    assert rows["otter"]["labels"] == []
    assert listed(client, "tagged", filters=json.dumps({"tag": "fish"})).keys() == {"otter"}


def test_a_change_of_tags_counts_from_the_next_question_on_and_outlives_a_new_version(client, send, operator):
    otter = send("retagged", "otter.txt", OTTER)
    at = f"/v1/documents/{otter}"
    changed = client.patch(at, params={"collection": "retagged"}, json={"tags": ["fish"], "attributes": {"kg": 2.5}})
    assert changed.json() == {"tags": ["fish"], "attributes": {"kg": "2.5"}, "labels": []}
    assert titles(client, "retagged", filters={"attribute.kg": {"gt": 2, "lt": 3}}) == ["otter"]
    again = send("retagged", "otter.txt", OTTER + " She sleeps at night.")
    assert again != otter
    record = client.get(f"/v1/documents/{again}", params={"collection": "retagged"}).json()
    assert (record["tags"], record["attributes"]) == (["fish"], {"kg": "2.5"})
    gone = client.patch(f"/v1/documents/{again}", params={"collection": "retagged"}, json={"attributes": {"kg": None}})
    assert gone.json()["attributes"] == {}
    assert titles(client, "retagged", filters={"attribute.kg": {"gt": 2}}) == []


def test_a_document_with_a_label_is_the_operators_only(client, send, operator, assert_problem, ask):
    otter = send("labelled", "otter.txt", OTTER, label="board")
    send("labelled", "beaver.txt", BEAVER)
    assert titles(client, "labelled") == ["beaver"]
    assert titles(operator, "labelled") == ["beaver", "otter"]
    assert titles(client, "labelled", filters={"label": "board"}) == []
    assert titles(operator, "labelled", filters={"label": "board"}) == ["otter"]
    answer = ask("How much fish does Ida eat a day?", collection="labelled")
    assert answer["status"] == "not_found"
    assert OTTER not in json.dumps(answer)
    assert listed(client, "labelled").keys() == {"beaver"}
    assert listed(operator, "labelled")["otter"]["labels"] == ["board"]
    query = {"collection": "labelled"}
    for path in ("", "/text", "/original", "/passages", "/source", "/quality"):
        address = f"/v1/documents/{otter}{path}"
        assert_problem(client.get(address, params=query), 404, "not_found")
        assert operator.get(address, params=query).status_code == 200, path
    for path in ("", "/original"):
        assert client.get(f"/view/{otter}{path}", params=query).status_code == 404
        assert operator.get(f"/view/{otter}{path}", params=query).status_code == 200
    assert_problem(client.patch(f"/v1/documents/{otter}", params=query, json={"labels": []}), 404, "not_found")
    assert_problem(client.delete(f"/v1/documents/{otter}", params=query), 404, "not_found")
    assert operator.patch(f"/v1/documents/{otter}", params=query, json={"labels": []}).json()["labels"] == []
    assert titles(client, "labelled") == ["beaver", "otter"]


def test_who_may_not_find_a_document_cannot_take_its_label_away_by_an_upload(client, send, operator):
    send("kept", "otter.txt", OTTER, label="board")
    send("kept", "otter.txt", OTTER + " She sleeps at night.")
    assert titles(client, "kept") == []
    assert titles(operator, "kept") == ["otter"]


@pytest.mark.parametrize(
    ("json_body", "mentions"),
    [
        ({"tags": [""]}, "cannot be a tag"),
        ({"attributes": {"a b": "1"}}, "cannot name an attribute"),
        ({"attributes": {"date": "soon"}}, "date"),
        ({"attributes": {"a": True}}, "attributes"),
        ({"colour": "red"}, "colour"),
    ],
)
def test_marks_that_cannot_be_are_refused(client, send, assert_problem, json_body, mentions):
    otter = send("refused", "otter.txt", OTTER)
    response = client.patch(f"/v1/documents/{otter}", params={"collection": "refused"}, json=json_body)
    assert_problem(response, 422, "invalid_request", [mentions])


def test_marks_of_a_document_that_is_not_there(client, assert_problem):
    assert_problem(client.patch("/v1/documents/none", json={"tags": ["x"]}), 404, "not_found")


@pytest.mark.parametrize(
    ("fields", "mentions"),
    [({"tag": "a\nb"}, "cannot be a tag"), ({"attribute": "year"}, "no value"), ({"attribute": "a b=1"}, "name")],
)
def test_an_upload_with_marks_that_cannot_be_is_refused_whole(client, assert_problem, fields, mentions):
    files = [("files", ("a.txt", OTTER))]
    response = client.post("/v1/documents", files=files, data={"collection": "whole", **fields})
    assert_problem(response, 422, "invalid_request", [mentions])


def test_an_upload_takes_marks_by_their_names_in_json_too(client, send, operator):
    send("plural", "otter.txt", OTTER, labels=["board"], label="staff", tags="river", attributes="year=2022")
    assert titles(client, "plural") == []
    otter = listed(operator, "plural")["otter"]
    assert (otter["labels"], otter["tags"], otter["attributes"]) == (["board", "staff"], ["river"], {"year": "2022"})


@pytest.mark.parametrize("field", ["Label", "access_labels", "labels[]"])
def test_an_upload_with_a_field_that_nobody_reads_is_refused_whole(client, assert_problem, field):
    files = [("files", ("a.txt", OTTER))]
    response = client.post("/v1/documents", files=files, data={"collection": "unread", field: "staff"})
    assert_problem(response, 422, "invalid_request", [repr(field)])
    assert_problem(client.get("/v1/collections/unread"), 404, "not_found")


def test_an_upload_with_marks_in_the_address_is_refused_whole(client, assert_problem):
    response = client.post("/v1/documents", params={"label": "staff"}, files=[("files", ("a.txt", OTTER))])
    assert_problem(response, 422, "invalid_request", ["'label'"])


@pytest.mark.parametrize("given", ["{", "[]", "1", '{"colour": 1}'])
def test_a_list_with_a_filter_that_is_none_is_refused(client, assert_problem, given):
    assert_problem(client.get("/v1/documents", params={"filters": given}), 422, "invalid_request", ["filter"])


def test_a_sync_marks_what_did_not_change_too(operator, settle, tmp_path):
    (tmp_path / "otter.txt").write_text(OTTER)
    for tags in (["one"], ["two"]):
        given = {"collection": "synced", "sources": [str(tmp_path)], "tags": tags, "attributes": {"year": 2024}}
        response = operator.post("/v1/admin/sync", json=given)
        assert response.status_code == 202, response.text
        assert settle(operator, response.headers["location"])["status"] == "done"
    assert listed(operator, "synced")["otter"]["tags"] == ["one", "two"]
    assert titles(operator, "synced", filters={"attribute.year": 2024}) == ["otter"]


@pytest.mark.slow
def test_the_command_line_marks_and_filters(footnoted, tmp_path):
    data = tmp_path / "data"
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "otter.txt").write_text(OTTER)
    (tmp_path / "a" / "beaver.txt").write_text(BEAVER)
    assert footnoted("ingest", tmp_path / "a", "--tag", "river", "--label", "board", data_dir=data).returncode == 0
    only = tmp_path / "a" / "otter.txt"
    marked = footnoted("ingest", only, "--tag", "fish", "--attribute", "date=2024-03-01", data_dir=data)
    assert marked.returncode == 0, marked.stderr
    wanted = '{"tag": ["fish"], "date": {"lte": "2024-03-01"}, "label": "board"}'
    ran = footnoted("search", QUESTION, "--filter", wanted, "--json", data_dir=data)
    assert {hit["title"].lower() for hit in json.loads(ran.stdout)["hits"]} == {"otter"}
    rows = json.loads(footnoted("documents", "--filter", '{"tag": "river"}', "--json", data_dir=data).stdout)
    assert [(row["title"].lower(), row["tags"]) for row in rows["documents"]] == [
        ("beaver", ["river"]),
        ("otter", ["fish", "river"]),
    ]
    bad = footnoted("ask", QUESTION, "--filter", "tag=fish", data_dir=data)
    assert bad.returncode == 1
    assert "not JSON" in bad.stderr


def test_a_passage_is_found_by_its_own_language_and_tells_it(client, send):
    german = "Der Otter Ida frisst am Tag zwei Kilogramm Fische, die er im Fluss und im See fängt."
    english = "The otter Ida lives by the river, and everybody in the town knows her and her four young. "
    send("bilingual", "otter.md", f"# Otter\n\n{english * 12}\n\n# Nahrung\n\n{german}", tag="river")
    asked = {"question": "Otter Ida", "collection": "bilingual"}
    told = [hit["language"] for hit in client.post("/v1/search", json=asked).json()["hits"]]
    assert set(told) == {"en", "de"}
    german_only = {**asked, "filters": {"language": "de", "tag": "river"}}
    (hit,) = client.post("/v1/search", json=german_only).json()["hits"]
    assert (hit["language"], german in hit["text"]) == ("de", True)
