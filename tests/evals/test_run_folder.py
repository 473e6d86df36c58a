import json
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.errors import Conflict, InvalidRequest, NotFound
from core.types import AnswerStatus, Turn
from evals.rows import AskError, Row
from evals.run_folder import ROWS, RUN, RunWriter, new_folder, read_run
from evals.sets.types import Evidence, Question

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
MANIFEST = {
    "set": {"name": "trips", "ids": ["1", "2", "3"], "questions": "abc"},
    "options": {"top_k": 10, "jobs": 1},
    "system": {"settings": {"reader": "script"}},
    "code": {"commit": "x"},
}


@pytest.fixture
def rows(make_document, make_answer):
    source = make_document("a.txt", "It was held in Rome. 𝔄 ‚quoted‘")
    question = Question(
        "1", "Where?", True, ("Rome",), (Evidence("a.txt", "in Rome", None, (3, 7)),), (Turn("user", "Hm"),), "place"
    )
    given_answer = make_answer(source, hits=[(0, 20)], citations=[(0, 20), (21, 31)], span=(15, 19), page=2)
    marks = ((0,),), ((0,), ()), (True, False), (True, True)
    return [
        Row(question, given_answer, None, 12.5, (None,), (1,), *marks, 1.0, 1.0, 1.0),
        Row(Question("2", "Why?", False), make_answer(source, status=AnswerStatus.NOT_FOUND), None, 1.0),
        Row(Question("3", "Who?", None), None, AskError("not_ready", "Busy.", "Try again."), 3.0),
    ]  # fmt: skip


def write(folder, rows, finished=True):
    with RunWriter.begin(folder, MANIFEST) as writer:
        for row in rows:
            writer.add(row)
        if finished:
            writer.finish({"asked": len(rows)})


def test_a_run_is_read_back_as_it_was_in_the_sets_order(tmp_path, rows):
    write(tmp_path / "run", [rows[2], rows[0], rows[1]])
    record = read_run(tmp_path / "run")
    assert record.run.rows == tuple(rows)
    assert (record.run.top_k, record.run.interrupted, record.set_name) == (10, False, "trips")


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(TEXT, TEXT, st.floats(0, 1), st.one_of(st.none(), st.floats(0, 1)))
def test_any_words_and_numbers_come_back(tmp_path_factory, rows, question, quote, confidence, f1):
    first = replace(
        rows[0],
        question=replace(rows[0].question, text=question, evidence=(Evidence("a.txt", quote),)),
        answer=replace(rows[0].answer, confidence=confidence),
        token_f1=f1,
    )
    folder = tmp_path_factory.mktemp("runs") / "run"
    write(folder, [first])
    assert read_run(folder).run.rows == (first,)


def test_a_run_that_was_killed_goes_on_without_loss(tmp_path, rows):
    folder = tmp_path / "run"
    write(folder, rows, finished=False)
    with (folder / ROWS).open("a") as file:
        file.write('{"question": {"id": "4", "te')  # cut off in the middle of a line
    with pytest.raises(InvalidRequest, match="line 4"):
        read_run(folder)
    with RunWriter.resume(folder, MANIFEST) as writer:
        assert writer.known == tuple(rows[:2])  # the failed question is asked again
        writer.add(rows[2])
        writer.finish({})
    assert read_run(folder).run.rows == tuple(rows)


def test_an_unfinished_run_says_so(tmp_path, rows):
    write(tmp_path / "run", rows, finished=False)
    assert read_run(tmp_path / "run").run.interrupted
    write(tmp_path / "short", rows[:2])
    assert read_run(tmp_path / "short").run.interrupted


def test_only_the_same_run_is_gone_on_with(tmp_path, rows):
    write(tmp_path / "run", rows, finished=False)
    other = {**MANIFEST, "system": {"settings": {"reader": "other"}}, "code": {"commit": "y"}}
    with pytest.raises(Conflict, match=r'system\.settings\.reader was "script", is "other"'):
        RunWriter.resume(tmp_path / "run", other)
    assert read_run(tmp_path / "run").run.rows == tuple(rows)


def test_nothing_is_written_over(tmp_path, rows):
    write(tmp_path / "run", rows)
    with pytest.raises(Conflict, match="not empty"):
        RunWriter.begin(tmp_path / "run", MANIFEST)


def test_what_is_no_run_is_told(tmp_path, rows):
    with pytest.raises(NotFound, match="holds no run"):
        read_run(tmp_path)
    write(tmp_path / "run", rows)
    manifest = tmp_path / "run" / RUN
    manifest.write_text(json.dumps({**MANIFEST, "format_version": 99}))
    with pytest.raises(InvalidRequest, match="format 99"):
        read_run(tmp_path / "run")
    manifest.write_text("{")
    with pytest.raises(InvalidRequest, match="damaged"):
        read_run(tmp_path / "run")


def test_new_folders_never_meet(tmp_path):
    first = new_folder(tmp_path, "trips")
    first.mkdir(parents=True)
    assert new_folder(tmp_path, "trips") != first
