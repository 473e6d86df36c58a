"""What is kept of questions, for how long, and that keeping never stands in an answer's way."""

import json
import sqlite3
import stat
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from structlog.testing import capture_logs
from typer.testing import CliRunner

from core.types import AnswerStatus, Citation, DocumentRef, Turn
from service.answer.events import Done
from service.cli import app
from service.questions.log import FILE, QuestionLog
from service.questions.person import KEY_FILE
from service.questions.recorder import QuestionRecorder
from service.questions.records import AskedQuestion, Feedback, NearDocument, Rating, Reason, Wanted
from service.timestamps import timestamp

NOW = datetime.now(UTC)
SECRET = "Zebrafinkenfutter"
DOCUMENT = DocumentRef("d1", "file:///docs/a.txt", "A", "text/plain")


def asked(answer_id: str = "ans_1", days_ago: float = 0, **more: object) -> AskedQuestion:
    question = AskedQuestion(
        answer_id=answer_id,
        asked_at=timestamp(NOW - timedelta(days=days_ago)),
        collection="default",
        question="Where is it?",
        understood_as="Where is the otter?",
        history=(Turn("user", "What is an otter?"), Turn("assistant", "An animal.")),
        status=AnswerStatus.ANSWERED,
        confidence=0.8,
        answer="In the Ilm. [1]",
        answer_words="the Ilm",
        citations=(Citation(1, DOCUMENT, 3, ("Rivers", "Ilm"), 0, 11, "In the Ilm.", 1.0),),
        hits=(NearDocument("d1", "A", "file:///docs/a.txt", 0.9),),
        model="reader",
        person=None,
    )
    return replace(question, **more)


def feedback(rating: Rating = Rating.DOWN, **more: object) -> Feedback:
    return replace(Feedback(rating, None, None, None, timestamp(NOW)), **more)


@pytest.fixture
def folder(tmp_path) -> Path:
    return tmp_path / "data"


@pytest.fixture
def log(folder):
    opened = QuestionLog(folder)
    yield opened
    opened.close()


@pytest.fixture
def kept(log):
    """The ids of what is kept."""
    return lambda **wanted: [question.answer_id for question in log.questions(Wanted(**wanted))]


@pytest.fixture
def command(folder):
    def run(*arguments: str):
        return CliRunner().invoke(app, ["questions", *arguments, "--data-dir", str(folder)])

    return run


def on_disk(folder: Path, words: str) -> bool:
    """Whether any file of the log holds the words, in use or not."""
    return any(words.encode() in file.read_bytes() for file in folder.glob(f"{FILE}*"))


def test_a_question_is_read_as_it_wtimestamp(log):
    question = asked(person="p1")
    given = (feedback(person="p1", reason=Reason.WRONG, comment="No."), feedback(Rating.UP))
    log.put(question)
    for one in given:
        log.rate("ans_1", one)
    (found,) = log.questions(Wanted())
    assert sorted(found.feedback, key=str) == sorted(given, key=str)
    assert replace(found, feedback=()) == question


def test_questions_are_filtered_newest_first(log, kept):
    log.put(asked("old", 5))
    log.put(asked("new", 1, status=AnswerStatus.NOT_FOUND))
    log.put(asked("other", 3, collection="other"))
    log.rate("old", feedback())
    log.rate("old", feedback(Rating.UP, person="p2"))
    log.rate("other", feedback(Rating.UP))
    assert kept() == ["new", "other", "old"]
    assert kept(collection="default") == ["new", "old"]
    assert kept(status=AnswerStatus.NOT_FOUND) == ["new"]
    assert kept(ratings=(Rating.DOWN,)) == ["old"]
    assert kept(ratings=tuple(Rating)) == ["other", "old"]
    assert kept(since=NOW - timedelta(days=4)) == ["new", "other"]
    (one,) = log.questions(Wanted(), limit=1, offset=2)
    assert (one.answer_id, len(one.feedback)) == ("old", 2)


def test_reading_makes_no_file(log, folder, command):
    assert log.questions(Wanted()) == []
    assert log.feedback(None, None, 10, 0) == ([], 0)
    assert log.erase_all() == (0, 0)
    assert command("list").exit_code == 0
    assert not folder.exists()


# People


def test_a_person_is_known_by_a_keyed_hash_only(folder, log, tmp_path):
    log.put(asked(person=log.person("ada@example.org")))
    key = folder / KEY_FILE
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    assert not on_disk(folder, "ada@example.org")
    again = QuestionLog(folder)
    assert again.person(" ada@example.org ") == log.person("ada@example.org") != log.person("bob")
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    assert QuestionLog(elsewhere).person("ada@example.org") != log.person("ada@example.org")
    assert log.person(None) is log.person("  ") is None


