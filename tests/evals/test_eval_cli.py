import json
from contextlib import contextmanager
from types import SimpleNamespace

import pytest
from typer.testing import CliRunner

from core.errors import Conflict, InvalidRequest, NotFound
from evals import __main__ as program
from evals import cli, place, run_command
from evals.run import WARM_UP
from evals.run_folder import read_run
from service.settings import Settings

ROWS = [
    {
        "id": "1",
        "question": "Where?",
        "answers": ["Rome"],
        "evidence": [{"document": "a.txt", "quote": "held in Rome"}],
    },
    {"id": "2", "question": "Why?", "answerable": False},
]


@pytest.fixture
def folder(tmp_path):
    place = tmp_path / "trips"
    place.mkdir()
    (place / "questions.jsonl").write_text("\n".join(json.dumps(row) for row in ROWS))
    (place / "a.txt").write_text("It was held in Rome.")
    return place


@pytest.fixture
def opened(monkeypatch, tmp_path, make_document, make_answer, make_system):
    """The command line on a scripted system; what it was opened with is kept."""
    source = make_document("a.txt", "It was held in Rome.")
    found = make_answer(source, hits=[(0, 20)], citations=[(0, 20)], span=(15, 19))
    kept = SimpleNamespace(system=make_system([source], {"Where?": found}), settings=None, collection=None)

    @contextmanager
    def open_system(settings, collection):
        kept.settings, kept.collection = settings, collection
        yield kept.system

    def load_settings(overrides=None):
        return Settings(**{"data_dir": tmp_path / "data", **(overrides or {})})

    monkeypatch.setattr(place, "open_system", open_system)
    for module in (place, run_command):
        monkeypatch.setattr(module, "load_settings", load_settings)
    return kept


def invoke(*words):
    return CliRunner().invoke(cli.app, ["run", *(str(word) for word in words)])


def test_a_set_is_evaluated_in_a_folder_of_its_own(folder, opened, tmp_path):
    result = invoke(folder)
    assert result.exit_code == 0
    assert "2 questions asked of 1 document, 1 answered, 1 refused, 0 failed" in result.stdout
    assert opened.settings.data_dir.parent.parent == tmp_path / "data" / "evals"
    assert opened.system.ingested == [folder / "a.txt"]


def test_json_is_all_there_is_on_standard_output(folder, opened):
    result = invoke(folder, "--json", "--top-k", 5, "--limit", 1, "--sample-seed", 1)
    summary = json.loads(result.stdout)
    assert summary["asked"] == 1
    assert summary["top_k"] == 5


def test_the_run_is_written_into_a_folder(folder, opened, tmp_path):
    assert invoke(folder, "--output", tmp_path / "out", "--work-dir", tmp_path / "work").exit_code == 0
    record = read_run(tmp_path / "out")
    assert [row.question.id for row in record.run.rows] == ["1", "2"]
    assert not record.run.interrupted
    assert record.manifest["system"] == {"settings": {"reader": "script"}}
    assert opened.settings.data_dir == tmp_path / "work" / "data"


def test_without_a_name_each_run_gets_a_folder_of_its_own(folder, opened, tmp_path):
    assert [invoke(folder).exit_code for _ in range(2)] == [0, 0]
    assert len(list((tmp_path / "data" / "evals" / "runs").iterdir())) == 2


def test_a_stopped_run_goes_on_where_it_was(folder, opened, tmp_path):
    whole = opened.system.script
    opened.system.script = {**whole, "Why?": KeyboardInterrupt()}
    assert invoke(folder, "--output", tmp_path / "out").exit_code == 130
    opened.system.script, opened.system.asked = whole, []
    assert invoke(folder, "--resume", tmp_path / "out").exit_code == 0
    assert [question for question, _, _ in opened.system.asked] == [WARM_UP, "Why?"]
    assert [row.question.id for row in read_run(tmp_path / "out").run.rows] == ["1", "2"]
    different = invoke(folder, "--resume", tmp_path / "out", "--top-k", 5)
    assert isinstance(different.exception, Conflict)
    assert "options.top_k was 10, is 5" in different.exception.message


def test_a_collection_is_left_as_it_is(folder, opened, tmp_path):
    (folder / "a.txt").unlink()
    assert invoke(folder, "--collection", "mine").exit_code == 0
    assert (opened.collection, opened.settings.data_dir) == ("mine", tmp_path / "data")
    assert opened.system.ingested == []


@pytest.mark.parametrize(
    ("gate", "code"),
    [
        (("--min", "evidence_cited=1"), 0),
        (("--min", "answer_f1=1", "--max", "answered_wrong_rate=0"), 0),
        (("--max", "evidence_cited=0.5"), 1),
        (("--min", "hit@10=0.5"), 0),
        (("--max", "quote_exact=0.9"), 1),
    ],
)
def test_gates_decide_the_exit_code(folder, opened, gate, code):
    result = invoke(folder, *gate)
    assert result.exit_code == code
    assert ("Gate not kept" in result.stderr) is bool(code)


def test_a_failed_question_or_document_is_a_failure(folder, opened):
    opened.system.script = {"Why?": InvalidRequest("Too long.", "Shorten it.")}
    result = invoke(folder)
    assert result.exit_code == 1
    assert "2: Too long." in result.stderr


def test_ctrl_c_writes_what_was_done(folder, opened, tmp_path):
    opened.system.script = {**opened.system.script, "Why?": KeyboardInterrupt()}
    result = invoke(folder, "--output", tmp_path / "out", "--json")
    assert result.exit_code == 130
    assert json.loads(result.stdout)["interrupted"] is True
    record = read_run(tmp_path / "out")
    assert record.run.interrupted
    assert [row.question.id for row in record.run.rows] == ["1"]


@pytest.mark.parametrize(
    ("words", "error", "message"),
    [
        (("--min", "hits=1"), InvalidRequest, 'no metric "hits"'),
        (("--output", "."), Conflict, "not empty"),
        (("--output", "x", "--resume", "y"), InvalidRequest, "does not go with it"),
        (("--resume", "nowhere"), NotFound, "holds no run"),
        (("--server", "x", "--work-dir", "y"), InvalidRequest, "does not go with it"),
        (("--server", "example.org"), InvalidRequest, "no http address"),
        (("--collection", "mine", "--work-dir", "x"), InvalidRequest, "do not go with it"),
        (("--work-dir", "."), Conflict, "not a work folder"),
    ],
)
def test_bad_options_are_refused_before_any_work(folder, opened, monkeypatch, words, error, message):
    monkeypatch.chdir(folder)
    result = invoke(folder, *words)
    assert isinstance(result.exception, error)
    assert message in str(result.exception)
    assert opened.system.asked == []


def test_as_a_program_an_error_is_a_message(monkeypatch, capsys, tmp_path):
    monkeypatch.setattr("sys.argv", ["evals", "run", str(tmp_path / "nowhere")])
    assert program.main() == 1
    assert "does not exist" in capsys.readouterr().err
