"""The second time that sources are ingested: what is read again, what is not, and what its documents become."""

import io
import zipfile
from pathlib import Path

import pytest

from core.errors import Conflict, ReadError, SourceGone
from ingest.read import read
from ingest.sources import Content, Listing, find_sources
from service.engine import Engine
from service.ingestion.report import FileStatus, Silent

QUESTION = "Where was the harvest meeting held?"


class Recorder(Silent):
    """Keeps what it is told; stops after some sources, if asked to."""

    def __init__(self, stop_after: int | None = None) -> None:
        self.results: dict[str, FileStatus] = {}
        self.steps: list = []
        self._stop_after = stop_after

    def progress(self, progress) -> None:
        self.steps.append(progress)

    def settled(self, result) -> None:
        self.results[result.name] = result.status

    def is_stopping(self) -> bool:
        return self._stop_after is not None and len(self.results) >= self._stop_after


def ingest(engine, *paths, **options) -> dict[str, FileStatus]:
    recorder = Recorder()
    engine.ingest(list(paths), listener=recorder, **options)
    return recorder.results


def watched(monkeypatch) -> list[str]:
    """The names of the sources that are read from now on."""
    names: list[str] = []

    def noting(data, uri, name, *rest):
        names.append(name)
        return read(data, uri, name)

    monkeypatch.setattr("service.ingestion.prepare.read", noting)
    return names


def cited(engine, question=QUESTION) -> str:
    return engine.ask(question).text


class Replaced(Silent):
    """Of a worker in whose place another one is at work."""

    def before_write(self) -> None:
        raise Conflict("Another worker does this.", "")


def test_what_a_listener_keeps_back_is_neither_written_nor_removed(engine, folder):
    ingest(engine, folder)

    def texts() -> list[str]:
        return sorted(engine.document(row.id).text for row in engine.documents())

    before = texts()
    budget = (folder / "budget.txt").read_text()
    (folder / "budget.txt").write_text("The budget meeting was put off.\n")
    with pytest.raises(Conflict, match="Another worker"):
        engine.ingest([folder], listener=Replaced())
    (folder / "budget.txt").write_text(budget)
    (folder / "fishing.txt").unlink()
    with pytest.raises(Conflict, match="Another worker"):
        engine.ingest([folder], listener=Replaced())
    assert texts() == before


def test_only_what_changed_is_read_again(engine, folder, monkeypatch):
    ingest(engine, folder)
    (folder / "budget.txt").write_text("The budget meeting was held in Bergen after all.\n")
    read_again = []
    monkeypatch.setattr(
        "service.ingestion.prepare.read",
        lambda data, uri, name, *rest: read_again.append(name) or read(data, uri, name),
    )
    assert ingest(engine, folder) == {
        "budget.txt": FileStatus.CHANGED,
        "fishing.txt": FileStatus.UNCHANGED,
        "harvest.txt": FileStatus.UNCHANGED,
    }
    assert read_again == ["budget.txt"]
    assert "Bergen" in cited(engine, "Where was the budget meeting held?")


def test_nothing_changed_takes_no_encoder(engine, folder, make_settings, tmp_path):
    ingest(engine, folder)

    class NoEncoder:
        name = engine.store.encoder.name

        def __getattr__(self, attribute):
            raise AssertionError(f"The encoder was asked for {attribute}.")

    with Engine.open(make_settings(tmp_path / "data"), NoEncoder()) as other:
        assert set(ingest(other, folder).values()) == {FileStatus.UNCHANGED}


def test_passages_known_from_another_document_are_not_embedded_again(engine, folder, monkeypatch):
    ingest(engine, folder)
    embedded = []
    encode = engine.store.encoder.encode_passages
    monkeypatch.setattr(
        engine.store.encoder, "encode_passages", lambda texts, *rest: embedded.extend(texts) or encode(texts, *rest)
    )
    copy = folder.parent / "copy"
    copy.mkdir()
    (copy / "harvest.txt").write_bytes((folder / "harvest.txt").read_bytes())
    assert ingest(engine, copy) == {"harvest.txt": FileStatus.ADDED}
    engine.ingest([copy], "other")
    assert embedded == []


def test_a_file_that_moved_is_told_and_links_to_it_lead_on(engine, folder):
    ingest(engine, folder)
    before = next(row for row in engine.documents() if row.uri.endswith("/harvest.txt"))
    (folder / "old").mkdir()
    (folder / "harvest.txt").rename(folder / "old" / "harvest of 2019.txt")
    report = engine.ingest([folder])
    assert (report.moved, report.removed, report.added) == (1, 0, 0)
    (moved,) = (result for result in report.results if result.status is FileStatus.MOVED)
    assert moved.moved_from == before.uri
    assert len(engine.documents()) == 3
    assert engine.present_document(before.id).uri == moved.uri
    assert "Lima" in cited(engine)