@pytest.mark.parametrize("by_hash", [False, True])
def test_erasing_a_person_leaves_nothing_of_them_on_the_disk_and_all_of_the_others(folder, log, kept, command, by_hash):
    log.put(asked("bobs", person=None))
    ada = log.person("ada")
    log.put(asked("adas", person=ada, question=SECRET, answer=SECRET * 900))
    log.rate("bobs", feedback(person=ada, comment=f"{SECRET}!"))
    log.rate("bobs", feedback(comment="Bob's own."))
    log.rate("adas", feedback(person=log.person("bob")))
    assert on_disk(folder, SECRET)
    result = command("erase", "--json", "--person", ada if by_hash else "ada")
    assert json.loads(result.stdout) == {"questions": 1, "ratings": 2, "sessions": 0}
    assert kept() == ["bobs"]
    assert [one.comment for one in log.questions(Wanted())[0].feedback] == ["Bob's own."]
    assert not on_disk(folder, SECRET)
    assert command("erase", "--person", "nobody").stdout == "0 questions, 0 ratings and 0 sessions erased\n"
    assert kept() == ["bobs"]


def test_erasing_all_leaves_nothing(folder, log, kept, command):
    log.put(asked(question=SECRET))
    log.rate("ans_1", feedback(comment=SECRET))
    result = command("erase", "--all")
    assert result.stdout == "1 questions, 1 ratings and 0 sessions erased\n"
    assert kept() == []
    assert not on_disk(folder, SECRET)


@pytest.mark.parametrize("arguments", [[], ["--all", "--person", "ada"]])
def test_what_to_erase_has_to_be_said(log, kept, command, arguments):
    log.put(asked())
    result = command("erase", *arguments)
    assert result.exit_code == 1
    assert "--person ID or --all" in result.stderr
    assert kept() == ["ans_1"]


def test_nobodys_name_erases_nobody(log, kept, command):
    log.put(asked())
    log.rate("ans_1", feedback())  # by nobody in particular
    result = command("erase", "--person", " ")
    assert result.exit_code == 1
    assert "is empty" in result.stderr
    assert [len(question.feedback) for question in log.questions(Wanted())] == [1]


def test_the_list_shows_questions_with_their_ratings(log, command):
    log.put(asked("a", 2, question="Where is [b]it[/b]?"))
    log.put(asked("b", 0, status=AnswerStatus.NOT_FOUND, citations=()))
    log.rate("a", feedback(reason=Reason.WRONG, comment="No."))
    shown = command("list", "--rating", "down")
    assert "[b]it[/b]?" in shown.stdout
    assert "1 questions" in shown.stdout
    listed = json.loads(command("list", "--json").stdout)["questions"]
    assert [one["answer_id"] for one in listed] == ["b", "a"]
    assert listed[1]["citations"][0]["quote"] == "In the Ilm."
    assert [(one["rating"], one["reason"], one["comment"]) for one in listed[1]["feedback"]] == [
        ("down", "wrong", "No.")
    ]
    only = json.loads(command("list", "--json", "--status", "not_found").stdout)["questions"]
    assert [one["answer_id"] for one in only] == ["b"]
    yesterday = (NOW - timedelta(days=1)).strftime("%Y-%m-%d")
    assert len(json.loads(command("list", "--json", "--since", yesterday).stdout)["questions"]) == 1


# While the service answers


def test_an_answer_is_kept_with_all_that_a_later_look_needs(folder, in_process, sample_document, date_question):
    with in_process(folder) as client:
        client.app.state.service.engine.ingest([sample_document])
        answer = client.post("/v1/ask", json={"question": date_question, "user": "ada"}).json()
        client.post("/v1/ask", json={"question": "How do I reset my router password?"})
    log = QuestionLog(folder)
    refused, answered = log.questions(Wanted())
    assert (answered.answer_id, answered.question) == (answer["id"], date_question)
    assert (answered.answer, answered.answer_words) == (answer["answer"], answer["answer_span"]["text"])
    assert answered.citations[0].quote == answer["citations"][0]["quote"]
    assert answered.person == log.person("ada")
    assert (refused.status, refused.citations, refused.answer, refused.person) == ("not_found", (), "", None)
    assert [hit.uri for hit in refused.hits] == [sample_document.as_uri()]
    assert not on_disk(folder, "The meeting was also attended")  # in no quote: only in a passage that was found
    log.close()


def test_a_stream_that_is_left_before_its_answer_is_not_kept(folder, log, kept, sample_engine, date_question):
    recorder = QuestionRecorder(log, keep_days=30)
    left = recorder.recording(sample_engine.ask_events(date_question), "default", (), "ada")
    assert not any(isinstance(next(left), Done) for _ in range(3))
    left.close()
    whole = [*recorder.recording(sample_engine.ask_events(date_question), "default", (), "ada")]
    recorder.stop()
    assert kept() == [whole[-1].answer.id]


