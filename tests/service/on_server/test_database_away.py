"""A database that goes away in the middle: what waits goes on by itself when it is back, and no file is to blame."""

import threading

import pytest

from core.errors import NotReady
from index.place import Place
from ingest.find import find
from service.jobs.fencing import leave_token
from service.jobs.next_job import take_next
from service.jobs.records import JobStatus
from service.jobs.run import JobRun
from service.jobs.store import JobStore
from service.jobs.uploads import open_uploads
from service.sites.store import Sites

_AWAY_S = 1.5


@pytest.fixture
def away(postgres_server):
    """Takes the server away, and brings it back after a moment."""
    is_over = threading.Event()
    helpers: list[threading.Thread] = []

    def come_back() -> None:
        is_over.wait(_AWAY_S)
        postgres_server.start()
        is_over.wait()  # the server ends with the thread that started it

    def go() -> None:
        postgres_server.stop()
        helpers.append(threading.Thread(target=come_back))
        helpers[-1].start()

    yield go
    is_over.set()
    for helper in helpers:
        helper.join()
    if helpers:
        postgres_server.stop()
        postgres_server.start()


def test_a_job_waits_for_its_database_and_blames_no_file(open_engine, away, postgres_url, tmp_path):
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "otter.txt").write_text("The otter Ida eats two kilograms of fish a day.")
    place = Place(tmp_path / "data", postgres_url)
    store, uploads = JobStore(place), open_uploads(place)
    store.add_sync("shelf", [str(tmp_path / "docs")], prune=True, retry_failed=False)
    went = []

    def look(specs, is_stopping):
        if not went:
            went.append(away())
        return find(specs, None, is_stopping=is_stopping)

    work = take_next(store, leave_token(store))
    status = JobRun(open_engine(), work, uploads, look, threading.Event()).run()
    job = store.get(work.job.id)
    assert (status, job.status, job.counts) == (JobStatus.DONE, JobStatus.DONE, {"added": 1})
    assert len(went) == 1
    uploads.close()
    store.close()


def test_a_store_says_that_its_database_is_away_and_works_again_afterwards(postgres_server, postgres_url, tmp_path):
    sites = Sites(Place(tmp_path, postgres_url))
    site = sites.add("Docs", "default", [])
    postgres_server.stop()
    for ask in (sites.all, lambda: sites.add("More", "default", []), lambda: sites.remove(site.id)):
        with pytest.raises(NotReady, match="cannot be reached") as told:
            ask()
        assert "pass" not in told.value.message
    postgres_server.start()
    assert [one.name for one in sites.all()] == ["Docs"]
    sites.remove(site.id)
    sites.close()
