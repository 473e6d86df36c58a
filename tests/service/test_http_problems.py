"""Requests that cannot be served: each gets a problem document that says what to do."""

import sqlite3
from contextlib import closing

import pytest
from starlette.testclient import TestClient

from service.app import create_app
from service.engine import Engine

JSON = {"Content-Type": "application/json"}
HALF = "\\ud800"  # half a character, as JSON spells it


@pytest.mark.parametrize(
    "path", ["/nothing", "/v1", "/v1/nothing", "/v1/documents/none", "/static/none.js", "/view/none"]
)
def test_an_unknown_address_is_not_found(client, assert_problem, path):
    body = assert_problem(client.get(path), 404, "not_found")
    assert body["hint"] or body["detail"]


@pytest.mark.parametrize(("method", "path"), [("GET", "/v1/ask"), ("PUT", "/v1/search"), ("DELETE", "/v1/documents")])
def test_a_wrong_method_is_not_allowed(client, assert_problem, method, path):
    response = client.request(method, path)
    assert_problem(response, 405, "method_not_allowed", [f"{method} {path}"])
    assert "POST" in response.headers["allow"] or "GET" in response.headers["allow"]


@pytest.mark.parametrize(
    ("body", "where"),
    [
        ({}, "body.question"),
        ({"question": None}, "body.question"),
        ({"question": 5}, "body.question"),
        ({"question": ["Why?"]}, "body.question"),
        ({"question": "Why?", "collection": 5}, "body.collection"),
        ({"question": "Why?", "top_k": 0}, "body.top_k"),
        ({"question": "Why?", "top_k": 51}, "body.top_k"),
        ({"question": "Why?", "top_k": "many"}, "body.top_k"),
        ({"question": "Why?", "stream": "perhaps"}, "body.stream"),
        ({"question": "Why?", "history": "Before."}, "body.history"),
        ({"question": "Why?", "history": [{"role": "king", "content": "x"}]}, "body.history.0.role"),
        ({"question": "Why?", "history": [{"role": "user"}]}, "body.history.0.content"),
        ({"question": "Why?", "history": [{"role": "user", "content": "x" * 20_001}]}, "body.history.0.content"),
        ({"question": "Why?", "history": [{"role": "user", "content": "x"}] * 51}, "body.history"),
        ({"question": "Why?", "colour": "red"}, "body.colour"),
        ([], "body"),
        ("Why?", "body"),
    ],
)
def test_a_wrong_body_is_refused_by_the_name_of_what_is_wrong(client, assert_problem, body, where):
    problem = assert_problem(client.post("/v1/ask", json=body), 422, "invalid_request", [f"{where}: "])
    assert [fault["where"] for fault in problem["errors"]] == [where]
    assert "/docs" in problem["hint"]


@pytest.mark.parametrize("path", ["/v1/ask", "/v1/search", "/v1/collections"])
@pytest.mark.parametrize("content", ["{", '{"question": }', "not json", ""])
def test_a_body_that_is_not_json_is_refused(client, assert_problem, path, content):
    assert_problem(client.post(path, content=content, headers=JSON), 422, "invalid_request", ["body"])


@pytest.mark.parametrize("content", [b'{"question": "\xff"}', b"[" * 100_000])
def test_a_body_that_no_parser_can_take_is_a_bad_request(client, assert_problem, content):
    assert_problem(client.post("/v1/ask", content=content, headers=JSON), 400, "http_error")


@pytest.mark.parametrize(
    "content",
    [
        f'{{"question": "Where {HALF} was it?"}}',
        f'{{"question": "Where?", "collection": "{HALF}"}}',
        f'{{"question": "Where?", "model": "{HALF}"}}',
        f'{{"question": "Where?", "{HALF}": 1}}',
        f'{{"question": "Where?", "history": [{{"role": "user", "content": "{HALF}"}}]}}',
    ],
)
def test_half_a_character_is_refused_as_what_it_is(client, content):
    response = client.post("/v1/ask", content=content, headers=JSON)
    assert response.status_code == 422
    assert response.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize("question", ["", "   ", "\n"])
def test_an_empty_question_is_refused(client, assert_problem, question):
    assert_problem(client.post("/v1/ask", json={"question": question}), 422, "invalid_request", ["empty"])


def test_a_question_that_is_too_long_is_refused(client, assert_problem):
    assert_problem(client.post("/v1/ask", json={"question": "x" * 2001}), 422, "invalid_request", ["2,001"])


@pytest.mark.parametrize("path", ["/v1/ask", "/v1/search"])
def test_a_filter_that_nobody_knows_is_refused_rather_than_ignored(client, assert_problem, path):
    request = {"question": "Why?", "filters": {"and": [{"title": "sample"}]}}
    problem = assert_problem(client.post(path, json=request), 422, "invalid_request", ["filter.and[0].title"])
    assert "tag" in problem["hint"]
    assert client.post(path, json={"question": "Why?", "filters": {}}).status_code == 200


