"""The databases beside the catalog, as released versions left them: what they held is read, and they can be written."""

import sqlite3
import zipfile
from contextlib import closing
from pathlib import Path

import pytest

from service.backup.databases import format_of
from service.backup.restoring import restore
from service.backup.writing import write_backup
from service.jobs.store import JobStore
from service.questions.log import QuestionLog
from service.questions.person import PersonKey
from service.questions.records import Rating, Wanted
from service.sessions.store import Sessions
from service.sites.store import Sites
from tests.faults.worker import open_store

RELEASED = sorted((Path(__file__).parent / "formats").glob("*.zip"))
"""Made by the versions in their names: a site, a job, a question with a thumb, a session with a turn."""


@pytest.fixture(params=RELEASED, ids=lambda path: path.stem)
def former(request, tmp_path) -> Path:
    folder = tmp_path / "data"
    with zipfile.ZipFile(request.param) as archive:
        archive.extractall(folder)
    return folder


def session_id(folder: Path) -> str:
    with closing(sqlite3.connect(folder / "sessions.db")) as database:
        ((found,),) = database.execute("SELECT id FROM sessions").fetchall()
    return str(found)


def check(folder: Path) -> None:
    """All that it held is there, and more can be written."""
    sites, jobs, log = Sites(folder), JobStore(folder), QuestionLog(folder)
    sessions = Sessions(folder, 36_500, PersonKey(folder))
    assert [(site.name, site.origins) for site in sites.all()] == [("Docs", ("https://www.example.org",))]
    sites.add("More", "default", ["https://more.example.org"])
    assert [job.sources for job in jobs.recent(10)] == [("/srv/docs",)]
    jobs.add_reindex("default")
    (question,) = log.questions(Wanted())
    assert (question.question, question.citations[0].quote, question.feedback[0].rating) == (
        "When?",
        "Noon.",
        Rating.DOWN,
    )
    assert question.person == log.person("ann")
    stored = sessions.get(session_id(folder), lambda *_: True)
    assert [(turn.question, turn.answer) for turn in stored.turns] == [("When?", "Noon. [1]")]
    sessions.create()
    assert log.erase_person("ann") == (1, 1)
    for one in (sites, jobs, log, sessions):
        one.close()


def shape(path: Path) -> set[tuple[str, str]]:
    with closing(sqlite3.connect(path)) as database:
        query = "SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite_%'"
        return {(name, " ".join(sql.split())) for name, sql in database.execute(query)}


def test_what_they_held_is_read_and_more_can_be_written(former):
    check(former)


def test_they_have_the_tables_of_new_ones_then(former, tmp_path):
    check(former)
    new = tmp_path / "new"
    with closing(Sites(new)) as sites, closing(JobStore(new)) as jobs:
        sites.add("Docs", "default", ["https://www.example.org"])
        jobs.add_reindex("default")
    with closing(Sessions(new, 30, PersonKey(new))) as sessions:
        sessions.create()
    for name in ("sites.db", "jobs.db", "sessions.db"):
        assert shape(former / name) == shape(new / name), name
        assert format_of(former / name) == format_of(new / name)


def test_they_come_back_from_a_backup(former, tmp_path):
    open_store(former).close()  # a catalog beside them
    write_backup(former, tmp_path / "b.zip")
    restore(tmp_path / "b.zip", tmp_path / "new")
    check(tmp_path / "new")
