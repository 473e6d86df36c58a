"""An ingest whose crew reads and embeds elsewhere: how much is under way at once, in what order it comes in."""

import threading
import time
from contextlib import contextmanager
from dataclasses import replace

import numpy as np
import pytest
from sqlalchemy import select

from core.errors import EncoderUnavailable
from index import schema
from ingest.read import ReadLimits
from ingest.sources import Content, Listing
from service.engine import Engine
from service.ingestion.ingester import Ingester
from service.ingestion.prepare import Preparer
from service.ingestion.report import Silent
from service.ingestion.workers import Crew

WAIT_S = 30


class Text:
    """A source that counts how often any was loaded."""

    size = None
    loads: list[str]

    def __init__(self, name: str, text: str, loads: list[str]) -> None:
        self.uri, self.name = f"file:///{name}", name
        self._text = text
        self._loads = loads

    def load(self, known, max_bytes):
        self._loads.append(self.name)
        return Content(self._text.encode())


class WordEncoder:
    """Vectors of one number a word; ``before`` is called with the texts, in the thread that embeds."""

    name, dimension, max_tokens = "words", 8, 256

    def __init__(self, before=lambda texts: None) -> None:
        self._before = before

    def encode_passages(self, texts, progress=None):
        self._before(texts)
        out = np.ones((len(texts), self.dimension), dtype=np.float32)
        out[:, 0] = [len(text.split()) for text in texts]
        if progress is not None:
            progress(len(texts))
        return out / np.linalg.norm(out, axis=1, keepdims=True)

    def encode_questions(self, texts):
        return self.encode_passages(texts)

    def count_tokens(self, texts):
        return [len(text.split()) for text in texts]

    def prepare(self) -> None:
        pass


class Workers:
    """Gives the crew that a test has made of the usual one."""

    def __init__(self, encoder, change) -> None:
        self._encoder = encoder
        self._change = change

    @contextmanager
    def crew(self, sizes):
        preparer = Preparer(self._encoder, ReadLimits(), sizes)
        yield self._change(Crew(preparer, self._encoder, readers=2))

    def close(self) -> None:
        pass


@pytest.fixture
def engine(tmp_path, make_settings):
    with Engine.open(make_settings(tmp_path / "data", answer={"reader": "overlap"}), WordEncoder()) as opened:
        yield opened


def ingest(engine, sources, change=lambda crew: crew, encoder=None, listener=None):
    workers = Workers(encoder or engine.store.encoder, change)
    return Ingester(engine.store, ReadLimits(), workers).run(Listing(list(sources)), "default", listener)


def until(condition) -> None:
    """Wait for something that another thread does."""
    deadline = time.monotonic() + WAIT_S
    while not condition():
        assert time.monotonic() < deadline, "It did not come about."
        time.sleep(0.01)


def test_no_more_sources_are_loaded_than_the_crew_can_take(engine):
    loads: list[str] = []
    most_loaded = []

    class Slow:
        """The first source is not through before the window is full."""

        def __init__(self, inner) -> None:
            self._inner = inner

        def prepare(self, item, on_progress):
            if item.name == "0.txt":
                until(lambda: len(loads) >= 4)
                time.sleep(0.3)  # for what should not be loaded
                most_loaded.append(len(loads))
            return self._inner.prepare(item, on_progress)

    sources = [Text(f"{i}.txt", f"The boat {i} came in late.", loads) for i in range(20)]
    report = ingest(engine, sources, lambda crew: replace(crew, preparer=Slow(crew.preparer)))
    assert report.added == 20
    assert most_loaded[0] <= 5  # two sources a reader, and the one that waits for room


def test_no_more_bytes_are_loaded_than_the_crew_takes(engine):
    loads: list[str] = []
    most_loaded = []

    class Slow:
        def __init__(self, inner) -> None:
            self._inner = inner

        def prepare(self, item, on_progress):
            if item.name == "0.txt":
                until(lambda: len(loads) >= 2)
                time.sleep(0.3)
                most_loaded.append(len(loads))
            return self._inner.prepare(item, on_progress)

    sources = [Text(f"{i}.txt", f"Boat {i}. " * 100, loads) for i in range(6)]
    report = ingest(engine, sources, lambda crew: replace(crew, preparer=Slow(crew.preparer), bytes_at_once=1000))
    assert report.added == 6
    assert most_loaded == [2]  # the one that is read, and the one that waits for room


