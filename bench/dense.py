"""Dense search by itself: what each kind of base costs, and how near to exact search it comes.

``python -m bench.dense SET [--sizes 10000 100000 1000000]``. Vectors are those of ``bench/index_scale/corpus.py``, in a
catalog without texts; questions are the set's own. Each kind is built as the product builds it, then opened and asked
in a new process. Prints a Markdown table; latencies are of one client, and hold the look-up of stored vectors.
"""

import argparse
import resource
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path

import numpy as np
from sqlalchemy import Connection, insert

from bench.index_scale.corpus import Corpus, corpus_of, nearest
from evals.sets.load import load_set
from index import changes, collections, schema
from index.catalog import Catalog
from index.collections import IndexSpec
from index.dense import building
from index.dense.building import DenseSettings
from index.dense.keys import Keys
from index.encode import Vectors
from index.snapshots import Snapshots

K = 10
CANDIDATES = 50
SHARES = (0.01, 0.0001)
_CHANGES = 20
KINDS = {"flat-fp16": DenseSettings(exact_up_to=10**9), "ivf-sq8": DenseSettings(exact_up_to=0)}


@dataclass(frozen=True, slots=True)
class Figures:
    """Seconds, MiB and milliseconds; ``filtered`` is the p95 for each of ``SHARES``."""

    open_s: float
    resident_mib: float
    recall: float
    p50_ms: float
    p95_ms: float
    filtered_ms: tuple[float, ...]
    filtered_recall: tuple[float, ...]
    add_ms: float
    remove_ms: float


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("set", type=Path)
    parser.add_argument("--documents", type=Path)
    parser.add_argument("--sizes", type=int, nargs="+", default=[10_000, 100_000])
    parser.add_argument("--questions", type=int, default=300)
    options = parser.parse_args()
    corpus = corpus_of(load_set(options.set, options.documents), options.questions)
    print(f"{len(corpus.sentences)} sentences, {len(corpus.questions)} questions\n")
    allowed = " | ".join(f"p95 (recall) of {share:.2%}" for share in SHARES)
    print(f"| passages | kind | build s | MiB | open s | resident MiB | recall@{K} | p50 ms | p95 ms | {allowed} "
          "| add a document, ms | remove it, ms |")  # fmt: skip
    print("|---" * (11 + len(SHARES)) + "|")
    for size in options.sizes:
        with tempfile.TemporaryDirectory() as folder:
            for row in rows(Path(folder), corpus, size):
                print(row, flush=True)


def rows(folder: Path, corpus: Corpus, size: int) -> list[str]:
    """A row of the table for each kind."""
    catalog = Catalog(folder / "catalog.db")
    spec = IndexSpec("bench", corpus.question_vectors.shape[1], 120, 200)
    collection = catalog.ensure_collection("bench", spec)
    fill(catalog, collection.id, corpus, size)
    exact = nearest(corpus.question_vectors, stored(corpus, size), K)
    made = []
    for kind, settings in KINDS.items():
        start = time.perf_counter()
        manifest = building.build(catalog.engine, folder / "index", collection.id, settings)
        assert manifest is not None and manifest.kind == kind
        built = time.perf_counter() - start
        size_mib = sum(file.stat().st_size for file in (folder / "index").iterdir()) / 2**20
        with ProcessPoolExecutor(1, get_context("spawn")) as pool:
            f = pool.submit(measure, folder, settings, corpus.question_vectors, exact).result()
        filtered = " | ".join(f"{p95:.1f} ({r:.3f})" for p95, r in zip(f.filtered_ms, f.filtered_recall, strict=True))
        probes = f" ({manifest.probes})" if manifest.probes else ""
        made.append(
            f"| {size:,} | {kind}{probes} | {built:.1f} | {size_mib:.0f} | {f.open_s:.2f} | {f.resident_mib:.0f} "
            f"| {f.recall:.3f} | {f.p50_ms:.1f} | {f.p95_ms:.1f} | {filtered} | {f.add_ms:.1f} | {f.remove_ms:.1f} |"
        )
    catalog.close()
    return made


def fill(catalog: Catalog, collection_id: int, corpus: Corpus, size: int) -> None:
    """Passages without texts: dense search reads none. Documents of a hundred passages, keys from 1 on."""
    for first in range(0, size, 10_000):
        with schema.write(catalog.engine) as connection:
            for start in range(first, min(first + 10_000, size), 100):
                add(connection, collection_id, f"{start}", corpus.document(start, min(100, size - start))[1])
            collections.bump(connection, collection_id)


