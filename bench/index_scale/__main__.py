"""``python -m bench.index_scale SET [--sizes 10000 100000 1000000] [--peers 10000 100000] [--folder FOLDER]
[--only-peers Chroma] [--output FIGURES.json]``.

Builds a collection of each size, then measures it in a process of its own: bytes on disk, time to open, resident
memory, recall@10 against comparing all, milliseconds of dense, keyword, hybrid and filtered search with one client and
eight, of adding a document of one passage and deleting it, each up to the next search. ``--peers`` does what they can
of it with LangChain's FAISS store, Chroma and LanceDB. ``--output`` adds to a file for ``bench.index_scale.growth``.
Questions are embedded before the clock starts. Prints Markdown tables.
Needs ``pip install -e '.[bench]'`` for the peers. Linux only.
"""

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from bench.index_scale import ours, peers
from bench.index_scale.corpus import DOCUMENT, Corpus, corpus_of, nearest
from bench.ingest_pipelines.memory import held
from evals.sets.load import load_set
from index.search import SearchSettings

QUESTIONS = 300
CHANGES = 20
PEERS: dict[str, Callable[[Path, int], peers.Peer]] = {
    "LangChain FAISS": peers.LangChainFaiss,
    "Chroma": peers.Chroma,
    "LanceDB": peers.Lance,
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("set", type=Path)
    parser.add_argument("--sizes", type=int, nargs="*", default=[10_000, 100_000, 1_000_000])
    parser.add_argument("--peers", type=int, nargs="*", default=[])
    parser.add_argument("--only-peers", choices=PEERS, nargs="*", default=list(PEERS))
    parser.add_argument("--folder", type=Path)
    parser.add_argument("--output", type=Path, help="a JSON file, to which the figures are added")
    parser.add_argument("--one", nargs=2, help=argparse.SUPPRESS)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=options.folder) as own:
        folder = Path(own) if options.one is None else options.folder
        if options.one is not None:
            corpus = Corpus.load(folder / "corpus.npz")
            what, size = options.one[0], int(options.one[1])
            made = {"build": _build, "measure": _measure}.get(what)
            print(json.dumps(made(folder, corpus, size) if made else _peer(folder, corpus, size, what)))
            return
        corpus_of(load_set(options.set), QUESTIONS).save(folder / "corpus.npz")
        wanted = {"Footnoted": options.sizes} | dict.fromkeys(options.only_peers, options.peers)
        for name, sizes in wanted.items():
            columns = []
            for size in sizes:
                columns.append(
                    _ours(folder, size, options.set) if name == "Footnoted" else _apart(folder, name, size, options.set)
                )
                if options.output is not None:
                    _keep(options.output, name, columns[-1])
            if columns:
                _table(name, columns)


def _ours(folder: Path, size: int, question_set: Path) -> dict[str, Any]:
    return _apart(folder, "build", size, question_set) | _apart(folder, "measure", size, question_set)


def _apart(folder: Path, what: str, size: int, question_set: Path) -> dict[str, Any]:
    """In a process of its own, so that memory is its own."""
    command = [sys.executable, "-m", "bench.index_scale", str(question_set), "--folder", str(folder)]
    done = subprocess.run([*command, "--one", what, str(size)], stdout=subprocess.PIPE, check=True)
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return {"passages": size, **found}


def _build(folder: Path, corpus: Corpus, size: int) -> dict[str, Any]:
    began = time.perf_counter()
    with ours.open_store(folder / str(size), corpus) as store:
        ours.fill(store, corpus, size)
    return {"build, s": time.perf_counter() - began, "on disk, MB": _bytes(folder / str(size)) / 1e6}


