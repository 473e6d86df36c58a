"""Keys that clients send: the operator's token opens labelled documents, any other is taken and tells nothing."""

import json

import anyio
import httpx2
import openai
import pytest
from mcp.client import Client
from mcp.client.streamable_http import streamable_http_client

from core.errors import InvalidRequest
from service.dialects.models import ModelName, model_names, parse_model
from service.dialects.said import Said, question_of
from service.limits import MAX_TURN_CHARS, MAX_TURNS
from service.operator import TOKEN_FILE

QUESTION = "What is the code of the vault in Larkspur?"
SECRET = "The code of the vault in Larkspur is 4711."


@pytest.fixture(scope="module")
def labelled(client, settle):
    """A collection whose only document has a label that nobody but the operator holds."""
    sent = client.post(
        "/v1/documents",
        files=[("files", ("vault.txt", SECRET))],
        data={"collection": "dialects-labelled", "label": "board"},
    )
    assert settle(client, sent.headers["location"])["status"] == "done"
    return "dialects-labelled"


@pytest.fixture(scope="module")
def token(served_folder):
    return (served_folder / TOKEN_FILE).read_text().strip()


def asked(server, key, collection):
    with openai.OpenAI(base_url=f"{server}/v1", api_key=key, max_retries=0) as chat:
        messages = [{"role": "user", "content": QUESTION}]
        made = chat.chat.completions.create(model=f"footnoted/{collection}", messages=messages)
        return made.choices[0].message.content


def asked_by_mcp(server, key, collection):
    async def go():
        async with (
            httpx2.AsyncClient(headers={"Authorization": f"Bearer {key}"}, timeout=120) as http,
            Client(streamable_http_client(f"{server}/mcp", http_client=http)) as mcp,
        ):
            found = await mcp.call_tool("ask", {"question": QUESTION, "collection": collection})
            listed = await mcp.call_tool("list_documents", {"collection": collection})
            resources = (await mcp.list_resources()).resources
            return found.content[0].text, listed.structured_content["total"], [str(r.uri) for r in resources]

    return anyio.run(go)


def test_only_the_operators_token_opens_labelled_documents(server, labelled, token):
    assert asked(server, "sk-any", labelled) == "The documents do not say."
    assert SECRET in asked(server, token, labelled)
    text, total, resources = asked_by_mcp(server, "sk-any", labelled)
    assert (text, total) == ("The documents do not say.", 0)
    assert not [uri for uri in resources if labelled in uri]
    text, total, _ = asked_by_mcp(server, token, labelled)
    assert (SECRET in text, total) == (True, 1)


def test_a_client_with_another_key_does_not_lock_the_operator_out(server, client, labelled, token):
    for _ in range(8):
        asked(server, "sk-the-same-every-time", labelled)
    signed_in = client.get("/v1/admin/sites", headers={"Authorization": f"Bearer {token}"})
    assert signed_in.status_code == 200, signed_in.text
    assert SECRET in asked(server, token, labelled)


def test_keys_are_not_logged(server, labelled, served_folder):
    asked(server, "sk-never-written-down", labelled)
    log = served_folder.with_name(f"{served_folder.name}.stderr").read_text()
    assert "/v1/chat/completions" in log
    assert "sk-never-written-down" not in log


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("footnoted/laws", ModelName("laws", False)),
        ("laws", ModelName("laws", False)),
        ("footnoted", ModelName("default", False)),
        ("footnoted/laws+sources", ModelName("laws", True)),
        ("footnoted+sources", ModelName("default", True)),
    ],
)
def test_a_model_name_is_a_collection(name, expected):
    assert parse_model(name) == expected


def test_the_default_collection_is_the_first_model_also_before_it_is_there():
    assert model_names(["zoo", "laws"]) == ["footnoted/default", "footnoted/laws", "footnoted/zoo"]


def test_a_long_conversation_keeps_its_last_turns_within_the_limits():
    turns = [Said("assistant" if i % 2 else "user", f"{i} " + "a" * MAX_TURN_CHARS) for i in range(100)]
    question, history = question_of([*turns, Said("tool", "{}"), Said("user", "And now?")])
    assert question == "And now?"
    assert len(history) == MAX_TURNS
    assert history[-1].content.startswith("99 ")
    assert {len(turn.content) for turn in history} == {MAX_TURN_CHARS}


def test_the_list_of_sources_is_not_part_of_what_was_said():
    before = Said("assistant", "It opened in 1931. [1]\n\nSources:\n- [1] Report, page 2: <http://here/view/1>")
    _, history = question_of([Said("user", "When?"), before, Said("user", "And where?")])
    assert history[-1].content == "It opened in 1931. [1]"


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("chat/completions", {"model": "footnoted", "user": "u" * 201}),
        ("chat/completions", {"model": "footnoted", "safety_identifier": "half \ud800"}),
        ("responses", {"model": "footnoted", "input": "When?", "user": "u" * 201}),
        ("messages", {"model": "footnoted", "metadata": {"user_id": "u" * 201}}),
        ("messages", {"model": "half \ud800"}),
        (
            "ui-messages",
            {"user": "u" * 201, "messages": [{"role": "user", "parts": [{"type": "text", "text": "When?"}]}]},
        ),
    ],
)
def test_names_beyond_what_the_log_holds_are_refused(client, path, body):
    sent = {"messages": [{"role": "user", "content": "When?"}]} | body
    refused = client.post(f"/v1/{path}", content=json.dumps(sent), headers={"content-type": "application/json"})
    assert refused.status_code in (400, 422), refused.text


@pytest.mark.parametrize("messages", [[], [Said("system", "Be kind.")], [Said("user", "half \ud800")]])
def test_without_a_question_in_whole_characters_there_is_an_error(messages):
    with pytest.raises(InvalidRequest):
        question_of(messages)
