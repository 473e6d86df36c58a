import builtins

import pytest
from llm_servers.chat_server import Failure, Redirect, Stall

from core.errors import InvalidRequest, NotReady, UnsupportedModel
from service.writing.chat_model import ATTEMPTS, BrokenOff, ChatModel, Tokens, open_chat_model
from service.writing.timed import Limits

SCHEMA = {"title": "Colour", "type": "object", "properties": {"colour": {"type": "string"}}, "required": ["colour"]}


@pytest.fixture
def open_model(start_chat):
    """A model on a scripted server, and the pauses that it takes instead of sleeping."""

    def open_one(*answers, **options):
        server = start_chat(*answers)
        pauses = []
        opened = open_chat_model("openai:gpt-4o-mini", server.url, **options)
        return ChatModel(opened.name, opened._model, sleep=pauses.append), server, pauses

    return open_one


def test_a_reply_with_what_it_cost(open_model):
    model, server, pauses = open_model('{"colour": "red"}')
    reply = model.ask("You know colours.", "Which?", SCHEMA)
    assert (reply.text, reply.tokens) == ('{"colour": "red"}', Tokens(100, 7))
    (request,) = server.requests
    assert [message["content"] for message in request["messages"]] == ["You know colours.", "Which?"]
    assert request["response_format"]["json_schema"]["schema"]["required"] == ["colour"]
    assert request["temperature"] == 0
    assert pauses == []


def test_a_key_that_the_server_sends_back_is_not_passed_on(open_model, monkeypatch):
    monkeypatch.setenv("OPENAI_API_KEY", "sk-of-the-tests-123")
    model, _, _ = open_model('{"colour": "sk-of-the-tests-123"}')
    assert model.ask("s", "u", SCHEMA).text == '{"colour": "[key]"}'


def test_a_part_of_the_key_is_not_passed_on_either(open_model, monkeypatch):
    monkeypatch.setenv("OPENAI_API_KEY", "sk-of-the-tests-123")
    body = b'{"error": {"message": "Incorrect key: sk-of-the-tes****, also the-tests-123 and sk-of."}}'
    model, _, _ = open_model(Failure(401, body))
    with pytest.raises(InvalidRequest) as caught:
        model.ask("s", "u", SCHEMA)
    assert "Incorrect key: [key]****, also [key] and sk-of." in caught.value.message


def test_a_redirect_is_not_followed(open_model, start_chat):
    elsewhere = start_chat("Caught.")
    model, server, _ = open_model(Redirect(elsewhere.url))
    with pytest.raises(InvalidRequest, match="cannot be asked"):
        model.complete([("user", "A secret.")])
    with pytest.raises(InvalidRequest, match="cannot be asked"):
        list(model.stream([("user", "A secret.")], Limits()))
    assert len(server.requests) == 2
    assert elsewhere.requests == []


def test_anthropics_client_takes_the_key_to_no_other_host(start_chat, monkeypatch):
    monkeypatch.setenv("ANTHROPIC_API_KEY", "sk-of-the-tests-123")
    elsewhere = start_chat("Caught.")
    server = start_chat(Redirect(elsewhere.url))
    model = open_chat_model("anthropic:claude-haiku-4-5", server.url.removesuffix("/v1"), timeout_s=5)
    with pytest.raises(InvalidRequest, match="cannot be asked"):
        model.complete([("user", "A secret.")])
    with pytest.raises(InvalidRequest, match="cannot be asked"):
        list(model.stream([("user", "A secret.")], Limits()))
    assert len(server.requests) == 2
    assert elsewhere.requests == []


def test_a_stream_is_cut_where_the_server_keeps_no_limit(open_model):
    model, _, _ = open_model("One two three four five.")
    told = ""
    with pytest.raises(BrokenOff, match="over 10 characters"):
        for piece in model.stream([("user", "Count.")], Limits(characters=10)):
            told += piece.text
    assert told == "One two th"


@pytest.mark.parametrize("status", [429, 500, 503])
def test_what_passes_is_tried_again_with_growing_pauses(open_model, status):
    model, server, pauses = open_model(Failure(status), Failure(status), Failure(status), "fine")
    assert model.ask("s", "u", SCHEMA).text == "fine"
    assert len(server.requests) == 4
    assert len(pauses) == 3
    assert pauses[0] < pauses[1] < pauses[2]


