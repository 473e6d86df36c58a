"""The audit log: what is kept, that nothing of it can be changed without being seen, and that it goes by its age."""

import json
import sqlite3
import subprocess
import sys
import threading
from datetime import UTC, datetime

import pytest
from typer.testing import CliRunner

from core.errors import NotFound
from service.audit.commanded import acting
from service.audit.log import AuditLog, record_act
from service.audit.records import Act, Outcome
from service.audit.settings_seen import settings_seen
from service.cli import app
from service.settings import Origin

RUN = CliRunner()


IN_FOLDER = pytest.mark.parametrize("state_place", ["folder"], indirect=True)  # what is told of its files


@pytest.fixture
def audit(state_place):
    opened = AuditLog(state_place)
    yield opened
    opened.close()


KEEP_DAYS = 365


def note(audit, *targets):
    return [audit.append(Act("operator:ada", "documents.delete", target, Outcome.DONE)) for target in targets]


def changed(audit, statement, *, without_trigger=None):
    with sqlite3.connect(audit.file.path) as connection:
        if without_trigger is not None:
            connection.execute(f"DROP TRIGGER {without_trigger}")
        connection.execute(statement)
    connection.close()


def test_acts_come_back_newest_first(audit):
    note(audit, "one", "two")
    assert [kept.act.target for kept in audit.recent(10)] == ["two", "one"]
    assert [kept.act.target for kept in audit.recent(1)] == ["two"]


def test_acts_are_found_by_actor_and_by_the_beginning_of_the_act(audit):
    note(audit, "one")
    audit.append(Act("key_abc", "keys.create", "robot", Outcome.REFUSED))
    assert [kept.act.target for kept in audit.recent(10, actor="key_abc")] == ["robot"]
    assert [kept.act.target for kept in audit.recent(10, act="documents")] == ["one"]
    assert audit.recent(10, act="%") == []


def test_a_whole_log_verifies(audit):
    kept = note(audit, "one", "two", "three")
    found = audit.verify(KEEP_DAYS)
    assert (found.acts, found.forgotten, found.broken, found.head) == (3, 0, None, kept[-1].digest)


@IN_FOLDER
def test_an_empty_log_verifies_and_makes_no_file(audit):
    assert audit.verify(KEEP_DAYS).broken is None
    assert not audit.file.exists()


@IN_FOLDER
@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE acts SET target = 'x' WHERE id = 2",
        "DELETE FROM acts WHERE id = 2",
        "DELETE FROM acts",
        "INSERT OR REPLACE INTO acts SELECT id, at, 'nobody', act, target, outcome, network, request_id, digest "
        "FROM acts WHERE id = 2",
    ],
)
def test_the_database_refuses_changes(audit, statement):
    note(audit, "one", "two", "three")
    with pytest.raises(sqlite3.IntegrityError, match="append-only"):
        changed(audit, statement)
    assert audit.verify(KEEP_DAYS).acts == 3


@IN_FOLDER
@pytest.mark.parametrize(
    ("trigger", "statement", "broken"),
    [
        ("acts_stay", "UPDATE acts SET target = 'x' WHERE id = 2", 2),
        ("acts_stay", "UPDATE acts SET outcome = 'nonsense' WHERE id = 2", 2),
        ("acts_stay", "UPDATE acts SET id = 9 WHERE id = 3", 9),
        ("acts_go_by_age", "DELETE FROM acts WHERE id = 2", 3),
        ("acts_go_by_age", "DELETE FROM acts WHERE id = 1", 2),
    ],
)
def test_who_gets_round_the_triggers_is_seen(audit, trigger, statement, broken):
    note(audit, "one", "two", "three")
    changed(audit, statement, without_trigger=trigger)
    assert audit.verify(KEEP_DAYS).broken == broken


@IN_FOLDER
def test_a_cut_off_end_is_seen_by_a_noted_head(audit, state_place):
    head = note(audit, "one", "two")[-1].digest
    changed(audit, "DELETE FROM acts WHERE id = 2", without_trigger="acts_go_by_age")
    audit.close()
    assert RUN.invoke(app, ["audit", "verify", "--data-dir", str(state_place.folder)]).exit_code == 0
    told = RUN.invoke(app, ["audit", "verify", "--head", head, "--data-dir", str(state_place.folder)])
    assert told.exit_code == 1
    assert "cut off" in told.output


@IN_FOLDER
def test_a_head_that_was_noted_earlier_is_found(audit, state_place):
    head = note(audit, "one", "two")[0].digest
    audit.close()
    assert RUN.invoke(app, ["audit", "verify", "--head", head, "--data-dir", str(state_place.folder)]).exit_code == 0


def test_old_acts_go_and_the_rest_still_verifies(audit, state_place, monkeypatch):
    monkeypatch.setattr("service.audit.log.utc_now", lambda: datetime(2020, 1, 1, tzinfo=UTC))
    note(audit, "oldest", "older", "old")
    monkeypatch.undo()
    note(audit, "new")
    assert audit.forget_before(30) == 2
    assert [kept.act.target for kept in audit.all()] == ["old", "new"]
    assert audit.forget_before(30) == 0
    found = audit.verify(30)
    assert (found.acts, found.forgotten, found.broken, found.is_beheaded) == (2, 2, None, False)
    if not state_place.on_server:  # which cleans up in its own time
        assert b"older" not in audit.file.path.read_bytes()


