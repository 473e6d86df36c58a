import json
from contextlib import contextmanager

import pytest
from typer.testing import CliRunner

from core.errors import InvalidRequest
from evals import place
from evals.engine_system import EngineSystem
from evals.generate import command
from evals.sets.load import load_set
from evals.text_match import Searchable
from service.cli import app

CITIES = "\n\n".join(
    f"The {name} Museum was opened in {place} in {year}. The {name} Bridge was designed by {person}."
    for name, place, year, person in [
        ("Rose", "Rome", 1901, "Anna Berg"),
        ("Lily", "Paris", 1922, "Jean Petit"),
        ("Tulip", "Berlin", 1933, "Karl Stein"),
        ("Daisy", "Madrid", 1944, "Luis Vega"),
    ]
)


@pytest.fixture(scope="module")
def engine(open_engine, tmp_path_factory):
    folder = tmp_path_factory.mktemp("museums")
    (folder / "museums.txt").write_text(CITIES)
    (folder / "deutsch.txt").write_text(
        "Das Museum wurde im Jahr 1901 eröffnet und ist seither jeden Tag geöffnet. " * 5
    )
    opened = open_engine()
    opened.ingest([folder])
    return opened, folder


@pytest.fixture
def generate(engine, open_engine, make_settings, monkeypatch, tmp_path):
    """The command on real engines: the module's as the collection, a new one in a work folder."""
    opened, folder = engine
    settings = make_settings(tmp_path / "data")
    used = []

    @contextmanager
    def open_system(settings, collection):
        used.append((settings.data_dir, collection))
        own = settings.data_dir != tmp_path / "data"
        yield EngineSystem(open_engine(settings.data_dir) if own else opened, settings, collection)

    for module in (command, place):
        monkeypatch.setattr(module, "open_system", open_system)
        monkeypatch.setattr(module, "load_settings", lambda overrides=None: settings.model_copy(update=overrides or {}))

    def invoke(*words, output=tmp_path / "made.jsonl"):
        output.unlink(missing_ok=True)
        result = CliRunner().invoke(app, ["eval", "generate", *map(str, words), "--output", str(output)])
        rows = [json.loads(line) for line in output.read_text().splitlines()] if output.is_file() else []
        return result, rows

    invoke.folder, invoke.used = folder, used
    return invoke


def test_a_set_that_says_it_is_synthetic_and_can_be_run(generate, tmp_path):
    result, rows = generate("--collection", "default", "--count", 10)
    assert result.exit_code == 0, result.output
    assert "synthetic" in result.stdout
    assert "not to say how good" in result.stdout
    assert len({row["id"] for row in rows}) == len(rows) > 5
    for row in rows:
        assert row["id"].startswith("synthetic-")
        assert (row["kind"], row["synthetic"], row["made_by"]) == ("synthetic", True, "patterns")
    loaded = load_set(tmp_path / "made.jsonl", generate.folder / "museums.txt")
    assert [question.text for question in loaded.questions] == [row["question"] for row in rows]


def test_every_quote_is_in_its_document_and_holds_the_answer(generate):
    _, rows = generate("--collection", "default", "--count", 10)
    answerable = [row for row in rows if row["answerable"]]
    assert answerable
    for row in answerable:
        (evidence,), (answer,) = row["evidence"], row["answers"]
        assert evidence["document"] == "museums.txt"
        assert Searchable(CITIES).find(evidence["quote"])
        assert answer in " ".join(evidence["quote"].split())
        assert row["round_trip"] is True


def test_questions_without_an_answer_are_the_asked_share(generate):
    _, rows = generate("--collection", "default", "--count", 10, "--unanswerable", 0.4, "--no-round-trip")
    without = [row for row in rows if not row["answerable"]]
    assert len(without) == round(0.4 * len(rows))
    for row in without:
        assert (row["answers"], row["evidence"], row["rule"]) == ([], [], "unanswerable")
    _, rows = generate("--collection", "default", "--count", 10, "--unanswerable", 0)
    assert all(row["answerable"] for row in rows)