def test_a_plan_tells_everything_and_writes_nothing(engine, folder):
    ingest(engine, folder)
    was = {row.uri: row.id for row in engine.documents()}
    (folder / "harvest.txt").rename(folder / "crops.txt")
    (folder / "budget.txt").write_text("Changed.")
    (folder / "fishing.txt").unlink()
    (folder / "new.txt").write_text("New words.")
    planned = engine.ingest([folder], dry_run=True)
    assert (planned.added, planned.changed, planned.moved, planned.removed) == (1, 1, 1, 1)
    assert {row.uri: row.id for row in engine.documents()} == was
    done = engine.ingest([folder])
    assert (done.added, done.changed, done.moved, done.removed) == (1, 1, 1, 1)


def test_a_plan_makes_no_collection(engine, folder):
    planned = engine.ingest([folder], "never", dry_run=True)
    assert planned.added == 3
    assert "never" not in [collection.name for collection in engine.collections()]


def test_a_bad_file_is_listed_each_time_but_read_again_only_when_it_changed(engine, folder, monkeypatch):
    bad = folder / "bad.pdf"
    bad.write_bytes(b"%PDF-1.7 cut short")
    assert ingest(engine, folder)["bad.pdf"] is FileStatus.FAILED
    tried = watched(monkeypatch)
    report = engine.ingest([folder])
    assert [Path(failure.uri).name for failure in report.failed] == ["bad.pdf"]
    assert report.failed[0].error.code == "document_unreadable"
    assert tried == []
    assert len(engine.ingest([folder], retry_failed=True).failed) == 1
    assert tried == ["bad.pdf"]
    bad.write_text("It is a text after all, on the meeting in Lima.")
    assert engine.ingest([folder]).added == 1
    assert engine.ingest([folder]).failed == []


def test_a_bad_file_that_is_gone_is_forgotten(engine, folder):
    (folder / "bad.pdf").write_bytes(b"%PDF-1.7 cut short")
    engine.ingest([folder])
    (folder / "bad.pdf").unlink()
    engine.ingest([folder])
    assert engine.store.catalog.failures(engine.store.open_collection("default")) == {}


def test_a_failed_new_version_leaves_the_old_one_answering(engine, folder):
    (folder / "report.pdf").write_text("The harvest meeting was held in Quito.")
    engine.ingest([folder])
    (folder / "report.pdf").write_bytes(b"%PDF-1.7 cut short")
    assert len(engine.ingest([folder]).failed) == 1
    assert "Quito" in cited(engine, "Was the harvest meeting held in Quito?")


