"""Reading again what is in, from the original files, as after an upgrade: what changes, what stays, what must not."""

import json
import shutil
import zipfile
from dataclasses import replace

import pytest

from core.errors import NotFound
from index.marks import Marks
from index.verify.check import Level
from index.verify.run import verify
from ingest.read import read
from ingest.sources import Content, Listing
from service.ingestion.report import Silent

QUESTION = "Where was the harvest meeting held?"
LONG = " ".join(f"Boat number {number} was loaded with barley, timber and wool." for number in range(40))
MARKS = Marks(frozenset({"old"}), {"year": "2020"}, frozenset({"board"}))


class Page:
    """A page of the web, whose address does not say its format."""

    uri, name, size = "https://example.org/guide", "guide.md", None

    def __init__(self, **told: str) -> None:
        self.known: list[dict[str, str]] = []
        self._told = {"etag": "1", "fetched_from": self.uri, **told}

    def load(self, known, max_bytes):
        self.known.append(dict(known))
        if known:
            return None
        return Content(f"# Guide\n\nThe boats *came* late. {LONG}".encode(), self._told)


@pytest.fixture
def worse_reader(monkeypatch):
    """Until it is called, the first letters of harvest.txt are lost."""

    def losing(data, uri, name, *rest):
        return read(data[40:] if name == "harvest.txt" else data, uri, name)

    def kept_digest(data, uri, name, *rest):
        made, whole = losing(data, uri, name), read(data, uri, name)
        document = replace(made.document, id=whole.document.id, metadata=whole.document.metadata)
        return replace(made, document=document)

    monkeypatch.setattr("service.ingestion.prepare.read", kept_digest)
    return monkeypatch.undo


def test_what_is_read_otherwise_takes_the_place_of_the_former_and_the_rest_stays(engine, folder, worse_reader):
    engine.ingest([folder], marks=MARKS)
    before = {row.uri: row for row in engine.documents()}
    worse_reader()
    shutil.rmtree(folder)
    report = engine.read_again("default")
    assert (report.changed, report.unchanged, report.failed) == (1, 2, [])
    [changed] = report.results
    assert changed.uri.endswith("harvest.txt")
    assert engine.document(changed.document_id).text.startswith("The harvest meeting was held in Lima")
    assert {uri: row.id for uri, row in before.items()} == {row.uri: row.id for row in engine.documents()}
    assert engine.store.catalog.marks("default", [changed.document_id]) == {changed.document_id: MARKS}
    assert "Lima" in engine.ask(QUESTION).text
    again = engine.read_again("default")
    assert (again.changed, again.unchanged) == (0, 3)


@pytest.mark.parametrize("told", [{"file_name": "guide.md"}, {}], ids=["its name is known", "an earlier version's"])
def test_a_page_and_a_file_of_an_archive_are_what_they_were_for_the_next_sync(engine, tmp_path, told):
    archive, page = tmp_path / "papers.zip", Page(**told)
    with zipfile.ZipFile(archive, "w") as packed:
        packed.writestr("notes/100% of it.txt", "The harvest meeting was held in Lima.")
    engine.ingest([archive])
    engine.ingest_listing(Listing([page]))
    catalog = engine.store.catalog
    before = {row.id: catalog.document("default", row.id) for row in engine.documents()}
    report = engine.read_again("default")
    assert (report.unchanged, report.changed, report.failed) == (2, 0, [])
    assert {row.id: catalog.document("default", row.id) for row in engine.documents()} == before
    assert engine.ingest([archive]).unchanged == 1
    assert engine.ingest_listing(Listing([page])).unchanged == 1
    assert page.known[-1]["etag"] == "1"


def test_a_changed_page_is_still_asked_whether_it_changed(engine, monkeypatch):
    page = Page(file_name="guide.md")
    with monkeypatch.context() as patched:
        patched.setattr("service.ingestion.prepare.read", lambda data, uri, name, *rest: read(data, uri, "guide.txt"))
        engine.ingest_listing(Listing([page]))
    [row] = engine.documents()
    monkeypatch.setattr("service.ingestion.prepare.read", lambda data, uri, name, *rest: read(data, uri, "guide.md"))
    assert engine.read_again("default").changed == 1
    assert engine.document(row.id).text == f"Guide\n\nThe boats came late. {LONG}"
    # The former text stands in the original, and is not one that was deleted.
    checks = [*verify(engine.store.data_dir, engine.store.catalog, None, 10, 0)]
    assert [check for check in checks if check.level is Level.FAILED] == []
    assert engine.ingest_listing(Listing([page])).unchanged == 1


class Deleting(Silent):
    """Somebody deletes all that is in, right before it is written again."""

    def __init__(self, engine) -> None:
        self._engine = engine

    def before_write(self) -> None:
        self._engine.store.remove("default", [row.id for row in self._engine.documents()])


def test_what_is_deleted_meanwhile_does_not_come_back(engine, folder, worse_reader):
    engine.ingest([folder])
    digests = [row.sha256 for row in engine.documents()]
    worse_reader()
    report = engine.read_again("default", Deleting(engine))
    assert (report.changed, report.unchanged, report.failed) == (0, 3, [])
    assert engine.documents() == []
    assert engine.search(QUESTION) == []
    for digest in digests:
        with pytest.raises(NotFound):
            engine.store.originals.path(digest)


def test_a_document_whose_original_is_missing_or_unreadable_stays_as_it_is(engine, folder, monkeypatch):
    engine.ingest([folder])
    ids = {row.uri.rpartition("/")[2]: row for row in engine.documents()}
    engine.store.originals.path(ids["budget.txt"].sha256).unlink()
    report = engine.read_again("default")
    assert (report.unchanged, report.changed) == (2, 0)
    [(uri, error)] = report.failed
    assert uri.endswith("budget.txt")
    assert "original" in error.message
    assert error.hint
    assert len(engine.documents()) == 3
    assert engine.ingest([folder]).unchanged == 3


def test_a_collection_that_is_not_there_is_refused(engine):
    with pytest.raises(NotFound):
        engine.read_again("nowhere")


def test_the_command_tells_what_came_of_it_and_is_in_the_audit_log(footnoted, folder, tmp_path):
    data = tmp_path / "data"
    assert footnoted("ingest", folder, data_dir=data).returncode == 0
    done = footnoted("reread", "--json", data_dir=data)
    assert (done.returncode, json.loads(done.stdout)["unchanged"]) == (0, 3)
    refused = footnoted("reread", "-c", "nowhere", data_dir=data)
    assert refused.returncode == 1
    assert "nowhere" in refused.stderr
    listed = footnoted("audit", "list", "--act", "documents.reread", "--json", data_dir=data)
    told = [(act["target"], act["outcome"]) for act in json.loads(listed.stdout)["acts"]]
    assert sorted(told) == [("default", "done"), ("nowhere", "failed")]
