"""What it costs that deleted text is overwritten: adding, replacing, deleting with and without, in one run.

``python -m bench.secure_delete [--documents N]``: documents of ten passages with random vectors of 384 dimensions; a
document an operation, each a transaction of its own. Prints a Markdown table.
"""

import argparse
import hashlib
import random
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from statistics import median, quantiles

import numpy as np

from core.types import Document, Passage
from index.catalog import Catalog, IndexSpec
from index.documents import Entry
from index.passages import Embedded
from index.purge import empty_log

PASSAGES = 10
WORDS = 60
DIMENSION = 384


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--documents", type=int, default=2_000)
    parser.add_argument("--operations", type=int, default=200)
    options = parser.parse_args()
    print(f"{options.documents} documents of {PASSAGES} passages\n")
    print("| secure_delete | log emptied | add ms p50 / p95 | replace ms p50 / p95 | delete ms p50 / p95 | MB |")
    print("|---|---|---|---|---|---|")
    for secure, emptied in ((False, False), (True, False), (True, True)):
        with tempfile.TemporaryDirectory() as folder:
            print(_row(Path(folder) / "catalog.db", secure, emptied, options.documents, options.operations))


def _row(path: Path, secure: bool, emptied: bool, documents: int, operations: int) -> str:
    rng = random.Random(1)
    catalog = Catalog(path, secure_delete=secure)
    collection = catalog.ensure_collection("c", IndexSpec("random", DIMENSION, 120, 200))
    for start in range(0, documents, 100):
        catalog.put(collection, [_entry(f"file:///{i}", rng) for i in range(start, min(start + 100, documents))])

    def after(operation: Callable[[], object]) -> Callable[[], object]:
        return (lambda: (operation(), empty_log(catalog))) if emptied else operation

    def put(uri: str) -> Callable[[], object]:
        entry = _entry(uri, rng)
        return lambda: catalog.put(collection, [entry])

    some = rng.sample(range(documents), operations)
    added = [_ms(put(f"file:///new-{i}")) for i in range(operations)]
    replaced = [_ms(after(put(f"file:///{i}"))) for i in some]
    ids = [row.id for row in catalog.documents("c", limit=operations)]
    deleted = [_ms(after(lambda one=one: catalog.remove("c", [one]))) for one in ids]
    catalog.close()
    size = path.stat().st_size / 1e6
    return f"| {secure} | {emptied} | {_told(added)} | {_told(replaced)} | {_told(deleted)} | {size:.0f} |"


def _entry(uri: str, rng: random.Random) -> Entry:
    paragraphs = [" ".join(f"w{int(rng.paretovariate(0.7)) % 50_000}" for _ in range(WORDS)) for _ in range(PASSAGES)]
    text = "\n\n".join(paragraphs)
    digest = hashlib.sha256(text.encode()).hexdigest()
    identity = hashlib.sha256(f"{uri}\0{digest}".encode()).hexdigest()[:32]
    document = Document(identity, uri, uri, "text/plain", "en", text, (), {"sha256": digest})
    passages, start = [], 0
    for paragraph in paragraphs:
        end = start + len(paragraph)
        passages.append(Passage(f"{identity}:{start}-{end}", document.ref, (), None, start, end, paragraph))
        start = end + 2
    vectors = np.random.default_rng(rng.randrange(2**32)).normal(size=(PASSAGES, DIMENSION)).astype("<f2")
    return Entry(document, Embedded(passages, vectors, [rng.randbytes(32) for _ in passages]))


def _ms(operation: Callable[[], object]) -> float:
    start = time.perf_counter()
    operation()
    return 1000 * (time.perf_counter() - start)


def _told(times: Sequence[float]) -> str:
    return f"{median(times):.1f} / {quantiles(times, n=20)[-1]:.1f}"


if __name__ == "__main__":
    main()
