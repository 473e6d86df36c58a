"""Locks that one process holds: the next has it when that one lets go, dies, or loses the database."""

import subprocess
import sys
import time

import pytest

from core.errors import Conflict, NotReady
from index.place import Place
from index.place_lock import open_lock
from service.ingestion.report import Progress, Stage
from service.jobs.fencing import leave_token
from service.jobs.next_job import take_next
from service.jobs.records import JobStatus
from service.jobs.store import JobStore

_HOLD = """
import sys, pathlib, time
from index.place import Place
from index.place_lock import open_lock
lock = open_lock(Place(pathlib.Path(sys.argv[1]), sys.argv[2] or None), "test.lock")
print(lock.acquire(), flush=True)
time.sleep(600)
"""
_LIMIT_S = 60


@pytest.fixture
def lock(state_place):
    """Makes a lock, as another process would."""
    made = []

    def make(name: str = "test.lock"):
        made.append(open_lock(state_place, name))
        return made[-1]

    yield make
    for one in made:
        one.release()


def until(condition) -> None:
    deadline = time.monotonic() + _LIMIT_S
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_one_has_it_until_it_lets_go(lock):
    one, other = lock(), lock()
    assert (one.acquire(), one.acquire(), other.acquire()) == (True, True, False)
    assert lock("another.lock").acquire()
    one.release()
    assert other.acquire()
    assert not one.acquire()


def test_who_is_killed_holds_nothing(lock, state_place):
    command = [sys.executable, "-c", _HOLD, str(state_place.folder), state_place.database_url or ""]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "True\n"
        waiting = lock()
        assert not waiting.acquire()
        holder.kill()
        until(waiting.acquire)


def test_a_lock_of_one_database_is_none_of_another(postgres_server, postgres_url, tmp_path):
    with postgres_server.database() as other_url:
        here, there = (open_lock(Place(tmp_path, url), "test.lock") for url in (postgres_url, other_url))
        assert here.acquire()
        assert there.acquire()
        here.release()
        there.release()


def test_who_lost_the_connection_has_to_ask_again(postgres_server, postgres_url, tmp_path):
    place = Place(tmp_path, postgres_url)
    one, other = open_lock(place, "test.lock"), open_lock(place, "test.lock")
    assert (one.acquire(), other.acquire()) == (True, False)
    postgres_server.run(
        "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND granted",
        postgres_url.rpartition("/")[2],
    )
    until(other.acquire)
    assert not one.acquire()
    one.release()
    other.release()


def test_while_the_database_is_away_nobody_has_it_and_afterwards_one(postgres_server, postgres_url, tmp_path):
    place = Place(tmp_path, postgres_url)
    one, other = open_lock(place, "test.lock"), open_lock(place, "test.lock")
    assert one.acquire()
    postgres_server.stop()
    for each in (one, other):
        with pytest.raises(NotReady):
            each.acquire()
    postgres_server.start()
    assert sorted([one.acquire(), other.acquire()]) == [False, True]
    one.release()
    other.release()


def test_what_a_worker_writes_that_was_replaced_is_refused(postgres_url, tmp_path):
    """It was cut off, and does not know: the other has its job, from the beginning of the file that was at hand."""
    here, there = (JobStore(Place(tmp_path / name, postgres_url)) for name in ("here", "there"))
    here.add_upload("job_1", "shelf", ["a.txt"])
    lost = take_next(here, leave_token(here))
    lost.use_rows(lost.open_files())
    lost.begin("upload:a.txt", "a.txt")
    token = leave_token(there)
    present = take_next(there, token)
    for late in (
        lambda: lost.progress(Progress(1, 1, "a.txt", Stage.READING), 0),
        lambda: lost.begin("upload:b.txt", "b.txt"),
        lambda: lost.finish(JobStatus.FAILED, 1.0),
        lost.check,
        lambda: take_next(here, "the former token"),
    ):
        with pytest.raises(Conflict, match="Another worker"):
            late()
    present.check()
    assert [file.deaths for file in present.open_files()] == [1]
    present.finish(JobStatus.DONE, 1.0)
    assert here.get("job_1").status is JobStatus.DONE
    assert take_next(there, token) is None
    here.close()
    there.close()


def test_in_a_folder_the_lock_is_proof_enough(tmp_path):
    store = JobStore(tmp_path)
    assert leave_token(store) is None
    store.close()
