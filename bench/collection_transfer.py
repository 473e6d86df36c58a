"""Time, size and memory of building a collection anew, copying, exporting and importing it, at two sizes.

    python -m bench.collection_transfer --documents 500 2000

Each step runs in a process of its own, whose highest resident memory is taken. Vectors are of hashed words: what
is measured is not the encoder. Documents have 20 passages of 100 words.
"""

import argparse
import json
import multiprocessing
import random
import resource
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent / "tests" / "index"))
from index_samples import WordEncoder, open_store, source

from index import building
from index.documents import Entry
from index.transfer.importing import import_file
from index.transfer.writing import export

PASSAGES, WORDS, DIMENSION = 20, 100, 384


def _encoder(name: str = "words") -> WordEncoder:
    encoder = WordEncoder(name, DIMENSION)
    encoder.passages = _Forgets()  # it would keep all that it is given
    return encoder


class _Forgets(list[str]):
    def __iadd__(self, other: object) -> "_Forgets":
        return self


def fill(folder: Path, documents: int) -> None:
    draw = random.Random(documents)
    vocabulary = [f"word{i}" for i in range(20_000)]
    with open_store(folder / "data", _encoder()) as store:
        collection = store.open_collection("c")
        for start in range(0, documents, 50):
            entries = []
            for i in range(start, min(start + 50, documents)):
                one = source(f"file:///{i}", *(" ".join(draw.choices(vocabulary, k=WORDS)) for _ in range(PASSAGES)))
                entries.append((Entry(one.document, store.embed([one.passages])[0]), one.original))
            store.put(collection, entries)


def rebuild(folder: Path, _: int) -> None:
    def split(document):  # noqa: ANN001, ANN202
        return source(document.uri, *document.text.split("\n\n")).passages

    with open_store(folder / "data", _encoder("others")) as store:
        store.rebuild("c", split)
    with open_store(folder / "data", _encoder()) as store:
        building.roll_back(store, "c")


def copy(folder: Path, _: int) -> None:
    with open_store(folder / "data", _encoder()) as store:
        building.copy(store, "c", "copy")


def write(folder: Path, _: int) -> None:
    with open_store(folder / "data", _encoder()) as store:
        export(store, "c", folder / "c.zip")


def read(folder: Path, _: int) -> None:
    with open_store(folder / "other", _encoder()) as store:
        import_file(store, folder / "c.zip")


def _measured(
    step: Callable[[Path, int], None], folder: Path, documents: int, results: "multiprocessing.Queue"
) -> None:
    began = time.perf_counter()
    step(folder, documents)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    results.put({"seconds": round(time.perf_counter() - began, 1), "peak_mib": round(peak)})


def main() -> None:
    """Prints a table as JSON lines."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--documents", type=int, nargs="+", default=[500, 2_000])
    context = multiprocessing.get_context("spawn")
    for documents in parser.parse_args().documents:
        with tempfile.TemporaryDirectory() as folder:
            for step in (fill, rebuild, copy, write, read):
                results = context.Queue()
                process = context.Process(target=_measured, args=(step, Path(folder), documents, results))
                process.start()
                process.join()
                told = {"passages": documents * PASSAGES, "step": step.__name__, **results.get()}
                print(json.dumps(told))
            print(json.dumps({"file_mib": round((Path(folder) / "c.zip").stat().st_size / 1024**2, 1)}))


if __name__ == "__main__":
    main()
