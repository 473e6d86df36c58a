"""Keys over HTTP: who is told what, in which order, and how soon a change counts."""

import json
import socket
import time

import anyio
import httpx
import httpx2
import openai
import pytest
from mcp.client import Client
from mcp.client.streamable_http import streamable_http_client

import footnoted_client

QUESTION = "What does the otter Ida eat?"
VAULT_QUESTION = "What is the code of the vault in Larkspur?"
LIMIT_S = 60
# Of each scope some, with ids of things that are there and of others that are not.
CALLS = {
    "ask": [("POST", "/v1/ask", {"question": QUESTION, "collection": "alpha"}), ("POST", "/v1/sessions", None)],
    "ingest": [
        ("DELETE", "/v1/documents/{otter}?collection=alpha", None),
        ("DELETE", "/v1/documents/none?collection=alpha", None),
        ("DELETE", "/v1/collections/alpha", None),
        ("DELETE", "/v1/collections/none", None),
        ("GET", "/v1/jobs/none", None),
    ],
    "admin": [
        ("GET", "/v1/admin/keys", None),
        ("DELETE", "/v1/admin/keys/none", None),
        ("PATCH", "/v1/collections/alpha", {"name": "x"}),
        ("PATCH", "/v1/collections/none", {"name": "x"}),
        ("GET", "/v1/collections/alpha/export", None),
        ("POST", "/v1/admin/sync", {"sources": ["/etc"]}),
        ("POST", "/v1/documents", {"path": "/etc/passwd"}),
    ],
}
ALL = [(scope, *call) for scope, calls in CALLS.items() for call in calls]


def send(client, keyed, method, path, body):
    return client.request(method, path.format(**keyed.documents), json=body)


@pytest.mark.parametrize(("scope", "method", "path", "body"), ALL)
def test_without_credentials_401_and_without_the_scope_403_whether_it_is_there_or_not(
    keyed, assert_problem, scope, method, path, body
):
    with keyed.client(None) as nobody:
        problem = assert_problem(send(nobody, keyed, method, path, body), 401, "sign_in_needed")
        assert problem["hint"] != ""
        for given in ("fn_wrong", "fn_" + "a" * 43, "fn_\xe9".encode("latin-1").decode("latin-1")):
            headers = {"Authorization": f"Bearer {given}".encode("latin-1")}
            told = nobody.request(method, path.format(**keyed.documents), json=body, headers=headers)
            assert_problem(told, 401, "key_invalid")
    for other in {"asks", "ingests", "administers"} - {f"{scope}s", f"{scope}isters"}:
        if path.startswith("/v1/jobs") and other == "administers":
            continue  # who administers may look at any job
        with keyed.client(other) as client:
            assert_problem(send(client, keyed, method, path, body), 403, "forbidden")


def test_a_key_goes_as_x_api_key_too_and_never_in_the_address(keyed):
    with keyed.client(None) as client:
        asked = {"question": QUESTION, "collection": "alpha"}
        assert client.post("/v1/search", json=asked, headers={"x-api-key": keyed.secrets["alpha"]}).status_code == 200
        for name in ("key", "api_key", "token", "access_token"):
            address = f"/v1/search?{name}={keyed.secrets['alpha']}"
            assert client.post(address, json=asked).status_code == 401


def test_files_of_who_may_not_send_them_are_not_waited_for(keyed):
    """Ten megabytes are announced and none is sent: who may not is told all the same."""
    host, port = keyed.url.removeprefix("http://").split(":")
    for name, status in (("asks", b"403"), ("nobody", b"401")):
        with socket.create_connection((host, int(port)), timeout=LIMIT_S) as connection:
            head = [
                "POST /v1/documents HTTP/1.1",
                f"Host: {host}:{port}",
                "Content-Type: multipart/form-data; boundary=x",
                "Content-Length: 10000000",
                *([f"Authorization: Bearer {keyed.secrets[name]}"] if name in keyed.secrets else []),
            ]
            connection.sendall("\r\n".join([*head, "", ""]).encode())
            assert connection.recv(100).split()[1] == status


