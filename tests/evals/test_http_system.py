"""The same set over HTTP against a real server: what comes back is what the engine gives."""

import json

import httpx
import pytest
from typer.testing import CliRunner

from core.errors import InvalidRequest, NotFound, NotReady, RemoteError
from core.types import Turn
from evals import cli
from evals.http_system import HttpSystem, answer_of, open_server
from evals.run_folder import read_run
from service.wire import answer_json

QUESTION = "In which city did the conference take place?"


@pytest.fixture
def system(server):
    with open_server(server, "default") as opened:
        yield opened


def test_an_answer_comes_back_over_the_wire_as_it_was(sample_engine):
    for question in (QUESTION, "How do I reset my router password?"):
        told = answer_json(sample_engine.ask(question), "default")
        assert answer_json(answer_of(json.loads(json.dumps(told))), "default") == told


def test_the_server_gives_the_engines_documents_and_answers(system, sample_engine):
    (ref,) = system.documents()
    (row,) = sample_engine.documents()
    assert system.document(ref.id).text == sample_engine.document(row.id).text
    assert system.document(ref.id).blocks == sample_engine.document(row.id).blocks
    history = (Turn("user", "What was held?"), Turn("assistant", "A conference."))
    here, there = sample_engine.ask(QUESTION, history=history, top_k=3), system.ask(QUESTION, history, 3)
    assert there.text == here.text
    assert [hit.passage.text for hit in there.hits] == [hit.passage.text for hit in here.hits]
    assert system.description()["index"]["documents"] == 1


def test_files_are_uploaded_once_and_bad_ones_are_told(server, tmp_path):
    files = [tmp_path / name for name in ("good.txt", "empty.txt")]
    files[0].write_text("It was held in Rome in the year 2019.")
    files[1].write_text("")
    with open_server(server, "eval-upload") as system:
        steps = []
        first, second = system.ingest(files, steps.append), system.ingest(files, steps.append)
        assert (first.added, second.added, second.unchanged) == (1, 0, 1)
        assert [skipped.uri for skipped in first.skipped] == ["upload:empty.txt"]
        assert sum(steps) == 4
        assert [ref.uri for ref in system.documents()] == ["upload:good.txt"]
        with pytest.raises(InvalidRequest, match=r"good\.txt is there more than once"):
            system.ingest([files[0], files[0]], steps.append)


def test_problems_come_back_as_errors(server, system):
    with open_server(server, "nowhere") as lacking, pytest.raises(NotFound):
        lacking.ask(QUESTION, (), 5)
    with pytest.raises(RemoteError) as caught:
        system.ask("", (), 5)
    assert caught.value.code == "invalid_request"
    with open_server("http://127.0.0.1:9", "default") as gone, pytest.raises(NotReady, match="cannot be reached"):
        gone.documents()


@pytest.mark.parametrize(
    ("status", "body", "told"),
    [
        (502, "<html>Bad gateway</html>", "502"),
        (200, "<html>Welcome</html>", "not JSON|no answer"),
        (200, "{}", "no answer"),
        (200, "[1]", "not JSON|no answer"),
    ],
)
def test_what_is_not_footnoted_is_told(status, body, told):
    transport = httpx.MockTransport(lambda request: httpx.Response(status, text=body))
    with httpx.Client(base_url="http://x", transport=transport) as client, pytest.raises(RemoteError, match=told):
        HttpSystem(client, "default").ask("Who?", (), 5)


def test_a_set_is_evaluated_on_a_server(server, tmp_path, monkeypatch):
    monkeypatch.setenv("FOOTNOTED_DATA_DIR", str(tmp_path / "data"))
    words = ["run", "service/sample", "--server", server, "--jobs", "2", "--limit", "6", "--output"]
    result = CliRunner().invoke(cli.app, [*words, str(tmp_path / "out"), "--min", "quote_exact=1"])
    assert result.exit_code == 0, result.output
    record = read_run(tmp_path / "out")
    assert len(record.run.rows) == 6
    assert record.manifest["system"]["server"].rstrip("/") == server
