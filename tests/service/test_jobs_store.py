"""The jobs' database: what is told of a job through its life, however its workers end."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from io import BytesIO

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, update

from core.errors import Conflict, NotFound, ReadError
from index.schema import write
from service.ingestion.report import FileResult, FileStatus, Progress, Stage
from service.jobs.next_job import take_next
from service.jobs.records import MAX_FILES_TOLD, JobStatus, job_json
from service.jobs.store import MAX_JOBS_KEPT, JobStore
from service.jobs.tables import jobs
from service.jobs.uploads import file_name, keep_upload, sweep_uploads

ADDED = FileResult("upload:a.txt", "a.txt", FileStatus.ADDED, "document_1", 7, ("odd",))


IN_FOLDER = pytest.mark.parametrize("state_place", ["folder"], indirect=True)  # what is told of its files


@pytest.fixture
def store(state_place):
    opened = JobStore(state_place)
    yield opened
    opened.close()


def statuses(store, job_id):
    return [file.status for file in store.get(job_id).files]


@IN_FOLDER
def test_without_a_database_there_is_nothing_and_none_is_made(store, tmp_path):
    assert (store.recent(10), store.unfinished(), store.sweep(0), take_next(store)) == ([], [], 0, None)
    with pytest.raises(NotFound, match="job_x"):
        store.get("job_x")
    assert list(tmp_path.iterdir()) == []


def test_a_job_is_told_from_its_first_file_to_its_end(store):
    store.add_upload("job_1", "shelf", ["a.txt", "b.txt"])
    work = take_next(store)
    a, b = work.open_files()
    work.use_rows([a, b])
    work.begin(a.uri, a.name)
    work.progress(Progress(0, 2, "a.txt", Stage.READING, 0, 1.23, 4.56), 0)
    told = job_json(store.get("job_1"))
    assert (told["status"], told["counts"]) == ("running", {"running": 1, "queued": 1})
    assert told["progress"] == {
        "done": 0, "total": 2, "name": "a.txt", "stage": "reading", "passages": 0, "elapsed_s": 1.2, "remaining_s": 4.6,
    }  # fmt: skip
    work.settle(ADDED)
    work.settle(FileResult(b.uri, b.name, FileStatus.FAILED, error=ReadError("b.txt is bad.", "Mend it.")))
    work.finish(JobStatus.PARTIAL, 9.9)
    job = store.get("job_1")
    assert (job.status, job.counts, job.progress.done) == (JobStatus.PARTIAL, {"added": 1, "failed": 1}, 2)
    assert (job.files[0].document_id, job.files[0].notes, job.files[0].passages) == ("document_1", ("odd",), 7)
    assert job.files[1].error == {"code": "document_unreadable", "message": "b.txt is bad.", "hint": "Mend it."}
    assert take_next(store) is None


def test_a_sync_keeps_rows_of_what_was_not_unchanged_only_and_failures_come_first(store):
    job_id = store.add_sync("shelf", ["/docs"], prune=True, retry_failed=False).id
    work = take_next(store)
    for i in range(5):
        work.begin(f"file:///docs/{i}", str(i))
    for i in range(3):
        work.settle(FileResult(f"file:///docs/{i}", str(i), FileStatus.UNCHANGED))
    work.settle(FileResult("file:///docs/3", "3", FileStatus.CHANGED, "document_3", 1))
    work.settle(FileResult("file:///docs/4", "4", FileStatus.FAILED, error=ReadError("Bad.")))
    work.settle(FileResult("file:///docs/5", "5", FileStatus.REMOVED))
    work.finish(JobStatus.PARTIAL, 1)
    job = store.get(job_id)
    assert [file.name for file in job.files] == ["4", "3", "5"]
    assert job.counts == {"unchanged": 3, "changed": 1, "failed": 1, "removed": 1}


def test_a_sync_that_is_taken_up_again_counts_what_it_brought_before_as_brought(store):
    job_id = store.add_sync("shelf", ["/docs"], prune=True, retry_failed=False).id
    first = take_next(store)
    first.begin("file:///a", "a")
    first.settle(FileResult("file:///a", "a", FileStatus.ADDED, "document_a", 3))
    first.settle(FileResult("file:///b", "b", FileStatus.UNCHANGED))
    second = take_next(store)
    second.begin("file:///a", "a")
    second.settle(FileResult("file:///a", "a", FileStatus.UNCHANGED, "document_a"))
    second.settle(FileResult("file:///b", "b", FileStatus.UNCHANGED))
    second.finish(JobStatus.DONE, 1)
    job = store.get(job_id)
    assert job.counts == {"added": 1, "unchanged": 1}
    assert [(file.status, file.passages) for file in job.files] == [("added", 3)]


def test_a_cancelled_job_leaves_its_files_unread(store):
    store.add_upload("job_1", "shelf", ["a.txt"])
    store.add_upload("job_2", "shelf", ["a.txt", "b.txt"])
    work = take_next(store)
    assert not store.cancel("job_1").is_settled
    assert work.is_cancelled()
    assert store.get("job_1").is_cancelling
    assert store.cancel("job_2").status is JobStatus.CANCELLED
    assert statuses(store, "job_2") == ["cancelled", "cancelled"]
    work.finish(JobStatus.CANCELLED, 1)
    assert statuses(store, "job_1") == ["cancelled"]
    assert not store.get("job_1").is_cancelling
    for job_id in ("job_1", "job_2"):
        with pytest.raises(Conflict, match=job_id):
            store.cancel(job_id)
    assert take_next(store) is None


def test_who_dies_with_one_file_at_hand_twice_gives_it_up_and_no_other(store):
    store.add_upload("job_1", "shelf", ["good.txt", "bad.txt", "late.txt"])
    work = take_next(store)
    files = work.open_files()
    work.use_rows(files)
    for file in files[:2]:
        work.begin(file.uri, file.name)
    work = take_next(store)
    assert [file.deaths for file in work.open_files()] == [1, 1, 0]
    work.use_rows([files[1]])
    work.begin(files[1].uri, files[1].name)
    work = take_next(store)
    assert statuses(store, "job_1") == ["queued", "failed", "queued"]
    assert "stopped the reader twice" in store.get("job_1").files[1].error["message"]
    assert work.refused() == {"upload:bad.txt"}


def test_a_worker_that_is_told_to_stop_blames_nobody(store):
    store.add_upload("job_1", "shelf", ["a.txt"])
    work = take_next(store)
    work.use_rows(work.open_files())
    work.begin("upload:a.txt", "a.txt")
    work.put_back()
    [file] = take_next(store).open_files()
    assert file.deaths == 0


@settings(max_examples=40)
@given(st.lists(st.sampled_from(["begin", "added", "unchanged", "failed", "die", "stop"]), max_size=30), st.data())
def test_a_file_that_is_in_stays_in_whatever_becomes_of_the_workers(tmp_path_factory, steps, data):
    store = JobStore(tmp_path_factory.mktemp("jobs"))
    names = [f"{i}.txt" for i in range(4)]
    store.add_upload("job_1", "shelf", names)
    work = take_next(store)
    work.use_rows(work.open_files())
    settled: dict[str, str] = {}
    for step in steps:
        if step in ("die", "stop"):
            if step == "stop":
                work.put_back()
            work = take_next(store)
            work.use_rows(work.open_files())
        elif left := sorted({file.uri for file in work.open_files()}):
            uri = data.draw(st.sampled_from(left))
            if step == "begin":
                work.begin(uri, uri)
            else:
                error = ReadError("Bad.") if step == "failed" else None
                work.settle(FileResult(uri, uri, FileStatus(step), error=error))
                settled[uri] = step
        told = {file.uri: file.status for file in store.get("job_1").files}
        assert settled.items() <= told.items()
        assert sum(store.get("job_1").counts.values()) == len(names)
        assert [file.uri for file in store.get("job_1").files] == [f"upload:{name}" for name in names]
    store.close()


def test_a_change_is_told_without_reading_the_whole_job(store):
    store.add_upload("job_1", "shelf", ["a.txt"])

    def changed_by(act):
        before = store.get("job_1")
        assert not store.has_changed(before)
        time.sleep(0.002)  # times are told in milliseconds
        act()
        return store.has_changed(before)

    taken = []
    assert changed_by(lambda: taken.append(take_next(store)))
    [work] = taken
    work.use_rows(work.open_files())
    for act in (
        lambda: work.begin("upload:a.txt", "a.txt"),
        lambda: work.progress(Progress(0, 1, "a.txt", Stage.READING), 0),
        lambda: work.settle(ADDED),
        lambda: store.cancel("job_1"),
        lambda: work.finish(JobStatus.CANCELLED, 1.0),
    ):
        assert changed_by(act)
    job = store.get("job_1")
    with write(store.file.opened()) as connection:
        connection.execute(delete(jobs))
    assert store.has_changed(job)


def test_what_is_told_of_a_job_has_bounds(store):
    store.add_upload("job_1", "shelf", [f"{i}.txt" for i in range(MAX_FILES_TOLD + 20)])
    work = take_next(store)
    work.use_rows(work.open_files())
    noisy = replace(ADDED, uri="upload:0.txt", notes=("n" * 10_000,) * 100)
    work.settle(noisy)
    work.settle(FileResult("upload:1.txt", "1", FileStatus.FAILED, error=ReadError("m" * 10_000, "h" * 10_000)))
    job = store.get("job_1")
    assert (len(job.files), job.files_left_out) == (MAX_FILES_TOLD, 20)
    assert sum(map(len, job.files[0].notes)) < 20_000
    assert len(job.files[1].error["message"]) < 2_000
    [listed] = store.recent(5)
    assert len(listed.files) + listed.files_left_out == MAX_FILES_TOLD + 20
    assert len(listed.files) < MAX_FILES_TOLD


def test_old_jobs_are_forgotten_and_unfinished_ones_never(store):
    old = (datetime.now(UTC) - timedelta(days=40)).isoformat(timespec="milliseconds")
    for job_id in ("old", "waiting", "new"):
        store.add_upload(job_id, "shelf", ["a.txt"])
        if job_id != "waiting":
            store.cancel(job_id)
    with write(store.file.opened()) as connection:
        connection.execute(update(jobs).where(jobs.c.id != "new").values(updated_at=old))
    assert store.sweep(30) == 1
    assert {job.id for job in store.recent(10)} == {"waiting", "new"}


def test_no_more_jobs_are_kept_than_the_bound(store, monkeypatch):
    monkeypatch.setattr("service.jobs.store.MAX_JOBS_KEPT", 3)
    assert MAX_JOBS_KEPT > 3
    for i in range(6):
        store.add_upload(f"job_{i}", "shelf", ["a.txt"])
        store.cancel(f"job_{i}")
    assert store.sweep(30) == 3
    assert [job.id for job in store.recent(10)] == ["job_5", "job_4", "job_3"]


@IN_FOLDER
def test_uploads_of_no_unfinished_job_are_swept_once_they_are_old(store, tmp_path, monkeypatch):
    folder = tmp_path / "uploads"
    for job_id in ("job_1", "job_2", "job_gone"):
        keep_upload(folder / job_id, [BytesIO(b"text")])
    store.add_upload("job_1", "shelf", ["a.txt"])
    store.add_upload("job_2", "shelf", ["a.txt"])
    store.cancel("job_2")
    assert sweep_uploads(folder, store) == 0
    monkeypatch.setattr("service.jobs.uploads.IN_ARRIVAL_S", -1.0)
    assert sweep_uploads(folder, store) == 2
    assert [path.name for path in folder.iterdir()] == ["job_1"]


@pytest.mark.parametrize(
    ("given", "kept"),
    [("../../etc/passwd", "passwd"), ("C:\\a\\b.txt", "b.txt"), ("/", "upload"), ("", "upload"), ("a\x00b", "ab")],
)
def test_a_name_is_only_a_name(given, kept):
    assert file_name(given) == kept


def test_a_long_name_is_cut_before_its_suffix():
    assert file_name("n" * 255) == "n" * 255
    assert file_name(f"{'n' * 300}.pdf") == f"{'n' * 251}.pdf"
    assert file_name(f"a.{'n' * 300}") == f"a.{'n' * 253}"


def test_of_many_who_want_a_collection_built_anew_at_once_one_is_heard(state_place, store):
    store.add_reindex("other")  # makes the file
    others = [JobStore(state_place) for _ in range(8)]
    together = threading.Barrier(len(others))

    def ask(own):
        own.unfinished()
        together.wait()
        try:
            return own.add_reindex("c").id
        except Conflict:
            return None

    with ThreadPoolExecutor(len(others)) as threads:
        heard = [told for told in threads.map(ask, others) if told]
    for own in others:
        own.close()
    assert [job for job, collection in store.unfinished() if collection == "c"] == heard
    assert len(heard) == 1
