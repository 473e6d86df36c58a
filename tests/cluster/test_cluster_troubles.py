"""What goes wrong with a cluster as a whole: a node lost, another version, nobody there, Ray not installed."""

from pathlib import Path

import pytest
from ingest_folder import fill, held
from node_encoder import NodeEncoder

from core.errors import EncoderUnavailable, NotReady, SettingsError
from ingest.read import ReadLimits, content_hash
from ingest.split import SplitSettings
from service.engine import Engine
from service.ingestion.prepare import Item
from service.ingestion.report import Silent

pytestmark = pytest.mark.slow

ray = pytest.importorskip("ray")

from service.cluster.connection import Connection, Node  # noqa: E402
from service.cluster.encoders import Encoders  # noqa: E402
from service.cluster.on_nodes import Instructions, check_version  # noqa: E402
from service.cluster.remote_preparer import RemotePreparer  # noqa: E402


@pytest.fixture
def connection(two_nodes):
    made = Connection("auto")
    made.open()
    yield made
    made.close()


@pytest.fixture
def notes(tmp_path) -> Path:
    made = tmp_path / "notes"
    made.mkdir()
    return made


def item(text: str) -> Item:
    data = text.encode()
    return Item("file:///a.txt", "a.txt", data, content_hash(data), False, {}, len(data))


def settings_on_ray(make_settings, folder: Path, address: str = "auto"):
    return make_settings(folder, ingest={"ray": address}, answer={"reader": "overlap"})


def test_a_node_that_is_lost_in_the_middle_costs_nothing(two_nodes, tmp_path, notes, make_settings):
    folder = fill(tmp_path / "documents")
    for i in range(80):
        text = "\n\n".join(f"Buoy {i} of {j} rings at night over the still water." for j in range(100))
        (folder / f"more-{i:03}.txt").write_text(text)
    two_nodes.add_node()

    class Losing(Silent):
        lost = False

        def settled(self, result) -> None:
            if not self.lost:
                self.lost = True
                two_nodes.lose_node()

    listener = Losing()
    with Engine.open(settings_on_ray(make_settings, tmp_path / "there"), NodeEncoder(notes)) as there:
        report = there.ingest([folder], listener=listener)
        assert listener.lost
        assert (report.added, len(report.failed)) == (98, 1)
        with Engine.open(make_settings(tmp_path / "here"), NodeEncoder(notes)) as here:
            here.ingest([folder])
            assert held(there) == held(here)


def test_a_node_of_another_version_is_told(connection, notes):
    told = Instructions(NodeEncoder(notes), ReadLimits(), SplitSettings(), "0.0.1")
    with pytest.raises(SettingsError, match=r"has Footnoted .*, this machine 0\.0\.1"):
        RemotePreparer(told).prepare(item("The boats came late."), lambda done, total: None)


def test_nodes_of_the_same_version_are_fine():
    from ingest.read import reader_version

    check_version(reader_version())


def test_a_node_without_the_code_is_told(connection, notes):
    class Elsewhere:
        """Is found on no node."""

        name, max_tokens = "elsewhere", 100

        def __reduce__(self):
            return _import_missing, ()

    told = Instructions(Elsewhere(), ReadLimits(), SplitSettings(), "")
    with pytest.raises(SettingsError, match=r"cannot run Footnoted.*No module named 'not_on_any_node'"):
        RemotePreparer(told).prepare(item("The boats came late."), lambda done, total: None)


def _import_missing():
    import not_on_any_node  # type: ignore[import-not-found]

    return not_on_any_node


def test_an_encoder_that_cannot_be_loaded_there_is_told_with_its_own_words(connection, tmp_path):
    from index.encode import SentenceTransformerEncoder

    encoders = Encoders(SentenceTransformerEncoder(str(tmp_path / "no model here")), connection.nodes)
    encoders.start()
    try:
        with pytest.raises(EncoderUnavailable, match="no model here"):
            while True:
                encoders.take(1.0)
    finally:
        encoders.stop()