def test_batches_are_embedded_beside_each_other_and_come_in_once_each(engine):
    together = threading.Barrier(2, timeout=WAIT_S)
    calls = []

    def before(texts) -> None:
        calls.append(len(texts))
        if len(calls) <= 2:
            together.wait()  # breaks where the second batch does not begin before the first one is done

    sources = list(_long_texts(4))
    report = ingest(engine, sources, lambda crew: replace(crew, batches_ahead=2), encoder=WordEncoder(before))
    assert (report.added, report.failed) == (4, [])
    assert len(calls) > 2
    assert [row.passages for row in engine.documents()] == [600] * 4
    assert engine.collection("default").passages == 2400


def test_vectors_come_in_where_the_source_is_whatever_batch_is_done_first(engine, tmp_path, make_settings):
    first_done = threading.Event()
    first: list[str] = []

    def before(texts) -> None:
        if not first:
            first.append(texts[0])
            assert first_done.wait(WAIT_S)
        else:
            first_done.set()

    ingest(engine, _long_texts(3), lambda crew: replace(crew, batches_ahead=2), encoder=WordEncoder(before))
    with Engine.open(make_settings(tmp_path / "plain", answer={"reader": "overlap"}), WordEncoder()) as plain:
        ingest(plain, _long_texts(3))
        assert _vectors(engine) == _vectors(plain)


def test_what_an_encoder_elsewhere_raises_ends_the_run_and_what_is_in_stays(engine):
    calls = []

    def before(texts) -> None:
        calls.append(texts)
        if len(calls) == 3:
            raise EncoderUnavailable("The encoder is gone.", "Look for it.")

    with pytest.raises(EncoderUnavailable, match="The encoder is gone"):
        ingest(engine, _long_texts(6), lambda crew: replace(crew, batches_ahead=1), encoder=WordEncoder(before))
    kept = len(engine.documents())
    assert 0 < kept < 6
    assert ingest(engine, _long_texts(6)).unchanged == kept
    assert len(engine.documents()) == 6


def test_a_stop_is_heard_while_batches_are_embedded_elsewhere(engine):
    begun = threading.Event()

    class Patient(WordEncoder):
        """As an encoder of a cluster: tells now and then that nothing came yet."""

        def encode_passages(self, texts, progress=None):
            begun.set()
            until(lambda: progress(0) is not None)  # ends only by what it raises

    class Stopping(Silent):
        def is_stopping(self) -> bool:
            return begun.is_set()

    report = ingest(
        engine,
        _long_texts(3),
        lambda crew: replace(crew, batches_ahead=2, encoder=Patient()),
        listener=Stopping(),
    )
    assert report.stopped
    assert engine.documents() == []


def test_what_is_embedded_is_written_though_nothing_more_comes_for_long(engine):
    """A crew may embed many batches ahead; documents that are ready do not wait for that many."""
    settled = threading.Event()

    class Told(Silent):
        def settled(self, result) -> None:
            settled.set()

    class Slow:
        def __init__(self, inner) -> None:
            self._inner = inner

        def prepare(self, item, on_progress):
            if item.name == "5.txt":
                assert settled.wait(WAIT_S)  # comes only when the first document is in
            return self._inner.prepare(item, on_progress)

    report = ingest(
        engine,
        _long_texts(8),
        lambda crew: replace(crew, preparer=Slow(crew.preparer), batches_ahead=50),
        listener=Told(),
    )
    assert report.added == 8


def _long_texts(count: int):
    """Sources of 600 passages, so that each is a batch."""
    for i in range(count):
        lines = (f"{'word ' * 60}{i} {j} {'more ' * 60}." for j in range(600))
        yield Text(f"{i}.txt", "\n\n".join(lines), [])


def _vectors(engine) -> list:
    p, d = schema.passages.c, schema.documents.c
    wanted = select(d.uri, p.start, p.vector).join(schema.documents, d.key == p.document_key).order_by(d.uri, p.start)
    with schema.read(engine.store.catalog.engine) as connection:
        return [tuple(row) for row in connection.execute(wanted)]
