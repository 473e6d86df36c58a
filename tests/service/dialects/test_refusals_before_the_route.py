"""What is refused before it reaches a route is told in the words of the address's clients, too."""

import pytest

FILES = {"files": ("a.txt", b"words")}


@pytest.fixture
def client(in_process, tmp_path):
    with in_process(tmp_path / "data", access={"anonymous": ["ask"]}, server={"max_upload_mb": 1}) as started:
        yield started


@pytest.mark.parametrize("path", ["/v1/chat/completions", "/v1/responses", "/v1/messages"])
def test_files_where_none_may_be_sent(client, path):
    refused = client.post(path, files=FILES)
    error = refused.json()["error"]
    assert (refused.status_code, error["type"], error["code"]) == (401, "authentication_error", "sign_in_needed")
    assert refused.headers["www-authenticate"] == "Bearer"
    assert refused.headers["content-type"] == "application/json"


@pytest.mark.parametrize(
    ("path", "kind"), [("/v1/chat/completions", "invalid_request_error"), ("/v1/messages", "request_too_large")]
)
def test_a_body_that_is_too_large(client, path, kind):
    refused = client.post(path, content=b" " * (1024**2 + 1))
    assert (refused.status_code, refused.json()["error"]["type"]) == (413, kind)


def test_elsewhere_it_is_a_problem_document(client, assert_problem):
    refused = client.post("/v1/documents", files=FILES)
    assert_problem(refused, 401, "sign_in_needed")
    assert refused.headers["www-authenticate"] == "Bearer"
    assert_problem(client.post("/v1/documents", content=b" " * (1024**2 + 1)), 413, "request_too_large")
