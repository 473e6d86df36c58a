"""Ingest on a Ray cluster of two nodes: the same catalog as on one machine, whatever dies on the way."""

import signal
from pathlib import Path

import numpy as np
import pytest
from ingest_folder import fill, held
from node_encoder import POISON, NodeEncoder

from service.engine import Engine
from service.ingestion.report import FileStatus, Silent

pytest.importorskip("ray")
pytestmark = [pytest.mark.usefixtures("two_nodes"), pytest.mark.slow]


class Stopping(Silent):
    """Wants to stop once so many sources are settled."""

    def __init__(self, after: int) -> None:
        self._left = after

    def settled(self, result) -> None:
        self._left -= 1

    def is_stopping(self) -> bool:
        return self._left <= 0


@pytest.fixture
def notes(tmp_path) -> Path:
    made = tmp_path / "notes"
    made.mkdir()
    return made


@pytest.fixture
def folder(tmp_path) -> Path:
    return fill(tmp_path / "documents")


@pytest.fixture
def open_on(tmp_path, make_settings):
    """Opens an engine whose ingest is of the pool of this machine, or of the cluster."""
    opened: list[Engine] = []

    def open_one(name: str, encoder, ray: str | None = "auto") -> Engine:
        settings = make_settings(tmp_path / name, ingest={"ray": ray}, answer={"reader": "overlap"})
        opened.append(Engine.open(settings, encoder))
        return opened[-1]

    yield open_one
    for engine in opened:
        engine.close()


def test_the_catalog_is_that_of_one_machine_and_both_nodes_read_and_embed(open_on, folder, notes):
    for i in range(300):  # so that there are several batches
        (folder / f"more-{i:03}.txt").write_text("\n\n".join(f"Buoy {i} of {j} rings at night." for j in range(60)))
    here = open_on("here", NodeEncoder(notes), None)
    there = open_on("there", NodeEncoder(notes, meets=2))
    reports = [engine.ingest([folder]) for engine in (here, there)]
    assert held(there) == held(here)
    assert reports[1].added == reports[0].added == 318
    assert [failure.error.as_dict() for failure in reports[1].failed] == [
        failure.error.as_dict() for failure in reports[0].failed
    ]
    assert [note for _, note in sorted(reports[1].notes)] == [note for _, note in sorted(reports[0].notes)]
    assert there.ingest([folder]).unchanged == 318


def test_the_default_encoder_gives_the_same_passages_and_vectors_there(open_on, folder, encoder):
    here, there = open_on("here", encoder, None), open_on("there", encoder)
    here.ingest([folder])
    there.ingest([folder])
    ours, theirs = held(here), held(there)
    assert theirs["documents"] == ours["documents"]
    assert [row[:-1] for row in theirs["passages"]] == [row[:-1] for row in ours["passages"]]
    pairs = [
        [np.frombuffer(row[-1], dtype="<f2").astype(np.float32) for row in rows["passages"]] for rows in (ours, theirs)
    ]
    assert min(float(a @ b) for a, b in zip(*pairs, strict=True)) > 0.999


def test_a_worker_that_is_killed_while_it_reads_costs_no_source(open_on, folder, notes):
    engine = open_on("data", NodeEncoder(notes, dies_once=("count",)))
    report = engine.ingest([folder])
    assert (notes / "count.died").exists()
    assert (report.added, len(report.failed)) == (18, 1)
    assert held(engine) == held(_plain(open_on, folder, notes))


def test_an_encoder_that_is_killed_in_the_middle_costs_no_passage(open_on, folder, notes):
    engine = open_on("data", NodeEncoder(notes, dies_once=("embed",)))
    report = engine.ingest([folder])
    assert (notes / "embed.died").exists()
    assert (report.added, len(report.failed)) == (18, 1)
    assert held(engine) == held(_plain(open_on, folder, notes))


def test_a_source_that_kills_each_worker_is_one_bad_source(open_on, folder, notes):
    (folder / "killer.txt").write_text(f"There is {POISON} in the harbour.")
    engine = open_on("data", NodeEncoder(notes))
    report = engine.ingest([folder])
    assert report.added == 18
    failed = {Path(failure.uri).name: failure.error for failure in report.failed}
    assert set(failed) == {"bad.pdf", "killer.txt"}
    assert failed["killer.txt"].message == "killer.txt stopped the reader 3 times."
    assert any(uri.endswith("/killer.txt") for uri, _ in held(engine)["failures"])  # and is not tried at each sync