def test_where_all_are_old_the_last_one_stays_and_the_chain_goes_on(audit, monkeypatch):
    monkeypatch.setattr("service.audit.log.utc_now", lambda: datetime(2020, 1, 1, tzinfo=UTC))
    note(audit, "one", "two")
    monkeypatch.undo()
    assert audit.forget_before(1) == 1
    note(audit, "three")
    found = audit.verify(1)
    assert (found.acts, found.forgotten, found.broken, found.is_beheaded) == (2, 1, None, False)


@IN_FOLDER
@pytest.mark.parametrize("through", [1, 2, 3])
def test_a_beginning_that_went_by_other_hands_is_seen(audit, state_place, through):
    """Who writes to the file can say that acts went by their age; the time of the first that is left says no."""
    kept = note(audit, "one", "two", "three")
    changed(audit, f"INSERT INTO forgotten VALUES (1, {through}, {through}, '{kept[through - 1].digest}')")
    changed(audit, f"DELETE FROM acts WHERE id <= {through}")
    found = audit.verify(KEEP_DAYS)
    assert (found.broken, found.is_beheaded) == (None, True)
    audit.close()
    told = RUN.invoke(app, ["audit", "verify", "--head", kept[2].digest, "--data-dir", str(state_place.folder)])
    assert (told.exit_code, "removed by other hands" in " ".join(told.output.split())) == (1, True)


@IN_FOLDER
def test_a_log_of_an_earlier_version_is_guarded_too(audit):
    note(audit, "one")
    audit.close()
    changed(audit, "SELECT 1", without_trigger="acts_are_not_replaced")
    again = AuditLog(audit.file.path.parent)
    note(again, "two")
    again.close()
    with pytest.raises(sqlite3.IntegrityError, match="append-only"):
        changed(audit, "INSERT OR REPLACE INTO acts SELECT * FROM acts WHERE id = 1")


def test_long_or_odd_words_are_kept_on_one_line_and_cut_off(audit):
    kept = audit.append(Act("a", "b", "x\r\n\x1b[31m" + "y" * 1000, Outcome.DONE))
    assert kept.act.target.startswith("x [31my")
    assert len(kept.act.target) == 200
    assert audit.verify(KEEP_DAYS).broken is None


def test_several_processes_append_to_one_chain(audit, state_place):
    code = (
        "import sys, pathlib; from service.audit.log import record_act; from index.place import Place\n"
        "place = Place(pathlib.Path(sys.argv[1]), sys.argv[2] or None)\n"
        "for i in range(20): record_act(place, 'cli:' + sys.argv[3], 'test', str(i))"
    )
    writers = [
        subprocess.Popen([sys.executable, "-c", code, str(state_place.folder), state_place.database_url or "", str(n)])
        for n in range(3)
    ]
    assert [writer.wait() for writer in writers] == [0, 0, 0]
    found = audit.verify(KEEP_DAYS)
    assert (found.acts, found.broken) == (60, None)


def test_several_threads_append_to_one_chain(audit):
    threads = [threading.Thread(target=note, args=(audit, *map(str, range(10)))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (audit.verify(KEEP_DAYS).acts, audit.verify(KEEP_DAYS).broken) == (40, None)


def test_a_command_s_act_is_told_with_what_became_of_it(state_place, audit):
    with acting(state_place, "documents.delete", "doc"):
        pass
    with pytest.raises(NotFound), acting(state_place, "documents.delete", "nothing"):
        raise NotFound("There is none.", "Look.")
    failed, done = audit.recent(2)
    assert (done.act.target, done.act.outcome) == ("doc", Outcome.DONE)
    assert (failed.act.target, failed.act.outcome) == ("nothing", Outcome.FAILED)
    assert done.act.actor.startswith("cli:")


def test_export_writes_every_act_and_no_file_twice(tmp_path):
    for target in ("one", "two"):
        record_act(tmp_path, "cli:ada", "keys.create", target)
    command = ["audit", "export", str(tmp_path / "acts.jsonl"), "--data-dir", str(tmp_path)]
    assert RUN.invoke(app, command).exit_code == 0
    rows = [json.loads(line) for line in (tmp_path / "acts.jsonl").read_text().splitlines()]
    assert [(row["target"], row["outcome"]) for row in rows] == [("one", "done"), ("two", "done")]
    again = RUN.invoke(app, command)
    assert again.exit_code == 1
    assert "exists" in again.output


def test_list_as_json(tmp_path):
    record_act(tmp_path, "cli:ada", "keys.create", "robot")
    told = RUN.invoke(app, ["audit", "list", "--json", "--data-dir", str(tmp_path)])
    assert [row["act"] for row in json.loads(told.output)["acts"]] == ["keys.create"]


def test_of_settings_only_numbers_and_switches_are_told_with_their_values():
    found = [
        Origin("model.base_url", "http://secret", "environment", ""),
        Origin("questions.keep_days", 7, "file", ""),
        Origin("search.candidates", 50, "default", ""),
    ]
    assert settings_seen(found) == ["model.base_url questions.keep_days=7"]