def test_a_model_that_is_not_set_up_is_refused(client, assert_problem):
    response = client.post("/v1/ask", json={"question": "Why?", "model": "oracle-9"})
    problem = assert_problem(response, 422, "model_unsupported", ["oracle-9"])
    assert "Leave it out" in problem["hint"]


@pytest.mark.parametrize("query", [{"limit": 0}, {"limit": 1001}, {"offset": -1}, {"offset": 10**20}, {"limit": "all"}])
def test_a_page_of_documents_that_cannot_be_is_refused(client, assert_problem, query):
    name = next(iter(query))
    assert_problem(client.get("/v1/documents", params=query), 422, "invalid_request", [f"query.{name}"])


def test_an_upload_without_files_is_refused(client, assert_problem):
    response = client.post("/v1/documents", data={"collection": "default"})
    assert_problem(response, 422, "invalid_request", ["body.files"])


def test_an_upload_that_is_no_form_is_a_bad_request(client, assert_problem):
    response = client.post("/v1/documents", content=b"x", headers={"Content-Type": "multipart/form-data"})
    assert_problem(response, 400, "http_error")


def test_a_body_beyond_the_limit_is_refused_by_its_declared_length(client, assert_problem):
    response = client.post("/v1/documents", files=[("files", ("big.txt", b"x" * 2 * 1024**2))])
    problem = assert_problem(response, 413, "request_too_large", ["1 MiB"])
    assert "server.max_upload_mb" in problem["hint"]


def test_a_body_beyond_the_limit_is_refused_while_it_comes(client, assert_problem):
    def chunks():
        yield b'--cut\r\nContent-Disposition: form-data; name="files"; filename="big.txt"\r\n\r\n'
        for _ in range(40):
            yield b"x" * 64 * 1024
        yield b"\r\n--cut--\r\n"

    kind = {"Content-Type": "multipart/form-data; boundary=cut"}
    response = client.post("/v1/documents", content=chunks(), headers=kind)
    assert "content-length" not in response.request.headers
    assert_problem(response, 413, "request_too_large", ["1 MiB"])
    assert client.get("/v1/documents").json()["total"] == 1


@pytest.fixture
def not_started(tmp_path, make_settings, encoder):
    """The application before it started to load its models."""
    settings = make_settings(tmp_path / "data")
    with Engine.open(settings, encoder) as engine:
        yield TestClient(create_app(settings, engine), base_url="http://127.0.0.1")


def test_before_the_models_are_loaded_questions_are_told_to_come_again(not_started, assert_problem):
    for response in (
        not_started.get("/readyz"),
        not_started.post("/v1/ask", json={"question": "Why?"}),
        not_started.post("/v1/search", json={"question": "Why?"}),
    ):
        assert_problem(response, 503, "not_ready")
        assert int(response.headers["retry-after"]) > 0
    assert not_started.get("/healthz").json() == {"status": "ok"}
    assert not_started.get("/").status_code == 200


@pytest.mark.slow
def test_a_model_that_cannot_be_loaded_is_named_while_the_pages_still_answer(
    tmp_path, make_settings, assert_problem, settle
):
    settings = make_settings(tmp_path / "data", encoder={"model": str(tmp_path / "no-such-model")})
    with TestClient(create_app(settings), base_url="http://127.0.0.1") as client:
        response = client.get("/readyz")
        while response.json().get("code") == "not_ready":
            response = client.get("/readyz")
        assert_problem(response, 503, "encoder_unavailable", ["no-such-model"])
        assert_problem(client.post("/v1/ask", json={"question": "Why?"}), 503, "encoder_unavailable")
        assert client.get("/healthz").status_code == 200
        accepted = client.post("/v1/documents", files=[("files", ("a.txt", b"The otter Ida lives here."))])
        job = settle(client, accepted.headers["location"])
        assert (job["status"], job["files"][0]["error"]["code"]) == ("failed", "encoder_unavailable")


def test_a_damaged_catalog_is_a_problem_too(tmp_path, make_settings, encoder, assert_problem):
    settings = make_settings(tmp_path / "data")
    with Engine.open(settings, encoder) as engine:
        client = TestClient(create_app(settings, engine), base_url="http://127.0.0.1")
        with closing(sqlite3.connect(tmp_path / "data" / "catalog.db")) as database:
            database.executescript("DROP TABLE documents")
        problem = assert_problem(client.get("/v1/documents"), 500, "index_broken", ["catalog.db"])
        assert "copy of the data folder" in problem["hint"]
        assert client.get("/healthz").status_code == 200