def test_there_is_an_end_to_trying(open_model):
    model, server, pauses = open_model(Failure(429))
    with pytest.raises(NotReady, match="in 5 tries: Error code: 429"):
        model.ask("s", "u", SCHEMA)
    assert len(server.requests) == ATTEMPTS
    assert len(pauses) == ATTEMPTS - 1


def test_a_stream_is_tried_again_until_its_first_word(open_model):
    model, server, pauses = open_model(Failure(429), Failure(500), "Fine, thanks.")
    pieces = list(model.stream([("user", "How are you?")], Limits(retries=2)))
    assert "".join(piece.text for piece in pieces) == "Fine, thanks."
    assert len(server.requests) == 3
    assert pauses[0] < pauses[1]


def test_a_stream_is_not_waited_for_beyond_its_start(open_model):
    model, server, pauses = open_model(Failure(429))
    with pytest.raises(NotReady, match="1 tries"):
        list(model.stream([("user", "How are you?")], Limits(start_s=0.5, retries=5)))
    assert (len(server.requests), pauses) == (1, [])


def test_a_stall_is_given_up_and_tried_again(open_model):
    model, server, pauses = open_model(Stall(), "fine", timeout_s=0.5)
    assert model.ask("s", "u", SCHEMA).text == "fine"
    assert len(server.requests) == 2
    assert len(pauses) == 1


def test_a_server_that_knows_no_schemas_is_asked_without_from_then_on(open_model):
    model, server, _ = open_model(lambda body: Failure(400) if "response_format" in body else "plain")
    assert model.ask("s", "u", SCHEMA).text == "plain"
    assert model.ask("s", "u", SCHEMA).text == "plain"
    assert ["response_format" in request for request in server.requests] == [True, False, False]


@pytest.mark.parametrize("status", [400, 401, 404])
def test_what_does_not_pass_is_told_at_once(open_model, status):
    model, _, pauses = open_model(Failure(status))
    with pytest.raises(InvalidRequest, match="gpt-4o-mini cannot be asked") as caught:
        model.ask("s", "u", SCHEMA)
    assert "OPENAI_API_KEY" in caught.value.hint
    assert pauses == []


@pytest.mark.parametrize("body", [b'{"id": "c", "choices": [{"mess', b"<html>Bad gateway</html>", b'{"choices": null}'])
def test_a_body_that_is_no_reply_is_an_error_of_ours(open_model, body):
    model, _, _ = open_model(Failure(200, body))
    with pytest.raises((InvalidRequest, NotReady)):
        model.ask("s", "u", SCHEMA)


def test_nobody_there_is_told(monkeypatch):
    monkeypatch.setenv("OPENAI_API_KEY", "x")
    opened = open_chat_model("openai:gpt-4o-mini", "http://127.0.0.1:9/v1")
    with pytest.raises(NotReady, match=f"{ATTEMPTS} tries"):
        ChatModel(opened.name, opened._model, sleep=lambda _: None).ask("s", "u", SCHEMA)


@pytest.mark.parametrize("name", ["gpt", "nobody:gpt", "openai"])
def test_a_name_that_means_nothing(name, monkeypatch):
    monkeypatch.setenv("OPENAI_API_KEY", "x")
    with pytest.raises(UnsupportedModel) as caught:
        open_chat_model(name)
    assert "openai:gpt-4o-mini" in caught.value.hint


def test_a_provider_that_is_not_installed():
    with pytest.raises(UnsupportedModel, match="langchain-mistralai"):
        open_chat_model("mistralai:small")


def test_without_langchain_the_command_to_install_it_is_told(monkeypatch):
    real = builtins.__import__

    def without(name, *arguments, **more):
        if name.startswith("langchain"):
            raise ImportError(name)
        return real(name, *arguments, **more)

    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(UnsupportedModel) as caught:
        open_chat_model("openai:gpt-4o-mini")
    assert 'pip install "footnoted[llm]"' in caught.value.hint


def test_without_a_key_its_place_is_told(monkeypatch):
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    with pytest.raises(InvalidRequest) as caught:
        open_chat_model("openai:gpt-4o-mini")
    assert "OPENAI_API_KEY" in caught.value.hint
