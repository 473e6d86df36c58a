"""What a client should not send is refused in its dialect's shape, and never crashes the server."""

import httpx
import pytest

OPENAI, ANTHROPIC = ("/v1/chat/completions", "/v1/responses"), ("/v1/messages",)
JSON = {"content-type": "application/json"}


def message(path: str, reply: httpx.Response) -> str:
    """Of the error, which has the dialect's shape."""
    told = reply.json()
    if path.startswith("/v1/messages"):
        assert told["type"] == "error"
        assert set(told["error"]) >= {"type", "message"}
    else:
        assert set(told["error"]) >= {"type", "message", "param", "code"}
    return told["error"]["message"]


@pytest.mark.parametrize("path", [*OPENAI, *ANTHROPIC])
@pytest.mark.parametrize(
    "body",
    [
        b'{"model": "default", "messages": [{"role": "user", "content": "\xff"}]}',
        b"[" * 3000 + b"]" * 3000,
        b'{"model": "default", "max_tokens": ' + b"9" * 5000 + b"}",
    ],
    ids=["no UTF-8", "nested", "a huge number"],
)
def test_what_is_no_json_is_a_bad_request(client, path, body):
    reply = client.post(path, content=body, headers=JSON)
    assert reply.status_code == 400
    assert message(path, reply)


@pytest.mark.parametrize("kind", [["text"], {"a": 1}, 5, None])
def test_a_part_of_no_known_kind_is_left_out(client, kind):
    parts = [{"type": kind, "text": "?"}, {"type": "text"}, {"type": "text", "text": "When was the conference held?"}]
    for path in ("/v1/chat/completions", "/v1/messages"):
        asked = {"model": "default", "max_tokens": 9, "messages": [{"role": "user", "content": parts}]}
        assert client.post(path, json=asked).status_code == 200


@pytest.mark.parametrize("path", [*OPENAI, *ANTHROPIC])
def test_half_a_character_in_the_models_name_is_refused(client, path):
    said = b'[{"role": "user", "content": "When?"}]'
    body = b'{"model": "a\\ud800", "max_tokens": 9, "messages": %s, "input": %s}' % (said, said)
    reply = client.post(path, content=body, headers=JSON)
    assert reply.status_code == 400
    assert "half a character" in message(path, reply)


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/v1/chat/completions", 405),
        ("PUT", "/v1/messages", 405),
        ("GET", "/v1/responses/resp_1", 404),
        ("POST", "/v1/messages/count_tokens", 404),
        ("POST", "/v1/embeddings", 404),
    ],
)
def test_an_address_that_is_not_there_is_told_in_the_dialect(client, method, path, status):
    reply = client.request(method, path)
    assert reply.status_code == status
    assert path in message(path, reply)
    assert ("allow" in reply.headers) == (status == 405)


def test_elsewhere_it_is_a_problem_document(client, assert_problem):
    assert_problem(client.get("/v1/nothing"), 404, "not_found")


def test_a_body_of_more_than_a_conversation_is_refused(in_process, tmp_path):
    with in_process(tmp_path, server={"max_upload_mb": 50}) as own:
        for path in (*OPENAI, *ANTHROPIC):
            reply = own.post(path, content=b" " * (17 * 1024**2), headers=JSON)
            assert reply.status_code == 413
            assert "16 MiB" in message(path, reply)
