"""Answers by a model over HTTP, from a server process, and on the command line."""

import httpx
import pytest
from halden import TOWER_QUESTION
from llm_servers.chat_server import Pause, Streamed, serving_chat

KEY = "sk-of-the-server-987"


@pytest.fixture(scope="module")
def scripted():
    with serving_chat(lambda body: "The Halden Tower is 212 metres tall. It was built by Martians.") as server:
        yield server


@pytest.fixture(scope="module")
def environment(scripted):
    return {
        "FOOTNOTED_MODEL__NAME": "openai:scripted",
        "FOOTNOTED_MODEL__BASE_URL": scripted.url,
        "FOOTNOTED_MODEL__POLICY": "mark",
        "OPENAI_API_KEY": KEY,
    }


@pytest.fixture(scope="module")
def asking(start_server, halden_folder, environment):
    with (
        start_server(halden_folder, **environment) as running,
        httpx.Client(base_url=running.url, timeout=60) as client,
    ):
        yield client


def test_a_stream_has_tokens_then_the_sentence_then_its_citations(asking, events_of):
    with asking.stream("POST", "/v1/ask", json={"question": TOWER_QUESTION, "stream": True}) as response:
        events = list(events_of(response))
    names = [name for name, _ in events if name not in ("token", "ping")]
    assert names == ["start", "sentence", "citation", "sentence", "done"]
    verdicts = [data["verdict"] for name, data in events if name == "sentence"]
    assert verdicts == ["supported", "unsupported"]
    done = events[-1][1]
    assert done["model"] == "openai:scripted"
    assert done["usage"] == {"input_tokens": 100, "output_tokens": 7, "cost": None}
    assert done["notice"] is None
    assert set(done["timings_ms"]) >= {"search", "read", "first_token", "write", "verify"}


@pytest.mark.parametrize(("model", "answers"), [(None, "openai:scripted"), ("openai:scripted", "openai:scripted")])
def test_the_model_of_the_server(asking, model, answers):
    assert asking.post("/v1/ask", json={"question": TOWER_QUESTION, "model": model}).json()["model"] == answers


def test_the_reader_and_no_other(asking, assert_problem):
    answer = asking.post("/v1/ask", json={"question": TOWER_QUESTION, "model": "reader"}).json()
    assert (answer["usage"], answer["notice"]) == (None, None)
    response = asking.post("/v1/ask", json={"question": TOWER_QUESTION, "model": "openai:gpt-9"})
    assert_problem(response, 422, "model_unsupported", ["openai:gpt-9"])


@pytest.mark.slow
@pytest.mark.parametrize("stream", [True, False])
def test_a_client_that_leaves_ends_the_models_request(start_server, halden_folder, environment, stream):
    """Under `drop` nothing is told until a sentence is whole, and none is here."""
    with serving_chat(lambda body: Streamed(("word ", Pause(0.05)) * 300)) as chat:
        more = {**environment, "FOOTNOTED_MODEL__POLICY": "drop", "FOOTNOTED_MODEL__BASE_URL": chat.url}
        with start_server(halden_folder, **more) as running:
            body = {"question": TOWER_QUESTION, "stream": stream, "model": "reader"}
            httpx.post(f"{running.url}/v1/ask", json=body, timeout=60)  # what is loaded once is loaded
            with (
                pytest.raises(httpx.ReadTimeout),
                httpx.stream(
                    "POST", f"{running.url}/v1/ask", json={**body, "model": None}, timeout=httpx.Timeout(60, read=3)
                ) as response,
            ):
                for _ in response.iter_bytes():
                    pass
            assert chat.requests
            assert chat.left.wait(20)


@pytest.mark.slow
def test_the_command_line_asks_either(footnoted, halden_folder, environment, scripted):
    shown = footnoted("ask", TOWER_QUESTION, data_dir=halden_folder, **environment).stdout
    assert "212 metres tall. [1]" in shown
    assert "It was built by Martians. (not supported by a source)" in shown
    asked = len(scripted.requests)
    quoted = footnoted("ask", TOWER_QUESTION, "--model", "reader", data_dir=halden_folder, **environment).stdout
    assert "Martians" not in quoted
    assert len(scripted.requests) == asked


def test_the_key_is_shown_nowhere(footnoted, environment, tmp_path):
    (tmp_path / "key").write_text("sk-in-a-file-4711")
    more = {**environment, "FOOTNOTED_MODEL__API_KEY_FILE": str(tmp_path / "key")}
    for arguments in (("config",), ("config", "--json")):
        shown = footnoted(*arguments, **more)
        assert shown.returncode == 0, shown.stderr
        assert "openai:scripted" in shown.stdout
        assert KEY not in shown.stdout + shown.stderr
        assert "4711" not in shown.stdout + shown.stderr


def test_a_base_url_with_a_password_is_refused(footnoted):
    shown = footnoted("config", FOOTNOTED_MODEL__NAME="openai:x", FOOTNOTED_MODEL__BASE_URL="http://me:secret@host/v1")
    assert shown.returncode != 0
    assert "user name or a password" in shown.stdout + shown.stderr