def test_lists_show_what_the_key_may_see(keyed):
    seen = {}
    for name in ("alpha", "board", "beta", "operator"):
        with keyed.client(name) as client:
            collections = [one["name"] for one in client.get("/v1/collections").json()["collections"]]
            models = [one["id"] for one in client.get("/v1/models").json()["data"]]
            seen[name] = (collections, models)
    assert seen["alpha"] == seen["board"] == (["alpha"], ["footnoted/alpha"])
    assert seen["beta"] == (["beta"], ["footnoted/beta"])
    assert seen["operator"] == (["alpha", "beta"], ["footnoted/default", "footnoted/alpha", "footnoted/beta"])


def test_a_key_with_a_label_finds_what_others_do_not_on_every_path(keyed, assert_problem):
    vault = keyed.documents["vault"]
    query = {"collection": "alpha"}
    paths = [f"/v1/documents/{vault}{rest}" for rest in ("", "/text", "/original", "/passages", "/source", "/quality")]
    paths += [f"/view/{vault}", f"/view/{vault}/original"]
    asked = {"question": VAULT_QUESTION, "collection": "alpha"}
    with keyed.client("board") as board, keyed.client("alpha") as alpha:
        for path in paths:
            assert board.get(path, params=query).status_code == 200, path
            assert_problem(alpha.get(path, params=query), 404, "not_found")
        assert "4711" in board.post("/v1/ask", json=asked).json()["answer"]
        assert "4711" not in alpha.post("/v1/ask", json=asked).text
        assert "4711" in board.post("/v1/search", json=asked).text
        assert "4711" not in alpha.post("/v1/search", json=asked).text
        assert vault in board.get("/v1/documents", params=query).text
        assert vault not in alpha.get("/v1/documents", params=query).text
        assert vault in board.get("/v1/collections/alpha/quality").text
        assert vault not in alpha.get("/v1/collections/alpha/quality").text
        assert_problem(board.delete(f"/v1/documents/{vault}", params=query), 403, "forbidden")


def chat(keyed, name, collection):
    with openai.OpenAI(base_url=f"{keyed.url}/v1", api_key=keyed.secrets.get(name, name), max_retries=0) as client:
        messages = [{"role": "user", "content": VAULT_QUESTION}]
        made = client.chat.completions.create(model=f"footnoted/{collection}", messages=messages)
        return made.choices[0].message.content


def test_the_dialects_know_keys_and_say_no_in_their_own_shape(keyed):
    assert "4711" in chat(keyed, "board", "alpha")
    assert "4711" not in chat(keyed, "alpha", "alpha")
    for key, collection, kind in (
        ("any", "alpha", openai.AuthenticationError),
        ("fn_wrong", "alpha", openai.AuthenticationError),
        ("ingests", "alpha", openai.PermissionDeniedError),
        ("beta", "alpha", openai.NotFoundError),
    ):
        with pytest.raises(kind) as told:
            chat(keyed, key, collection)
        assert told.value.body["message"] != ""
    with keyed.client("beta") as beta:
        asked = {"model": "footnoted/alpha", "max_tokens": 9, "messages": [{"role": "user", "content": QUESTION}]}
        refused = beta.post("/v1/messages", json=asked)
        assert (refused.status_code, refused.json()["error"]["type"]) == (404, "not_found_error")