def packed(**files: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, text in files.items():
            archive.writestr(name.replace("_", "."), text)
    return out.getvalue()


def test_the_files_of_an_archive_are_documents_that_come_change_and_go_with_it(engine, tmp_path):
    archive = tmp_path / "papers.zip"
    archive.write_bytes(packed(a_txt="The harvest meeting was held in Lima.", b_txt="The budget was short."))
    assert ingest(engine, archive) == {"a.txt": FileStatus.ADDED, "b.txt": FileStatus.ADDED}
    assert {row.uri.partition("papers.zip")[2] for row in engine.documents()} == {"!/a.txt", "!/b.txt"}
    assert ingest(engine, archive) == {"a.txt": FileStatus.UNCHANGED, "b.txt": FileStatus.UNCHANGED}
    archive.write_bytes(packed(a_txt="The harvest meeting was held in Lima.", c_txt="The boats came late."))
    assert ingest(engine, archive) == {
        "a.txt": FileStatus.UNCHANGED,
        "c.txt": FileStatus.ADDED,
        "b.txt": FileStatus.REMOVED,
    }
    assert set(ingest(engine, archive).values()) == {FileStatus.UNCHANGED}


def test_an_archive_that_is_gone_takes_its_documents_along(engine, folder):
    (folder / "papers.zip").write_bytes(packed(a_txt="The harvest meeting was held in Lima."))
    engine.ingest([folder])
    (folder / "papers.zip").unlink()
    assert engine.ingest([folder]).removed == 1
    assert len(engine.documents()) == 3


def test_a_bad_file_in_an_archive_costs_only_itself(engine, tmp_path):
    archive = tmp_path / "papers.zip"
    archive.write_bytes(packed(a_pdf="%PDF-1.7 cut short", b_txt="The budget was short."))
    assert ingest(engine, archive) == {"a.pdf": FileStatus.FAILED, "b.txt": FileStatus.ADDED}
    assert ingest(engine, archive) == {"a.pdf": FileStatus.FAILED, "b.txt": FileStatus.UNCHANGED}


@pytest.mark.slow
def test_an_archive_that_was_stopped_midway_is_gone_on_with(engine, tmp_path):
    archive = tmp_path / "papers.zip"
    long = "More words on it. " * 1800
    archive.write_bytes(packed(**{f"p{i}_txt": f"Paper {i} on the harvest. {long}" for i in range(40)}))
    assert engine.ingest([archive], listener=Recorder(stop_after=3)).stopped
    kept = len(engine.documents())
    assert 0 < kept < 40
    rest = engine.ingest([archive])
    assert (rest.unchanged, rest.added, rest.failed) == (kept, 40 - kept, [])
    again = engine.ingest([archive])
    assert (again.unchanged, again.failed) == (40, [])
    assert engine.store.catalog.failures(engine.store.open_collection("default")) == {}


def test_failures_are_forgotten_when_their_cause_is_gone(engine, tmp_path):
    archive, report = tmp_path / "papers.zip", tmp_path / "report.pdf"
    archive.write_bytes(packed(a_pdf="%PDF-1.7 cut short", b_txt="The budget was short."))
    report.write_text("The harvest meeting was held in Quito.")
    ingest(engine, archive, report)
    before = report.read_bytes()
    report.write_bytes(b"%PDF-1.7 cut short")
    archive.write_bytes(packed(b_txt="The budget was short."))
    assert ingest(engine, archive, report)["report.pdf"] is FileStatus.FAILED
    report.write_bytes(before)
    assert set(ingest(engine, archive, report).values()) == {FileStatus.UNCHANGED}
    assert engine.store.catalog.failures(engine.store.open_collection("default")) == {}


def test_what_is_to_be_kept_is_kept_though_it_is_gone(engine, tmp_path):
    archive = tmp_path / "papers.zip"
    archive.write_bytes(packed(a_txt="The harvest meeting was held in Lima.", b_txt="The budget was short."))
    engine.ingest([archive])
    archive.write_bytes(packed(b_txt="The budget was short."))
    assert engine.ingest([archive], prune=False).removed == 0
    page = Page(Content(b"The boats came late."), SourceGone("It is not there.", "Check the address."))
    engine.ingest_listing(Listing([page]))
    kept = engine.ingest_listing(Listing([page]), prune=False)
    assert (kept.removed, len(kept.failed)) == (0, 1)
    assert len(engine.documents()) == 3


@pytest.mark.slow
def test_what_is_settled_when_a_run_is_stopped_stays_and_the_next_one_does_the_rest(engine, folder):
    for i in range(40):
        (folder / f"{i:02}.txt").write_text(f"Paper {i} on the meeting. " + "Many words were said. " * 1200)
    recorder = Recorder(stop_after=3)
    report = engine.ingest([folder], listener=recorder)
    assert report.stopped
    assert 3 <= len(engine.documents()) < 43
    kept = {row.id for row in engine.documents()}
    rest = engine.ingest([folder])
    assert not rest.stopped
    assert rest.unchanged == len(kept)
    assert len(engine.documents()) == 43


def test_a_stopped_run_removes_nothing(engine, folder):
    engine.ingest([folder])
    (folder / "harvest.txt").unlink()
    (folder / "new.txt").write_text("New words.")
    assert engine.ingest([folder], listener=Recorder(stop_after=0)).stopped
    assert len(engine.documents()) == 3


def test_progress_counts_up_to_the_end(engine, folder):
    recorder = Recorder()
    engine.ingest([folder], listener=recorder)
    done = [step.done for step in recorder.steps]
    assert done == sorted(done)
    assert recorder.steps[-1].total == 3
    assert recorder.steps[-1].passages == 3
    assert recorder.steps[-1].remaining_s == 0


class Page:
    """A source that is asked whether it changed."""

    uri, name, size = "https://example.org/meeting.txt", "meeting.txt", None

    def __init__(self, *answers) -> None:
        self._answers = list(answers)
        self.known: list = []

    def load(self, known, max_bytes):
        self.known.append(dict(known))
        answer = self._answers.pop(0)
        if isinstance(answer, ReadError):
            raise answer
        return answer


def test_a_source_is_told_what_it_said_of_itself_and_its_word_that_nothing_changed_is_taken(engine):
    text = b"The harvest meeting was held in Lima."
    page = Page(Content(text, {"etag": "1"}), None, Content(text, {"etag": "2"}), None)
    statuses = [engine.ingest_listing(Listing([page])).results or FileStatus.UNCHANGED for _ in range(4)]
    assert statuses[1:] == [FileStatus.UNCHANGED] * 3
    assert [known.get("etag") for known in page.known] == [None, "1", "1", "2"]


def test_a_source_that_says_it_is_gone_takes_its_document_along(engine):
    gone = SourceGone("It is not there.", "Check the address.")
    page = Page(Content(b"The harvest meeting was held in Lima."), gone, gone)
    engine.ingest_listing(Listing([page]))
    assert engine.ingest_listing(Listing([page])).removed == 1
    assert engine.documents() == []
    assert [failure.error.code for failure in engine.ingest_listing(Listing([page])).failed] == ["source_gone"]


def test_what_left_a_list_goes_and_what_others_hold_stays(engine, folder):
    from ingest.sources import Scope

    def listed(*names):
        listing = find_sources([folder / name for name in names])
        listing.scopes = [Scope("list:papers", lambda uri, scope: scope == "list:papers")]
        listing.scope_of = {source.uri: "list:papers" for source in listing.sources}
        return listing

    engine.ingest([folder / "fishing.txt"])
    engine.ingest_listing(listed("harvest.txt", "budget.txt"))
    assert engine.ingest_listing(listed("harvest.txt")).removed == 1
    assert {Path(row.uri).name for row in engine.documents()} == {"fishing.txt", "harvest.txt"}
    engine.ingest_listing(listed("harvest.txt", "fishing.txt"))  # known before, in the list from now on
    assert engine.ingest_listing(listed("harvest.txt")).removed == 1