def add(connection: Connection, collection_id: int, name: str, vectors: Vectors) -> int:
    """A document; gives its key."""
    document = {
        "collection_id": collection_id, "id": name, "uri": name, "title": name, "media_type": "text/plain",
        "sha256": name, "characters": 0, "passages": len(vectors), "metadata": {}, "blocks": [], "text": "",
        "ingested_at": "2026-01-01T00:00:00+00:00",
    }  # fmt: skip
    made = connection.execute(insert(schema.documents).values(document)).inserted_primary_key
    assert made is not None
    own = {"collection_id": collection_id, "document_key": made[0], "start": 0, "end": 0, "section": [], "text": ""}
    values = [{**own, "input_hash": b"", "vector": vector.tobytes()} for vector in vectors.astype("<f2")]
    connection.execute(insert(schema.passages), values)
    return int(made[0])


def stored(corpus: Corpus, size: int) -> Iterator[tuple[Keys, Vectors]]:
    """The passages as ``fill`` writes them."""
    for start in range(0, size, 100):
        vectors = corpus.document(start, min(100, size - start))[1].astype("<f2").astype(np.float32)
        yield np.arange(start + 1, start + 1 + len(vectors)), vectors


def measure(folder: Path, settings: DenseSettings, questions: Vectors, exact: Keys) -> Figures:
    """In a process of its own, so that what is resident is the index's."""
    before = _resident_mib()
    catalog = Catalog(folder / "catalog.db")
    start = time.perf_counter()
    snapshots = Snapshots(catalog.engine, folder / "index", settings)
    with schema.read(catalog.engine) as connection:
        collection = catalog.collection_in(connection, "bench")
        snapshots.get(connection, collection)
    opened = time.perf_counter() - start

    def search(allowed: Keys | None) -> tuple[list[float], list[list[int]]]:
        times, found = [], []
        for question in questions:
            start = time.perf_counter()
            with schema.read(catalog.engine) as connection:
                dense = snapshots.get(connection, catalog.collection_in(connection, "bench"))
                found.append([key for key, _ in dense.search(question, CANDIDATES, allowed)[:K]])
            times.append((time.perf_counter() - start) * 1000)
        return times, found

    search(None)
    times, found = search(None)
    resident = _resident_mib() - before
    recall = float(np.mean([len(set(a) & set(b)) / K for a, b in zip(found, exact.tolist(), strict=True)]))
    filtered_ms, filtered_recall = [], []
    for share in SHARES:
        with schema.read(catalog.engine) as connection:
            keys = changes.all_keys(connection, collection.id, 2**62)
            allowed = np.sort(np.random.default_rng(1).choice(keys, max(20, int(len(keys) * share)), replace=False))
            vectors = changes.vectors_of(connection, allowed, collection.spec.dimension)[1]
        own, got = search(allowed)
        best = [set(allowed[np.argsort(-(vectors @ question))[:K]].tolist()) for question in questions]
        filtered_ms.append(float(np.percentile(own, 95)))
        filtered_recall.append(float(np.mean([len(set(a) & b) / len(b) for a, b in zip(got, best, strict=True)])))
    add_ms, remove_ms = change(catalog, snapshots, questions)
    catalog.close()
    return Figures(
        opened, resident, recall, float(np.percentile(times, 50)), float(np.percentile(times, 95)), tuple(filtered_ms),
        tuple(filtered_recall), add_ms, remove_ms,
    )  # fmt: skip


def change(catalog: Catalog, snapshots: Snapshots, questions: Vectors) -> tuple[float, float]:
    """From a write of a document of 100 passages to the end of the search that sees it, and of its removal."""

    def timed(change: Callable[[Connection], None]) -> float:
        start = time.perf_counter()
        with schema.write(catalog.engine) as connection:
            change(connection)
            collections.bump(connection, collections.get(connection, "bench").id)
        with schema.read(catalog.engine) as connection:
            collection = catalog.collection_in(connection, "bench")
            snapshots.get(connection, collection).search(questions[0], CANDIDATES)
        return (time.perf_counter() - start) * 1000

    collection = catalog.collection("bench")
    vectors = np.repeat(questions[:1], 100, axis=0)
    keys: list[int] = []

    def write(connection: Connection) -> None:
        keys.append(add(connection, collection.id, f"new {len(keys)}", vectors))

    def remove(connection: Connection) -> None:
        key = keys.pop()
        changes.note_removal(connection, collection.id, key)
        connection.execute(schema.documents.delete().where(schema.documents.c.key == key))

    added = [timed(write) for _ in range(_CHANGES)]
    removed = [timed(remove) for _ in range(_CHANGES)]
    return float(np.median(added)), float(np.median(removed))


def _resident_mib() -> float:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * resource.getpagesize() / 2**20


if __name__ == "__main__":
    main()