def test_a_run_that_is_stopped_keeps_what_is_in_and_the_next_one_does_the_rest(open_on, folder, notes):
    for i in range(60):
        text = "\n\n".join(f"Buoy {i} of {j} rings at night over the still water." for j in range(200))
        (folder / f"more-{i:03}.txt").write_text(text)
    engine = open_on("data", NodeEncoder(notes))
    stopped = engine.ingest([folder], listener=Stopping(after=3))
    assert stopped.stopped
    assert stopped.added < 78
    rest = engine.ingest([folder])
    assert rest.unchanged == stopped.added
    assert rest.added == 78 - stopped.added
    assert held(engine) == held(_plain(open_on, folder, notes))


def test_sigterm_is_still_the_process_own(open_on, folder, notes):
    heard = []
    before = signal.signal(signal.SIGTERM, lambda *_: heard.append("ours"))
    try:
        engine = open_on("data", NodeEncoder(notes))
        engine.ingest([folder / "guide.md"])
        signal.raise_signal(signal.SIGTERM)
        engine.close()
        signal.raise_signal(signal.SIGTERM)
    finally:
        signal.signal(signal.SIGTERM, before)
    assert heard == ["ours", "ours"]


def test_the_command_line_reads_on_the_cluster_and_prints_nothing_of_rays(footnoted, folder, tmp_path):
    done = footnoted("ingest", folder, data_dir=tmp_path / "data", FOOTNOTED_INGEST__RAY="auto")
    assert done.returncode == 1  # of the bad file
    assert "18" in done.stdout
    assert "ray" not in (done.stdout + done.stderr).lower()
    listed = footnoted("documents", "--json", data_dir=tmp_path / "data")
    assert listed.stdout.count('"uri"') == 18


def test_a_cluster_is_started_for_the_run(footnoted, folder, tmp_path):
    done = footnoted("ingest", folder / "guide.md", data_dir=tmp_path / "data", FOOTNOTED_INGEST__RAY="local")
    assert (done.returncode, "1 added" in done.stdout) == (0, True), done.stderr


def test_a_machine_that_is_no_node_reads_by_the_client(two_nodes, footnoted, folder, tmp_path):
    done = footnoted("ingest", folder, data_dir=tmp_path / "data", FOOTNOTED_INGEST__RAY=two_nodes.client_address)
    assert done.returncode == 1, done.stderr  # of the bad file
    assert "ray" not in (done.stdout + done.stderr).lower()
    listed = footnoted("documents", "--json", data_dir=tmp_path / "data")
    assert listed.stdout.count('"uri"') == 18


def test_a_collection_is_embedded_anew_on_the_cluster(open_on, folder, notes):
    engine = open_on("data", NodeEncoder(notes))
    engine.ingest([folder])
    before = held(engine)
    for note in notes.iterdir():
        note.unlink()
    assert engine.reindex("default", sizes=(20, 40)) == 18
    assert list(notes.glob("embed-*"))
    plain = _plain(open_on, folder, notes)
    plain.reindex("default", sizes=(20, 40))
    assert len(held(engine)["passages"]) > len(before["passages"])
    assert held(engine)["passages"] == held(plain)["passages"]


def test_all_statuses_are_told_as_ever(open_on, folder, notes):
    engine = open_on("data", NodeEncoder(notes))
    engine.ingest([folder])
    (folder / "guide.md").write_text("# Harbours\n\nAll of it is new.\n")
    (folder / "page.html").rename(folder / "moved.html")
    (folder / "report.pdf").unlink()
    report = engine.ingest([folder])
    assert {Path(result.uri).name: result.status for result in report.results if result.error is None} == {
        "guide.md": FileStatus.CHANGED,
        "moved.html": FileStatus.MOVED,
        "report.pdf": FileStatus.REMOVED,
    }


def _plain(open_on, folder: Path, notes: Path) -> Engine:
    """The same folder in a catalog of its own, read by this machine."""
    engine = open_on("plain", NodeEncoder(notes), None)
    engine.ingest([folder])
    return engine
