"""``footnoted ask --session``: a conversation that is kept between commands."""

import json

import pytest
from typer.testing import CliRunner

from service.cli import app

FOLLOW_UP = "And where was it held?"
MEANT = "And where was the Central Foreign Affairs Work Conference held?"


@pytest.fixture(scope="module")
def folder(open_engine, sample_document, tmp_path_factory):
    made = tmp_path_factory.mktemp("asked") / "data"
    open_engine(made).ingest([sample_document])
    return made


@pytest.fixture
def asked(folder, reader_name):
    """Asks on the command line, in this process."""

    def run(*arguments):
        environment = {"FOOTNOTED_ANSWER__READER": reader_name}
        return CliRunner().invoke(app, ["ask", *arguments, "--data-dir", str(folder)], env=environment)

    return run


def test_a_follow_up_goes_on_with_the_session(asked, date_question, first_sentence):
    first = asked(date_question, "--session", "new")
    assert first.exit_code == 0, first.output
    session_id = first.stdout.split("--session ")[1].split()[0]
    second = asked(FOLLOW_UP, "--session", session_id)
    assert second.exit_code == 0, second.output
    assert f"Understood as: {MEANT}" in second.stdout
    assert first_sentence in " ".join(second.stdout.split())
    assert "--session" not in second.stdout
    third = json.loads(asked("Who spoke there?", "--session", session_id, "--json").stdout)
    assert third["session_id"] == session_id
    assert third["understood_as"] != "Who spoke there?"


def test_without_a_session_a_question_stands_alone(asked):
    answer = json.loads(asked(FOLLOW_UP, "--json").stdout)
    assert answer["understood_as"] == FOLLOW_UP
    assert "session_id" not in answer


def test_a_session_that_is_not_there_is_told(asked):
    result = asked(FOLLOW_UP, "--session", "ses_made_up")
    assert result.exit_code == 1
    assert "There is no such session" in result.output
