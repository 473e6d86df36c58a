"""Uploads: what one replica took in, another reads, byte for byte."""

from io import BytesIO

import pytest

from core.errors import NotReady
from index.place import Place
from service.jobs.jobs import Jobs
from service.jobs.store import JobStore
from service.jobs.uploads import open_uploads
from service.request_key import RequestKey

MIB = 1024**2


@pytest.fixture
def uploads(state_place):
    opened = open_uploads(state_place)
    yield opened
    opened.close()


@pytest.fixture
def store(state_place):
    opened = JobStore(state_place)
    yield opened
    opened.close()


def kept(uploads, job_id):
    folder = uploads.folder(job_id)
    return {path.name: path.read_bytes() for path in folder.iterdir()} if folder.exists() else {}


CONTENTS = [b"", b"\0short", bytes(range(256)) * (MIB // 256), b"x" * (2 * MIB + 1)]


def test_files_come_back_as_they_were_sent(uploads):
    uploads.keep("job_1", [BytesIO(one) for one in CONTENTS])
    uploads.keep("job_2", [BytesIO(b"another's")])
    assert kept(uploads, "job_1") == {str(i): one for i, one in enumerate(CONTENTS)}
    uploads.forget("job_1")
    assert kept(uploads, "job_1") == {}
    uploads.forget("job_1")  # once more is no fault
    assert kept(uploads, "job_2") == {"0": b"another's"}


def test_what_belongs_to_no_unfinished_job_is_swept_once_it_is_old(uploads, store, monkeypatch):
    for job_id in ("job_1", "job_2", "job_gone"):
        uploads.keep(job_id, [BytesIO(job_id.encode())])
    store.add_upload("job_1", "shelf", ["a.txt"])
    store.add_upload("job_2", "shelf", ["a.txt"])
    store.cancel("job_2")
    assert uploads.sweep(store) == 0
    for module in ("uploads", "stored_uploads"):
        monkeypatch.setattr(f"service.jobs.{module}.IN_ARRIVAL_S", -1.0)
    assert uploads.sweep(store) == 2
    assert kept(uploads, "job_1") == {"0": b"job_1"}
    assert (kept(uploads, "job_2"), kept(uploads, "job_gone")) == ({}, {})


def test_another_machine_reads_what_this_one_took_in_and_a_half_copy_is_made_anew(postgres_url, tmp_path):
    here, there = (open_uploads(Place(tmp_path / name, postgres_url)) for name in ("here", "there"))
    here.keep("job_1", [BytesIO(one) for one in CONTENTS])
    assert not (tmp_path / "here").exists()
    copy = there.folder("job_1")
    assert copy.is_relative_to(tmp_path / "there")
    (copy / "3").write_bytes(b"half")  # as a kill leaves it
    assert (there.folder("job_1") / "3").read_bytes() == CONTENTS[3]
    there.forget("job_1")
    assert not copy.exists()
    assert kept(here, "job_1") == {}
    here.close()
    there.close()


def test_copies_of_settled_jobs_are_swept_on_every_machine(postgres_url, tmp_path, monkeypatch):
    place = Place(tmp_path, postgres_url)
    uploads, store = open_uploads(place), JobStore(place)
    uploads.keep("job_1", [BytesIO(b"text")])
    store.add_upload("job_1", "shelf", ["a.txt"])
    copy = uploads.folder("job_1")
    monkeypatch.setattr("service.jobs.uploads.IN_ARRIVAL_S", -1.0)
    uploads.sweep_here(store)
    assert copy.exists()
    store.cancel("job_1")
    uploads.sweep_here(store)
    assert not copy.exists()
    uploads.close()
    store.close()


@pytest.fixture
def jobs(state_place, make_settings):
    """What the routes ask, with no worker."""
    opened = Jobs(None, make_settings(state_place.folder, database={"url": state_place.database_url}))
    yield opened
    opened.stop()


def submitted(jobs):
    return jobs.submit_upload("shelf", [("a.txt", BytesIO(b"text"))], request=RequestKey("ida", "one", "f"))


@pytest.mark.parametrize("state_place", ["server"], indirect=True)
def test_an_upload_that_was_taken_in_without_an_answer_is_whole_for_the_second_try(jobs, uploads, monkeypatch):
    add = jobs.store.add_upload

    def unanswered(*given):
        add(*given)
        raise NotReady("The server closed the connection.", "Try again.")

    monkeypatch.setattr(jobs.store, "add_upload", unanswered)
    with pytest.raises(NotReady):
        submitted(jobs)
    assert kept(uploads, submitted(jobs).id) == {"0": b"text"}


def test_files_that_do_not_come_whole_leave_nothing(jobs, uploads, store, monkeypatch):
    class Broken(BytesIO):
        def read(self, size=-1):
            raise OSError("gone")

    made = []
    forget = jobs._uploads.forget
    monkeypatch.setattr(jobs._uploads, "forget", lambda job_id: made.append(job_id) or forget(job_id))
    with pytest.raises(OSError, match="gone"):
        jobs.submit_upload("shelf", [("a.txt", BytesIO(b"text")), ("b.txt", Broken())])
    assert [kept(uploads, job_id) for job_id in made] == [{}]
    assert store.unfinished() == []
