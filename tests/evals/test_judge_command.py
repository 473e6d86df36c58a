import json
from dataclasses import replace

import pytest
from llm_servers.chat_server import Failure
from typer.testing import CliRunner

from core.errors import InvalidRequest, NotFound
from core.types import AnswerStatus, Turn
from evals import cli
from evals.rows import Row
from evals.run_folder import RunWriter
from evals.sets.types import Evidence, Question
from service.writing import chat_model

YES = json.dumps({"reason": "It says so.", "correct": "yes", "grounded": "yes"})


@pytest.fixture(autouse=True)
def no_pauses(monkeypatch):
    monkeypatch.setattr(chat_model, "FIRST_PAUSE_S", 0)


@pytest.fixture
def rows(make_document, make_answer):
    source = make_document("a.txt", "It was held in Rome. It rained.")
    found = make_answer(source, hits=[(0, 31)], citations=[(0, 20)])
    where = Question("1", "Where?", True, ("Rome", "in Rome"), (Evidence("a.txt", "held in Rome"),))
    later = Question("3", "And then?", True, ("It rained",), (), (Turn("user", "Where?"),))
    said = {"citations_exact": (True,), "sentences_supported": (True,)}
    on, off = ({"hit_pieces": (found,), "citation_pieces": (found,)} for found in ((0,), ()))
    return [
        Row(where, found, None, 1.0, piece_grades=(1,), token_f1=1.0, **on, **said),
        Row(Question("2", "Why?", False), make_answer(source, status=AnswerStatus.NOT_FOUND), None, 1.0),
        Row(later, replace(found, understood_as="And what was then in Rome?"), None, 1.0, token_f1=0.0, **off, **said),
    ]


@pytest.fixture
def make_run(tmp_path):
    def make(rows):
        folder = tmp_path / "run"
        ids = [row.question.id for row in rows]
        manifest = {"set": {"name": "trips", "ids": ids}, "options": {"top_k": 5}, "system": {}}
        with RunWriter.begin(folder, manifest) as writer:
            for row in rows:
                writer.add(row)
            writer.finish({})
        return folder

    return make


def invoke(*words):
    return CliRunner().invoke(cli.app, [str(word) for word in words])


def test_the_verdicts_go_into_the_run(make_run, rows, start_chat):
    folder, server = make_run(rows), start_chat(YES)
    result = invoke("judge", folder, "--model", "openai:gpt-4o-mini", "--base-url", server.url)
    assert result.exit_code == 0, result.output
    assert "judged 2 answers (200 tokens read, 14 written)" in result.stdout
    assert "agrees with the exact figures on 1 of 2 answers (50%)" in result.stdout
    assert "3: And then?" in result.stdout
    written = json.loads((folder / "judge.json").read_text())
    assert written["correct"] == {"yes": 2, "partly": 0, "no": 0, "cannot_tell": 0}
    assert written["agreement"]["disagreements"] == ["3"]
    assert [verdict["id"] for verdict in written["verdicts"]] == ["1", "3"]
    assert server.users()[1]["question"] == "And what was then in Rome?"


def test_the_key_is_sent_and_written_nowhere(make_run, rows, start_chat):
    folder, server = make_run(rows), start_chat(YES)
    result = invoke("judge", folder, "--model", "openai:gpt-4o-mini", "--base-url", server.url, "--json")
    assert server.keys == {"Bearer sk-made-up-key"}
    written = "".join(path.read_text() for path in folder.iterdir())
    assert "sk-made-up-key" not in result.output + written
    assert json.loads(result.stdout)["tokens"] == {"input": 200, "output": 14}


def test_an_answer_that_cannot_be_judged_is_a_failure_and_the_others_are_written(make_run, rows, start_chat):
    folder = make_run(rows)
    server = start_chat(lambda body: Failure(503) if "rained" in body["messages"][-1]["content"] else YES)
    result = invoke("judge", folder, "--model", "openai:gpt-4o-mini", "--base-url", server.url)
    assert result.exit_code == 1
    assert "1 answers could not be judged" in result.stderr
    written = json.loads((folder / "judge.json").read_text())
    assert (written["judged"], written["failed"], written["correct"]["yes"]) == (2, 1, 1)


def test_a_run_without_answers_asks_nobody(make_run, rows, start_chat):
    folder, server = make_run(rows[1:2]), start_chat(YES)
    result = invoke("judge", folder, "--model", "openai:gpt-4o-mini", "--base-url", server.url)
    assert isinstance(result.exception, InvalidRequest)
    assert server.requests == []
    assert not (folder / "judge.json").exists()


def test_a_folder_that_is_no_run(tmp_path):
    assert isinstance(invoke("judge", tmp_path, "--model", "openai:x").exception, NotFound)


def test_rows_for_ragas_have_its_names(make_run, rows, tmp_path):
    failed = Row(Question("4", "Who?", None), None, None, 1.0)
    assert invoke("export-ragas", make_run([*rows, failed]), "--output", tmp_path / "rows.jsonl").exit_code == 0
    first, second, third = [json.loads(line) for line in (tmp_path / "rows.jsonl").read_text().splitlines()]
    assert first == {
        "user_input": "Where?",
        "response": "It was held in Rome.",
        "retrieved_contexts": ["It was held in Rome. It rained."],
        "reference": "Rome",
        "reference_contexts": ["held in Rome"],
    }
    assert second == {"user_input": "Why?", "response": "", "retrieved_contexts": []}
    assert third["user_input"] == "And what was then in Rome?"