def test_an_encoder_has_no_more_calls_than_it_can_keep_up_with(connection, notes):
    encoders = Encoders(NodeEncoder(notes), connection.nodes)
    try:
        assert encoders.start() == 2
        taken = []
        while len(taken) < 4:
            taken += [seat for seat in [encoders.take(0.5)] if seat is not None]
        assert len({seat.node.id for seat in taken}) == 2
        assert encoders.take(0.1) is None
        encoders.give_back(taken[0])
        assert encoders.take(0.1) is taken[0]
    finally:
        encoders.stop()


def test_each_node_has_an_encoder_of_its_own(connection, notes):
    encoders = Encoders(NodeEncoder(notes), connection.nodes)
    try:
        for _ in range(4):  # a place that is left to chance may be the right one
            encoders.start()
            ray.get([seat.actor.encode.remote(["The boats came late."]) for seat in encoders._seats])
            assert {note.name for note in notes.iterdir()} == {f"embed-{node.id}" for node in connection.nodes()}
            for note in notes.iterdir():
                note.unlink()
            encoders.stop()
    finally:
        encoders.stop()


def test_a_node_that_went_before_its_encoder_was_there_costs_nothing(connection, notes):
    here = connection.nodes()
    gone = [Node(f"{number:056x}", cpus=1, gpus=0) for number in range(1, 5)]
    told = iter([[*gone, *here]])
    encoders = Encoders(NodeEncoder(notes), lambda: next(told, here))
    try:
        assert encoders.start() == 6
        while len(encoders._seats) > 2 or any(seat.loading is not None for seat in encoders._seats):
            if (seat := encoders.take(0.5)) is not None:
                encoders.give_back(seat)
        assert {seat.node.id for seat in encoders._seats} == {node.id for node in here}
    finally:
        encoders.stop()


@pytest.mark.parametrize("times", [2, 3])
def test_a_client_whose_server_dies_at_its_start_is_tried_again_but_not_for_ever(monkeypatch, times):
    tried = []

    def connect(address, **options):
        tried.append(address)
        if len(tried) <= times:
            raise ConnectionAbortedError("Starting Ray client server failed.")

    monkeypatch.setattr("service.cluster.connection._knock", lambda address: None)
    monkeypatch.setattr("ray.is_initialized", lambda: False)
    monkeypatch.setattr("ray.init", connect)
    if times == 2:
        Connection("ray://head:10001").open()
    else:
        with pytest.raises(NotReady, match="does not answer"):
            Connection("ray://head:10001").open()
    assert tried == ["ray://head:10001"] * 3


def test_a_cluster_that_is_not_there_is_told_and_the_data_are_left_alone(tmp_path, notes, make_settings, monkeypatch):
    if ray.is_initialized():
        ray.shutdown()
    monkeypatch.setenv("RAY_ADDRESS", "127.0.0.1:1")
    folder = fill(tmp_path / "documents", texts=1)
    with Engine.open(settings_on_ray(make_settings, tmp_path / "data"), NodeEncoder(notes)) as engine:
        with pytest.raises(NotReady, match="does not answer") as raised:
            engine.ingest([folder])
        assert "ray start" in raised.value.hint
        assert engine.documents() == []


def test_without_ray_the_way_to_install_it_is_told(tmp_path, notes, make_settings, monkeypatch):
    monkeypatch.setattr("service.cluster.choose.find_spec", lambda name: None)
    with pytest.raises(SettingsError) as raised:
        Engine.open(settings_on_ray(make_settings, tmp_path / "data"), NodeEncoder(notes))
    assert 'pip install "footnoted[ray]"' in raised.value.hint


def test_nothing_to_read_takes_no_cluster(tmp_path, notes, make_settings, monkeypatch):
    folder = fill(tmp_path / "documents", texts=1)
    (folder / "bad.pdf").unlink()
    with Engine.open(make_settings(tmp_path / "data"), NodeEncoder(notes)) as engine:
        engine.ingest([folder])
    monkeypatch.setenv("RAY_ADDRESS", "127.0.0.1:1")
    with Engine.open(settings_on_ray(make_settings, tmp_path / "data"), NodeEncoder(notes)) as engine:
        assert engine.ingest([folder]).unchanged == 7