def by_mcp(keyed, name, collection):
    async def go():
        headers = {"Authorization": f"Bearer {keyed.secrets[name]}"}
        async with (
            httpx2.AsyncClient(headers=headers, timeout=120) as http,
            Client(streamable_http_client(f"{keyed.url}/mcp", http_client=http)) as client,
        ):
            asked = await client.call_tool("ask", {"question": VAULT_QUESTION, "collection": collection})
            searched = await client.call_tool("search", {"question": VAULT_QUESTION, "collection": collection})
            listed = await client.call_tool("list_documents", {"collection": collection})
            read = await client.call_tool(
                "read_document", {"document_id": keyed.documents["vault"], "collection": collection}
            )
            collections = (await client.call_tool("list_collections", {})).structured_content["collections"]
            resources = [str(one.uri) for one in (await client.list_resources()).resources]
            told = [one.content[0].text for one in (asked, searched, listed, read)]
            return told, {one["name"]: one["documents"] for one in collections}, resources

    return anyio.run(go)


def test_agents_see_what_their_key_may_see(keyed):
    vault, copy, otter = (f"footnoted://alpha/{keyed.documents[name]}" for name in ("vault", "copy", "otter"))
    told, collections, resources = by_mcp(keyed, "board", "alpha")
    assert "4711" in told[0] and "4711" in told[1] and keyed.documents["vault"] in told[2] and "4711" in told[3]
    assert collections == {"alpha": 3} and set(resources) == {vault, copy, otter}
    told, collections, resources = by_mcp(keyed, "alpha", "alpha")
    assert "4711" not in json.dumps(told) and resources == [otter] and collections == {"alpha": 1}
    told, collections, resources = by_mcp(keyed, "beta", "alpha")
    missing = by_mcp(keyed, "beta", "nowhere")[0]
    assert [text.replace("alpha", "nowhere") for text in told] == missing
    assert collections == {"beta": 1} and resources == [f"footnoted://beta/{keyed.documents['beaver']}"]
    for headers, status in (({}, 401), ({"Authorization": "Bearer fn_wrong"}, 401)):
        assert httpx.post(f"{keyed.url}/mcp", json={}, headers=headers).status_code == status
    with keyed.client("ingests") as client:
        assert client.post("/mcp", json={}).status_code == 403


def test_conversations_are_of_the_key_that_began_them(keyed, assert_problem):
    with keyed.client("alpha") as alpha, keyed.client("beta") as beta, keyed.client("board") as board:
        session = alpha.post("/v1/sessions").json()["id"]
        asked = {"question": QUESTION, "collection": "alpha", "session_id": session}
        assert alpha.post("/v1/ask", json=asked).status_code == 200
        assert len(alpha.get(f"/v1/sessions/{session}").json()["turns"]) == 1
        for other, own in ((beta, "beta"), (board, "alpha")):
            made_up = assert_problem(other.get("/v1/sessions/ses_none"), 404, "not_found")
            assert assert_problem(other.get(f"/v1/sessions/{session}"), 404, "not_found") == made_up
            assert_problem(other.delete(f"/v1/sessions/{session}"), 404, "not_found")
            for path in ("/v1/ask", "/v1/search"):
                told = other.post(path, json={**asked, "collection": own})
                assert assert_problem(told, 404, "not_found") == made_up
        assert alpha.delete(f"/v1/sessions/{session}").status_code == 204


def test_feedback_is_for_answers_that_the_key_may_see(keyed, assert_problem):
    with keyed.client("alpha") as alpha, keyed.client("beta") as beta:
        answer = alpha.post("/v1/ask", json={"question": QUESTION, "collection": "alpha"}).json()["id"]
        for rating in ("up", None):
            told = beta.post("/v1/feedback", json={"answer_id": answer, "rating": rating})
            missing = beta.post("/v1/feedback", json={"answer_id": "ans_none", "rating": rating})
            assert told.text.replace(answer, "ans_none") == missing.text
            assert_problem(told, 404, "not_found")
        assert alpha.post("/v1/feedback", json={"answer_id": answer, "rating": "up"}).status_code == 204
        assert_problem(beta.get("/v1/feedback"), 403, "forbidden")


