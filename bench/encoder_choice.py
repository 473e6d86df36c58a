"""Which encoder finds more: dense alone, and fused with keyword search, on question sets of any languages.

``python -m bench.encoder_choice SET … [--encoders english multilingual] [--precisions auto …] [--limit N]``. The same
questions for each encoder in each precision of its passages, in one run; a hit is right by the rules of
``evals/evidence.py``. Prints a Markdown table.
"""

import argparse
import tempfile
import time
from collections.abc import Iterator
from dataclasses import replace
from itertools import product
from pathlib import Path
from typing import get_args

from bench.retrieval import TOP_K, hits_at
from evals.sets.load import load_set
from evals.sets.sample import sample
from evals.sets.types import QuestionSet
from evals.work_folder import open_work_folder
from index.encode import Backend, SentenceTransformerEncoder
from index.precision import Precision
from index.search import SearchSettings
from service.engine import Engine
from service.settings import load_settings

WEIGHTS = {"dense": 1.0, "fused, 0.7": 0.7, "fused, 0.6": 0.6, "fused, 0.5": 0.5}
KEYWORDS = "keywords (BM25)"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("sets", type=Path, nargs="+")
    parser.add_argument("--documents", type=Path)
    parser.add_argument("--encoders", nargs="+", default=["english", "multilingual"])
    parser.add_argument("--precisions", nargs="+", choices=get_args(Precision), default=["auto"])
    parser.add_argument("--limit", type=int, default=300)
    options = parser.parse_args()
    encoders = list(product(options.encoders, options.precisions))
    print("| set | encoder | way | hit@1 | hit@3 | hit@5 | hit@10 |\n|---|---|---|---|---|---|---|")
    for path in options.sets:
        loaded = load_set(path, options.documents)
        questions = tuple(q for q in loaded.questions if q.answerable and q.evidence)
        chosen = replace(loaded, questions=sample(questions, options.limit, 0))
        for number, (name, precision) in enumerate(encoders):
            for row in rows(chosen, name, precision, keywords=number == 0):
                print(f"| {path.stem} {row}", flush=True)


def rows(chosen: QuestionSet, model: str, precision: Precision, *, keywords: bool) -> Iterator[str]:
    backend: Backend = "auto" if precision == "auto" else "openvino"
    encoder = SentenceTransformerEncoder(model, precision=precision, backend=backend)
    name = model if precision == "auto" else f"{model}, {precision}"
    with tempfile.TemporaryDirectory() as folder:
        work = open_work_folder(Path(folder) / "work", chosen.documents)
        with Engine.open(load_settings({"data_dir": work.data_dir}), encoder) as engine:
            began = time.perf_counter()
            engine.ingest(work.files)
            took = time.perf_counter() - began
            for way, weight in {**WEIGHTS, **({KEYWORDS: 0.0} if keywords else {})}.items():
                settings = SearchSettings(TOP_K, weight)
                shares = hits_at(
                    engine, chosen, lambda q, s=settings: list(engine.store.search("default", q, TOP_K, s).hits)
                )
                figures = " | ".join(f"{share:.3f}" for share in shares)
                yield f"| {'' if way == KEYWORDS else name} | {way} | {figures} |"
            yield f"| {name} | ingest, s | {took:.1f} | | | |"


if __name__ == "__main__":
    main()
