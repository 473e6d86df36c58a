"""Every engine: several threads and processes write and search at once, and nothing is lost or found twice."""

import multiprocessing
import threading
from concurrent.futures import ThreadPoolExecutor

from engine_samples import EnginePlace, found, put_texts, seen

from index.inverted import Wanted

WRITERS, DOCUMENTS = 3, 8


def texts_of(writer, number):
    return f"quay writer{writer} number{number}", f"crane writer{writer} number{number}"


def write(place: EnginePlace, writer: int) -> None:
    """In a process of its own."""
    store = place.open()
    for number in range(DOCUMENTS):
        put_texts(store, "c", f"file:///{writer}/{number}", *texts_of(writer, number))
        if number % 2:
            former = put_texts(store, "c", f"file:///{writer}/gone", f"mole writer{writer} number{number}")
            store.remove("c", [former])
    place.close()


def check(store):
    expected = {text for writer in range(WRITERS) for n in range(DOCUMENTS) for text in texts_of(writer, n)}
    store.refresh("c")
    with seen(store, "c") as one:
        assert sorted(one.texts.values()) == sorted(expected)
        for term, wanted in (("quay", "quay "), ("writer1", " writer1 "), ("number5", " number5")):
            hits = [key for key, _ in one.words.search(Wanted([term]), 1_000) if key in one.texts]
            assert sorted(one.texts[key] for key in hits) == sorted(text for text in expected if wanted in text)
        vector = store.encoder.encode_questions(["quay"])[0]
        hits = [one.texts[key] for key, _ in one.dense.search(vector, 1_000) if key in one.texts]
        assert sorted(hits) == sorted(expected)
        assert len(one.dense) == len(expected)


def test_threads(place):
    store = place.open()
    store.build_in_background()
    put_texts(store, "c", "file:///0/0", *texts_of(0, 0))
    ended = threading.Event()

    def write_as(writer):
        for number in range(DOCUMENTS):
            put_texts(store, "c", f"file:///{writer}/{number}", *texts_of(writer, number))
            own = f"quay writer{writer} number{number}"
            assert own in found(store, own)
            former = put_texts(store, "c", f"file:///{writer}/gone", f"mole number{number}")
            assert store.remove("c", [former]) == 1

    def read():
        searches = 0
        while not ended.is_set():
            assert found(store, "crane number0")
            searches += 1
        return searches

    with ThreadPoolExecutor(WRITERS + 2) as pool:
        readers = [pool.submit(read) for _ in range(2)]
        try:
            for writing in [pool.submit(write_as, writer) for writer in range(WRITERS)]:
                writing.result()
        finally:
            ended.set()
        assert all(reader.result() for reader in readers)
    check(store)
    check(place.open())


def test_processes(place):
    place.open().open_collection("c")
    spawned = multiprocessing.get_context("spawn")  # a fork would share this process's connections
    given = EnginePlace(place.engine, place.place, place.index_url)
    processes = [spawned.Process(target=write, args=(given, writer)) for writer in range(WRITERS)]
    for process in processes:
        process.start()
    for process in processes:
        process.join(timeout=120)
    assert [process.exitcode for process in processes] == [0] * WRITERS
    check(place.open())
