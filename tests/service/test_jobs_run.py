"""One job, done in this process with a real engine: batches, archives, files that workers died of."""

import sqlite3
import threading
import zipfile
from contextlib import closing
from io import BytesIO

import pytest

from ingest.find import find
from ingest.sources import FileSource, Listing
from service.ingestion.report import FileResult, FileStatus
from service.jobs.next_job import take_next
from service.jobs.run import JobRun
from service.jobs.store import JobStore
from service.jobs.uploads import FolderUploads, keep_upload

OTTER = "The otter Ida eats two kilograms of fish a day."


@pytest.fixture
def engine(open_engine):
    return open_engine()


@pytest.fixture
def store(tmp_path):
    opened = JobStore(tmp_path)
    yield opened
    opened.close()


@pytest.fixture
def upload(store, tmp_path):
    """Queues an upload of (name, bytes) pairs."""

    def queue(*files: tuple[str, bytes], job_id: str = "job_1"):
        keep_upload(tmp_path / "uploads" / job_id, [BytesIO(content) for _, content in files])
        return store.add_upload(job_id, "shelf", [name for name, _ in files]).id

    return queue


@pytest.fixture
def run(engine, store, tmp_path):
    """Does the next job, and gives it as it is told then."""

    def look(specs, is_stopping):
        return find(specs, None, is_stopping=is_stopping)

    def do(stopping: threading.Event | None = None):
        work = take_next(store)
        JobRun(engine, work, FolderUploads(tmp_path / "uploads"), look, stopping or threading.Event()).run()
        return store.get(work.job.id)

    return do


def die_of(store, uri, times=2):
    """Workers that die with this one file at hand."""
    for _ in range(times):
        work = take_next(store)
        work.use_rows([file for file in work.open_files() if file.uri == uri])
        work.begin(uri, uri.rpartition("/")[2])


def test_a_name_that_was_sent_twice_is_read_twice(run, upload, engine):
    upload(
        ("a.txt", b"The first version is about mills."), ("b.txt", b"Bees."), ("a.txt", b"The second is about bridges.")
    )
    job = run()
    assert [file.status for file in job.files] == ["added", "added", "changed"]
    assert [row.id for row in engine.documents("shelf") if row.uri == "upload:a.txt"] == [job.files[2].document_id]


def test_an_archive_is_told_by_its_members(run, upload):
    target = BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        archive.writestr("papers/otter.txt", OTTER)
        archive.writestr("papers/empty.txt", "")
    upload(("papers.zip", target.getvalue()), ("plain.txt", b"Plain words."))
    job = run()
    assert job.status == "partial"
    assert [(file.name, file.status) for file in job.files[:2]] == [("papers.zip", "added"), ("plain.txt", "added")]
    members = {file.name: file.status for file in job.files[2:]}
    assert members == {"otter.txt": "added", "empty.txt": "failed"}


def test_an_archive_that_is_sent_again_takes_along_what_it_holds_no_more(run, upload, engine):
    for job_id, names in {"job_1": ("otter.txt", "beaver.txt"), "job_2": ("otter.txt",)}.items():
        target = BytesIO()
        with zipfile.ZipFile(target, "w") as archive:
            for name in names:
                archive.writestr(name, f"{name} {OTTER}")
        upload(("papers.zip", target.getvalue()), job_id=job_id)
        run()
    assert [row.uri for row in engine.documents("shelf")] == ["upload:papers.zip!/otter.txt"]


def test_an_upload_whose_bytes_are_lost_fails_alone(run, upload, tmp_path):
    upload(("a.txt", b"Ants."), ("b.txt", b"Bees."))
    (tmp_path / "uploads" / "job_1" / "0").unlink()
    job = run()
    assert [file.status for file in job.files] == ["failed", "added"]
    assert "Send it again" in job.files[0].error["hint"]
    assert not (tmp_path / "uploads" / "job_1").exists()


def test_a_job_that_cannot_be_done_says_why_of_every_file(run, upload, engine, store):
    store.add_upload("job_0", "bad name!", ["a.txt", "b.txt", "c.txt"])
    job = run()
    assert job.status == "failed"
    assert [file.status for file in job.files] == ["failed"] * 3
    upload(("a.txt", b"Ants."))
    assert run().status == "done"


def test_a_told_stop_leaves_the_job_for_the_next_worker(run, upload):
    upload(("a.txt", b"Ants."))
    stopping = threading.Event()
    stopping.set()
    job = run(stopping)
    assert (job.status, job.files[0].status) == ("running", "queued")
    assert run().status == "done"