def test_the_command_line_keeps_nothing(sample_engine, sample_folder, date_question, reader_name):
    arguments = ["ask", date_question, "--data-dir", str(sample_folder)]
    assert CliRunner().invoke(app, arguments, env={"FOOTNOTED_ANSWER__READER": reader_name}).exit_code == 0
    assert not (sample_folder / FILE).exists()


def test_what_is_older_than_the_days_to_keep_goes_at_the_start_and_leaves_no_trace(folder, log, kept, in_process):
    log.put(asked("old", 31, question=SECRET))
    log.rate("old", feedback(comment=SECRET))
    log.put(asked("recent", 29))
    with in_process(folder):
        pass
    assert kept() == ["recent"]
    assert not on_disk(folder, SECRET)
    with in_process(folder, questions={"keep_days": 7}):
        pass
    assert kept() == []


def test_no_days_keep_nothing_and_forget_what_wtimestamp(folder, log, kept, in_process):
    log.put(asked())
    with in_process(folder, questions={"keep_days": 0}) as client:
        client.post("/v1/collections", json={"name": "empty"})
        assert client.post("/v1/ask", json={"question": "Why?", "collection": "empty"}).status_code == 200
    assert kept() == []


def test_a_log_that_cannot_be_written_breaks_no_answer_and_is_told_once(folder, in_process, assert_problem):
    (folder / FILE).mkdir(parents=True)  # no file can be opened there
    with capture_logs() as logged, in_process(folder) as client:
        client.post("/v1/collections", json={"name": "empty"})
        for stream in (False, True, False):
            asked_for = {"question": "Why?", "collection": "empty", "stream": stream}
            response = client.post("/v1/ask", json=asked_for)
            assert response.status_code == 200
            assert "not_found" in response.text
        told = client.post("/v1/feedback", json={"answer_id": "ans_1", "rating": "up"})
        assert_problem(told, 500, "index_broken", [FILE])
        (folder / FILE).rmdir()
        answer = client.post("/v1/ask", json={"question": "Why?", "collection": "empty"}).json()
        rated = client.post("/v1/feedback", json={"answer_id": answer["id"], "rating": "up"})
        assert rated.status_code == 204
    assert [entry["kind"] for entry in logged if entry["event"] == "question_not_kept"] == ["index_broken"]


def test_a_key_that_is_damaged_is_told_and_the_answer_goes_out(folder, in_process):
    folder.mkdir()
    (folder / KEY_FILE).write_bytes(b"short")
    with capture_logs() as logged, in_process(folder) as client:
        client.post("/v1/collections", json={"name": "empty"})
        asked_for = {"question": "Why?", "collection": "empty", "user": "ada"}
        assert client.post("/v1/ask", json=asked_for).status_code == 200
    messages = [entry["message"] for entry in logged if entry["event"] == "question_not_kept"]
    assert len(messages) == 1
    assert KEY_FILE in messages[0]


def test_an_answer_does_not_wait_while_another_process_writes_to_the_log(folder, log, kept, in_process):
    log.put(asked("before"))
    with in_process(folder) as client, closing(sqlite3.connect(folder / FILE, isolation_level=None)) as other:
        client.post("/v1/collections", json={"name": "empty"})
        other.execute("BEGIN IMMEDIATE")
        answer = client.post("/v1/ask", json={"question": "Why?", "collection": "empty"}).json()
        assert kept() == ["before"]
        other.execute("ROLLBACK")
        # A rating waits for the answer to be kept.
        rated = client.post("/v1/feedback", json={"answer_id": answer["id"], "rating": "down"})
        assert rated.status_code == 204
        assert kept(ratings=(Rating.DOWN,)) == [answer["id"]]


def test_a_locked_log_holds_nobody_up(folder, in_process, assert_problem):
    with in_process(folder) as client:
        client.post("/v1/collections", json={"name": "empty"})
        answer = client.post("/v1/ask", json={"question": "Why?", "collection": "empty"}).json()
        rating = {"answer_id": answer["id"], "rating": "down"}
        assert client.post("/v1/feedback", json=rating).status_code == 204
        with closing(sqlite3.connect(folder / FILE, isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            assert_problem(client.post("/v1/feedback", json=rating), 503, "not_ready")
            asked_meanwhile = client.post("/v1/ask", json={"question": "Why?", "collection": "empty"})
            assert asked_meanwhile.status_code == 200
            other.execute("ROLLBACK")
        assert client.post("/v1/feedback", json=rating).status_code == 204


def test_a_log_that_was_deleted_is_made_anew(folder, log, kept):
    log.put(asked("ans_before"))
    for file in folder.glob(f"{FILE}*"):
        file.unlink()
    log.put(asked("ans_after"))
    assert kept() == ["ans_after"]


def test_a_log_of_a_newer_version_is_told(folder, log, command):
    log.put(asked())
    with closing(sqlite3.connect(folder / FILE)) as database:
        database.execute("PRAGMA user_version = 99")
    result = command("list")
    assert result.exit_code == 1
    assert "newer Footnoted" in result.stderr