def _measure(folder: Path, corpus: Corpus, size: int) -> dict[str, Any]:
    began = time.perf_counter()
    with ours.open_store(folder / str(size), corpus) as store:
        store.search(ours.COLLECTION, corpus.questions[0], 10, SearchSettings())
        found: dict[str, Any] = {"open and first search, s": time.perf_counter() - began}
        count = len(corpus.questions)
        for clients in (1, 8):
            for name, search in ours.searches(store, corpus).items():
                found[f"{name}, ms, {_clients(clients)}"] = _spread(ours.timed(search, count, clients))
        found["resident, MB"] = held() / 1e6
        found["recall@10"] = ours.recall(store, corpus, min(200, count))
        added, deleted = [], []
        collection = store.open_collection(ours.COLLECTION)
        for i in range(CHANGES):
            new = ours.entry(store, size + i, *corpus.document(size + i, 1))
            began = time.perf_counter()
            store.put(collection, [new])
            after = store.search(ours.COLLECTION, corpus.questions[i], 10)
            added.append((time.perf_counter() - began) * 1_000)
            began = time.perf_counter()
            store.remove(ours.COLLECTION, [new[0].document.id])
            after = store.search(ours.COLLECTION, corpus.questions[i], 10)
            deleted.append((time.perf_counter() - began) * 1_000)
            assert all(hit.passage.document.id != new[0].document.id for hit in after.hits)
    return found | {"add and search, ms": _spread(added), "delete and search, ms": _spread(deleted)}


def _peer(folder: Path, corpus: Corpus, size: int, name: str) -> dict[str, Any]:
    place = folder / f"{name}-{size}"
    began = time.perf_counter()
    peer = PEERS[name](place, corpus.sentence_vectors.shape[1])
    for number, (texts, vectors) in enumerate(corpus.documents(size)):
        peer.add([f"{number}:{i}" for i in range(len(texts))], texts, vectors)
    peer.save()
    found: dict[str, Any] = {"build, s": time.perf_counter() - began, "on disk, MB": _bytes(place) / 1e6}

    def search(i: int) -> object:
        return peer.search(corpus.question_vectors[i], 10)

    for clients in (1, 8):
        found[f"dense, ms, {_clients(clients)}"] = _spread(ours.timed(search, len(corpus.questions), clients))
    found["resident, MB"] = held() / 1e6
    asked = corpus.question_vectors[: min(200, len(corpus.questions))]
    numbered = ((np.arange(len(v)) + i * DOCUMENT, v) for i, (_, v) in enumerate(corpus.documents(size)))
    exact = nearest(asked, numbered, 10).tolist()
    got = [{int(n) * DOCUMENT + int(i) for n, i in (one.split(":") for one in peer.search(v, 10))} for v in asked]
    found["recall@10"] = float(np.mean([len(own & set(best)) / 10 for own, best in zip(got, exact, strict=True)]))
    added, deleted = [], []
    for i in range(CHANGES):
        texts, vectors = corpus.document(size + i, 1)
        began = time.perf_counter()
        peer.add([f"new:{i}"], texts, vectors)
        search(i)
        added.append((time.perf_counter() - began) * 1_000)
        began = time.perf_counter()
        peer.delete([f"new:{i}"])
        search(i)
        deleted.append((time.perf_counter() - began) * 1_000)
    return found | {"add and search, ms": _spread(added), "delete and search, ms": _spread(deleted)}


def _keep(output: Path, name: str, figures: dict[str, Any]) -> None:
    kept = json.loads(output.read_text()) if output.exists() else {}
    kept.setdefault(name, {})[str(figures["passages"])] = figures
    output.write_text(json.dumps(kept, indent=1))


def _table(name: str, columns: list[dict[str, Any]]) -> None:
    print(f"\n| {name} | " + " | ".join(f"{column['passages']:,}" for column in columns) + " |")
    print("|---" * (len(columns) + 1) + "|")
    for row in [key for key in columns[0] if key != "passages"]:
        print(f"| {row} | " + " | ".join(_shown(column[row]) for column in columns) + " |", flush=True)


def _shown(value: float | list[float]) -> str:
    return (
        " / ".join(f"{v:.1f}" for v in value)
        if isinstance(value, list)
        else f"{value:.3g}"
        if value < 10
        else f"{value:,.0f}"
    )


def _spread(milliseconds: list[float]) -> list[float]:
    """p50, p95 and p99."""
    return [float(value) for value in np.percentile(milliseconds, [50, 95, 99])]


def _clients(count: int) -> str:
    return "one client" if count == 1 else f"{count} clients"


def _bytes(place: Path) -> int:
    return sum(file.stat().st_size for file in place.rglob("*") if file.is_file())


if __name__ == "__main__":
    main()
