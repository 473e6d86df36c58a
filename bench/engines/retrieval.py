"""hit@k of one question set on each engine, over the same passages and vectors."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from bench.retrieval import TOP_K, hits_at
from core.types import Hit
from evals.sets.load import load_set
from evals.sets.sample import sample
from evals.sets.types import QuestionSet
from evals.work_folder import open_work_folder
from index.encode import SentenceTransformerEncoder, Vectors
from index.search import SearchSettings
from service.engine import Engine
from service.moving.move import Wanted, move
from service.moving.places import Target
from service.settings import Settings


class Remembering(SentenceTransformerEncoder):
    """Embeds each question once, whichever engine it is asked of."""

    def __init__(self) -> None:
        super().__init__()
        self._known: dict[str, Vectors] = {}

    def encode_questions(self, texts: Sequence[str]) -> Vectors:
        key = "\0".join(texts)
        if key not in self._known:
            self._known[key] = super().encode_questions(texts)
        return self._known[key]


def compare(
    question_set: Path, documents: Path | None, limit: int, folder: Path, places: Mapping[str, Settings]
) -> None:
    """Prints a table. The first of the places reads the documents; to the others they are moved."""
    loaded = load_set(question_set, documents)
    questions = [q for q in loaded.questions if q.answerable and q.evidence]
    chosen = replace(loaded, questions=sample(tuple(questions), limit, 0))
    files = open_work_folder(folder / "work", chosen.documents).files
    encoder = Remembering()
    first, *others = places
    with Engine.open(places[first], encoder) as engine:
        report = engine.ingest(files)
        passages = engine.collection("default").passages
        print(
            f"\n{chosen.name}: {len(chosen.questions)} questions, {len(files)} documents, {passages:,} passages", end=""
        )
        print(f", {len(report.failed)} files not read\n")
        print("| engine | moved in, s | same hits | hit@1 | hit@3 | hit@5 | hit@10 | hybrid p50 / p95, ms |")
        print("|---|---|---|---|---|---|---|---|")
        print(_row(first, "|", engine, chosen), flush=True)
    for name in others:
        began = time.perf_counter()
        done = move(places[first], Target(places[name], True), Wanted(), lambda *_: None)
        moved = f"{time.perf_counter() - began:.1f} | {done.collections[0].agreement.shared:.3f}"
        with Engine.open(places[name], encoder) as engine:
            print(_row(name, moved, engine, chosen), flush=True)


def _row(name: str, moved: str, engine: Engine, chosen: QuestionSet) -> str:
    took: list[float] = []

    def ranker(question: str) -> list[Hit]:
        engine.store.encoder.encode_questions([question])  # so that the clock does not run for that
        began = time.perf_counter()
        found = list(engine.store.search("default", question, TOP_K, SearchSettings()).hits)
        took.append((time.perf_counter() - began) * 1_000)
        return found

    figures = " | ".join(f"{share:.3f}" for share in hits_at(engine, chosen, ranker))
    p50, p95 = np.percentile(took, [50, 95])
    return f"| {name} | {moved} | {figures} | {p50:.1f} / {p95:.1f} |"