def test_the_same_seed_gives_the_same_set_and_another_another(generate, tmp_path):
    sets = []
    for seed in (1, 1, 2):
        generate("--collection", "default", "--count", 6, "--seed", seed)
        sets.append((tmp_path / "made.jsonl").read_text())
    assert sets[0] == sets[1] != sets[2]


def test_made_kept_and_dropped_add_up(generate):
    result, rows = generate("--collection", "default", "--count", 50, "--unanswerable", 0, "--json")
    summary = json.loads(result.stdout)
    in_loop = sum(count for reason, count in summary["dropped"].items() if "more than one sentence" not in reason)
    assert summary["tried"] == summary["kept"] + in_loop
    assert summary["kept"] == len(rows)
    assert [one["uri"].rsplit("/", 1)[1] for one in summary["skipped"]] == ["deutsch.txt"]
    assert "language is de" in summary["skipped"][0]["reason"]


def test_without_the_round_trip_all_are_kept_and_marked(generate, monkeypatch):
    monkeypatch.setattr("evals.generate.round_trip.RoundTrip.go", lambda self, question: command_trip("ELSEWHERE"))
    result, rows = generate("--collection", "default", "--count", 5, "--unanswerable", 0, "--no-round-trip")
    assert [row["round_trip"] for row in rows] == [False] * 5
    assert "0 of them come back" in result.stdout
    result, rows = generate("--collection", "default", "--count", 5, "--unanswerable", 0, output=generate.folder / "x")
    assert isinstance(result.exception, InvalidRequest)
    assert rows == []


def command_trip(name):
    from evals.generate.round_trip import Trip

    return Trip[name]


def test_files_are_read_in_a_work_folder_and_the_output_is_none_of_them(generate, tmp_path):
    folder = tmp_path / "documents"
    folder.mkdir()
    (folder / "museums.txt").write_text(CITIES)
    output = folder / "questions.jsonl"
    output.write_text("old")
    result, rows = generate(folder, "--count", 5, output=output)
    assert result.exit_code == 0, result.output
    assert len(rows) == 5
    (data_dir, collection) = generate.used[0]
    assert data_dir.is_relative_to(tmp_path / "data" / "evals")
    assert collection == "default"


def test_a_chat_model_writes_instead(generate, start_chat):
    reply = {
        "questions": [
            {
                "question": "Which museum opened in Madrid?",
                "answer": "the Daisy Museum",
                "quote": "The Daisy Museum was opened in Madrid in 1944.",
            }
        ]
    }
    server = start_chat(json.dumps(reply))
    result, rows = generate(
        "--collection", "default", "--writer", "openai:gpt-4o-mini", "--base-url", server.url, "--count", 2
    )
    assert result.exit_code == 0, result.output
    assert rows[0]["question"] == "Which museum opened in Madrid?"
    assert (rows[0]["made_by"], rows[0]["rule"]) == ("openai:gpt-4o-mini", "writer")
    assert "sk-made-up-key" not in result.output + json.dumps(rows)


@pytest.mark.parametrize(
    "words", [[], ["--collection", "default", "a.txt"], ["--collection", "default", "--output", "/nowhere/x.jsonl"]]
)
def test_what_cannot_go_is_refused_before_any_work(generate, words):
    result = CliRunner().invoke(app, ["eval", "generate", *words])
    assert isinstance(result.exception, InvalidRequest)
    assert generate.used == []


def test_edited_questions_are_not_written_over(tmp_path):
    output = tmp_path / "questions.jsonl"
    output.write_text("edited")
    result = CliRunner().invoke(app, ["eval", "generate", str(tmp_path), "--output", str(output)])
    assert "is there already" in result.exception.message
    assert output.read_text() == "edited"