def test_the_command_line_counts_at_once_on_a_running_server(keyed, footnoted, assert_problem):
    made = footnoted("keys", "create", "Passing", "--scope", "ask", "-c", "alpha", "--json", data_dir=keyed.folder)
    assert made.returncode == 0, made.stderr
    key = json.loads(made.stdout)
    client = httpx.Client(base_url=keyed.url, headers={"Authorization": f"Bearer {key['secret']}"}, timeout=120)
    with client:
        wait_for(lambda: client.get("/v1/collections").status_code == 200)
        rotated = footnoted("keys", "rotate", "passing", "--overlap", "1h", "--json", data_dir=keyed.folder)
        new = {"Authorization": f"Bearer {json.loads(rotated.stdout)['secret']}"}
        wait_for(lambda: client.get("/v1/collections", headers=new).status_code == 200)
        assert client.get("/v1/collections").status_code == 200  # the old one, for an hour
        assert footnoted("keys", "revoke", key["id"], data_dir=keyed.folder).returncode == 0
        wait_for(lambda: client.get("/v1/collections").status_code == 401)
        assert_problem(client.get("/v1/collections", headers=new), 401, "key_invalid")
    listed = footnoted("keys", "list", "--json", data_dir=keyed.folder)
    told = next(one for one in json.loads(listed.stdout)["keys"] if one["id"] == key["id"])
    assert (told["state"], told["used_on"] is not None) == ("revoked", True)
    assert key["secret"] not in listed.stdout
    assert "Passing" in footnoted("keys", "list", data_dir=keyed.folder).stdout


def wait_for(what):
    deadline = time.monotonic() + LIMIT_S
    while not what():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_the_operators_api_makes_rotates_and_revokes(keyed, assert_problem):
    with keyed.client("operator") as operator:
        form = {"name": "Made over HTTP", "scopes": ["ask"], "collections": ["beta"], "expires_in_days": 1}
        response = operator.post("/v1/admin/keys", json=form)
        assert response.status_code == 201 and response.headers["cache-control"] == "no-store"
        made = response.json()
        assert_problem(operator.post("/v1/admin/keys", json=form), 409, "conflict")
        assert made["secret"] not in operator.get("/v1/admin/keys").text
        headers = {"Authorization": f"Bearer {made['secret']}"}
        assert httpx.get(f"{keyed.url}/v1/collections", headers=headers).status_code == 200
        at = f"/v1/admin/keys/{made['id']}"
        new = operator.post(f"{at}/rotate", json={}).json()["secret"]
        assert httpx.get(f"{keyed.url}/v1/collections", headers=headers).status_code == 401
        assert httpx.get(f"{keyed.url}/v1/collections", headers={"x-api-key": new}).status_code == 200
        assert operator.delete(at).json()["state"] == "revoked"
        assert httpx.get(f"{keyed.url}/v1/collections", headers={"x-api-key": new}).status_code == 401
        assert_problem(operator.delete("/v1/admin/keys/key_none"), 404, "not_found")
        assert_problem(operator.post(f"{at}/rotate", json={}), 409, "conflict")
        half = {"name": "\ud800", "scopes": ["ask"]}
        content = json.dumps(half)
        refused = operator.post("/v1/admin/keys", content=content, headers={"content-type": "application/json"})
        assert_problem(refused, 422, "invalid_request")


def test_the_client_sends_its_key_and_says_what_was_wrong(keyed):
    with footnoted_client.Client(keyed.url, api_key=keyed.secrets["alpha"]) as client:
        assert client.collections() == ["alpha"]
        assert client.ask(QUESTION, "alpha").status == "answered"
        with pytest.raises(footnoted_client.NotFound):
            client.search(QUESTION, "beta")
    for key, code in ((None, "sign_in_needed"), ("fn_wrong", "key_invalid"), (keyed.secrets["ingests"], "forbidden")):
        with (
            footnoted_client.Client(keyed.url, api_key=key) as client,
            pytest.raises(footnoted_client.NotAllowed) as told,
        ):
            client.search(QUESTION, "alpha")
        assert told.value.code == code