def test_a_file_that_workers_died_of_is_given_up_until_it_changes_or_is_asked_for(run, store, tmp_path):
    folder = tmp_path / "docs"
    folder.mkdir()
    for name in ("ants", "bees", "toad"):
        (folder / f"{name}.txt").write_text(f"All about {name}.")
    toad = (folder / "toad.txt").as_uri()

    def sync(retry_failed=False):
        store.add_sync("shelf", [str(folder)], prune=True, retry_failed=retry_failed)

    sync()
    die_of(store, toad)
    job = run()
    assert (job.status, job.counts) == ("partial", {"added": 2, "failed": 1})
    assert "stopped the reader twice" in job.files[0].error["message"]
    sync()
    again = run()
    assert again.counts == {"unchanged": 2, "failed": 1}
    assert "stopped the reader twice" in again.files[0].error["message"]
    sync(retry_failed=True)
    assert run().counts == {"unchanged": 2, "added": 1}


def test_a_document_whose_new_version_kills_the_worker_stays_as_it_was(run, store, tmp_path, engine):
    folder = tmp_path / "docs"
    folder.mkdir()
    (folder / "toad.txt").write_text("Toads are shy.")
    store.add_sync("shelf", [str(folder)], prune=True, retry_failed=False)
    run()
    (folder / "toad.txt").write_text("Toads kill readers.")
    store.add_sync("shelf", [str(folder)], prune=True, retry_failed=False)
    die_of(store, (folder / "toad.txt").as_uri())
    assert run().counts == {"failed": 1}
    [row] = engine.documents("shelf")
    assert engine.document(row.id, "shelf").text == "Toads are shy."


def test_files_that_were_at_hand_beside_a_deadly_one_are_read(run, upload, store):
    upload(*((f"{i}.txt", f"File {i} is about pond {i}.".encode()) for i in range(40)))
    work = take_next(store)
    work.use_rows(work.open_files())
    for file in work.open_files():
        work.begin(file.uri, file.name)
    work = take_next(store)
    work.use_rows(work.open_files())
    for file in work.open_files()[:16]:
        work.begin(file.uri, file.name)
    assert run().counts == {"added": 40}


def test_what_was_written_but_not_noted_before_a_death_is_told_as_brought(run, upload, store, engine, tmp_path):
    upload(("a.txt", b"Ants."), ("b.txt", b"Bees."))
    work = take_next(store)
    work.use_rows(work.open_files())
    for file in work.open_files():
        work.begin(file.uri, file.name)
    source = FileSource(tmp_path / "uploads" / "job_1" / "0", "upload:a.txt", "a.txt")
    engine.ingest_listing(Listing([source]), "shelf", prune=False)
    assert [(file.status, file.passages) for file in run().files] == [("added", 1), ("added", 1)]
    store.add_upload("job_2", "shelf", ["a.txt"])
    keep_upload(tmp_path / "uploads" / "job_2", [BytesIO(b"Ants.")])
    assert [file.status for file in run().files] == ["unchanged"]


# A catalog that another process holds


class WhileWaiting(threading.Event):
    """Is never set; does something when it is first waited for."""

    def __init__(self, act):
        super().__init__()
        self._act = act

    def wait(self, timeout=None):
        act, self._act = self._act, lambda: None
        act()
        return False


@pytest.fixture
def held(engine):
    """Holds the catalog, and gives it free when it is called."""
    with closing(sqlite3.connect(engine.store.catalog.engine.url.database, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        yield lambda: other.execute("ROLLBACK")


@pytest.fixture
def impatient(monkeypatch):
    """Whatever is locked is told to be so at once."""
    monkeypatch.setattr("index.sqlite_file._BUSY_MS", 100)


def test_an_upload_waits_for_a_catalog_that_is_held_for_long(impatient, run, upload, held):
    upload(("a.txt", b"Ants."), ("b.txt", b"Bees."))
    job = run(WhileWaiting(held))
    assert (job.status, job.counts) == ("done", {"added": 2})


def test_a_job_that_waits_for_the_catalog_can_be_cancelled(impatient, run, upload, held, store):
    job_id = upload(("a.txt", b"Ants."))
    assert run(WhileWaiting(lambda: store.cancel(job_id))).status == "cancelled"


def test_a_sync_that_waited_counts_what_is_unchanged_once(impatient, run, store, tmp_path, request):
    folder = tmp_path / "docs"
    folder.mkdir()
    for name in ("ants", "bees"):
        (folder / f"{name}.txt").write_text(f"All about {name}.")
    for _ in range(2):
        store.add_sync("shelf", [str(folder)], prune=True, retry_failed=False)
    run()
    (folder / "toad.txt").write_text("Toads are shy.")
    job = run(WhileWaiting(request.getfixturevalue("held")))
    assert (job.status, job.counts) == ("done", {"unchanged": 2, "added": 1})


def test_what_was_brought_before_the_wait_stays_brought(upload, store):
    upload(("a.txt", b"Ants."))
    work = take_next(store)
    [file] = work.open_files()
    work.use_rows([file])
    work.settle(FileResult(file.uri, file.name, FileStatus.ADDED, "document_1", 1))
    work.begin(file.uri, file.name, True)
    work.settle(FileResult(file.uri, file.name, FileStatus.UNCHANGED, "document_1"))
    assert [(file.status, file.passages) for file in store.get("job_1").files] == [("added", 1)]
