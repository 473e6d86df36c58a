"""How quickly each engine takes passages in, finds them, and sees a change."""

import time
from collections.abc import Mapping
from pathlib import Path

import numpy as np

from bench.index_scale import ours
from bench.index_scale.corpus import Corpus, corpus_of
from bench.ingest_pipelines.memory import held
from evals.sets.load import load_set
from index.dense.building import DenseSettings
from index.store import Store
from service.settings import Settings

_QUESTIONS = 200
_FEWEST, _LONGEST_S = 16, 30.0  # questions of a slow engine, and the seconds that they may take
_CHANGES = 20
_SEARCHES = ("dense", "keyword", "hybrid", "hybrid, filter 1 %")


def compare(question_set: Path, passages: int, places: Mapping[str, Settings], kept: Path | None) -> None:
    """Prints a table with a column for each engine. The embedded sentences are kept in a file, if there is one."""
    if kept is not None and kept.exists():
        corpus = Corpus.load(kept)
    else:
        corpus = corpus_of(load_set(question_set), _QUESTIONS)
        if kept is not None:
            corpus.save(kept)
    columns = {}
    for name, settings in places.items():
        with _opened(settings, corpus) as store:
            columns[name] = measured(store, corpus, passages)
        print(f"<!-- {name}: {columns[name]} -->", flush=True)
    print(f"\n| {passages:,} passages | " + " | ".join(columns) + " |")
    print("|---" * (len(columns) + 1) + "|")
    for row in next(iter(columns.values())):
        print(f"| {row} | " + " | ".join(column[row] for column in columns.values()) + " |")


def measured(store: Store, corpus: Corpus, passages: int) -> dict[str, str]:
    """Figures as they are shown, by their names."""
    began = time.perf_counter()
    collection = store.open_collection(ours.COLLECTION)
    waiting = []
    for number, (texts, vectors) in enumerate(corpus.documents(passages)):
        waiting.append(ours.entry(store, number, texts, vectors))
        if len(waiting) == 20:
            store.put(collection, waiting)
            waiting = []
    store.put(collection, waiting)
    written = time.perf_counter() - began
    store.refresh(ours.COLLECTION, save=True)
    ready = time.perf_counter() - began
    found = {
        "written, passages/s": f"{passages / written:,.0f}",
        "written and indexed, passages/s": f"{passages / ready:,.0f}",
    }
    searches = ours.searches(store, corpus)
    for name in _SEARCHES:
        began = time.perf_counter()
        searches[name](0)
        searches[name](1)
        each = (time.perf_counter() - began) / 2
        count = max(_FEWEST, min(len(corpus.questions), round(_LONGEST_S / each)))
        for clients in (1, 8):
            took = ours.timed(searches[name], count, clients)
            found[f"{name}, {clients} client{'s' * (clients > 1)}, p50 / p95 ms"] = _spread(took)
    found["recall@10"] = f"{ours.recall(store, corpus, 100):.3f}"
    added, deleted = [], []
    for i in range(_CHANGES):
        new = ours.entry(store, passages + i, *corpus.document(passages + i, 1))
        began = time.perf_counter()
        store.put(collection, [new])
        store.search(ours.COLLECTION, corpus.questions[i], 10)
        added.append((time.perf_counter() - began) * 1_000)
        began = time.perf_counter()
        store.remove(ours.COLLECTION, [new[0].document.id])
        after = store.search(ours.COLLECTION, corpus.questions[i], 10)
        deleted.append((time.perf_counter() - began) * 1_000)
        assert all(hit.passage.document.id != new[0].document.id for hit in after.hits)
    found["add and search, p50 / p95 ms"] = _spread(added)
    found["delete and search, p50 / p95 ms"] = _spread(deleted)
    found["memory of this process, MB"] = f"{held() / 1e6:,.0f}"
    return found


def _opened(settings: Settings, corpus: Corpus) -> Store:
    dense = DenseSettings(settings.index.exact_up_to, settings.index.recall)
    encoder = ours.KnownQuestions(corpus)
    return Store(settings.place, encoder, (120, 200), dense, index_url=settings.index.address)


def _spread(milliseconds: list[float]) -> str:
    p50, p95 = np.percentile(milliseconds, [50, 95])
    return f"{p50:.1f} / {p95:.1f}"
