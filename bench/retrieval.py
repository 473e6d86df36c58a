"""Which passages retrieval hands to the reader: fusion, passage sizes, context lines and neighbours, compared.

``python -m bench.retrieval SET [--limit N]``. Every way is tried on the same questions in one run; a hit is right by
the rules of ``evals/evidence.py``. Prints a Markdown table.
"""

import argparse
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from core.types import DocumentRef, Hit, Passage
from evals.evidence import EvidenceLocator, Place, finds_any, stretch_of_hit
from evals.sets.load import load_set
from evals.sets.sample import sample
from evals.sets.types import QuestionSet
from evals.work_folder import open_work_folder
from index.encode import SentenceTransformerEncoder, Vectors
from index.encoder_names import ENGLISH
from index.search import SearchSettings
from ingest.split import SplitSettings, split
from service.engine import Engine
from service.settings import load_settings

TOP_K = 50
SIZES = ((120, 200), (60, 120), (180, 240), (1, 200))

Ranker = Callable[[str], list[Hit]]


class WithoutContext(SentenceTransformerEncoder):
    """Embeds a passage without the line of title and section above it."""

    def encode_passages(self, texts: Sequence[str], progress: Callable[[int], None] | None = None) -> Vectors:
        return super().encode_passages([text.partition("\n")[2] for text in texts], progress)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("set", type=Path)
    parser.add_argument("--documents", type=Path)
    parser.add_argument("--limit", type=int, default=500)
    options = parser.parse_args()
    loaded = load_set(options.set, options.documents)
    questions = [q for q in loaded.questions if q.answerable and q.evidence]
    chosen = replace(loaded, questions=sample(tuple(questions), options.limit, 0))
    print(f"{len(chosen.questions)} questions of {chosen.name}\n")
    print("| passages (target / maximum) | way | hit@1 | hit@3 | hit@5 | hit@10 |\n|---|---|---|---|---|---|")
    for row in rows(chosen):
        print(row, flush=True)


def rows(chosen: QuestionSet) -> Iterator[str]:
    for target, maximum in SIZES:
        encoders = [("", SentenceTransformerEncoder(ENGLISH))]
        if (target, maximum) == SIZES[0]:
            encoders.append((" without context lines", WithoutContext(ENGLISH)))
        for suffix, encoder in encoders:
            with tempfile.TemporaryDirectory() as folder:
                work = open_work_folder(Path(folder) / "work", chosen.documents)
                settings = load_settings(
                    {"data_dir": work.data_dir, "ingest": {"split_target": target, "split_maximum": maximum}}
                )
                with Engine.open(settings, encoder) as engine:
                    engine.ingest(work.files)
                    for way, ranker in _rankers(engine, (target, maximum), everything=not suffix):
                        figures = " | ".join(f"{share:.3f}" for share in hits_at(engine, chosen, ranker))
                        yield f"| {target} / {maximum}{suffix} | {way} | {figures} |"


def _rankers(engine: Engine, sizes: tuple[int, int], *, everything: bool) -> Iterator[tuple[str, Ranker]]:
    def fused(weight: float, count: int = TOP_K, **more: Any) -> Ranker:
        settings = SearchSettings(TOP_K, weight, **more)
        return lambda q: list(engine.store.search("default", q, count, settings).hits)

    if not everything or sizes != SIZES[0]:
        yield "normalised, 0.5", fused(0.5)
        yield "dense", fused(1.0)
        return
    yield "dense", fused(1.0)
    yield "BM25", fused(0.0)
    yield "RRF", fused(0.5, fusion="ranks")
    for weight in (0.3, 0.5, 0.7):
        yield f"normalised, {weight}", fused(weight)
    yield "normalised, 0.5, duplicates not folded", fused(0.5, fold_duplicates=False)
    yield "normalised, 0.5, two hits of a document at most", fused(0.5, 10, per_document=2)
    yield "normalised, 0.5, hits that follow each other joined", fused(0.5, join_neighbours=True)
    yield "normalised, 0.5, each with its neighbours", _with_neighbours(engine, fused(0.5), sizes)


def _with_neighbours(engine: Engine, ranker: Ranker, sizes: tuple[int, int]) -> Ranker:
    """Each hit widened by the passage before and the one after: three times the reading."""
    known: dict[str, list[Passage]] = {}

    def widen(hit: Hit) -> Hit:
        document = hit.passage.document.id
        if document not in known:
            count = engine.store.encoder.count_tokens
            known[document] = split(engine.document(document), count, SplitSettings(*sizes))
        passages = known[document]
        place = next(i for i, p in enumerate(passages) if p.start == hit.passage.start)
        around = passages[max(0, place - 1) : place + 2]
        return replace(hit, passage=replace(hit.passage, start=around[0].start, end=around[-1].end))

    return lambda q: [widen(hit) for hit in ranker(q)[:10]]


def hits_at(engine: Engine, chosen: QuestionSet, ranker: Ranker) -> list[float]:
    refs = [DocumentRef(row.id, row.uri, row.title, row.media_type) for row in engine.documents()]
    locator = EvidenceLocator(refs, engine.document)
    ranks = []
    for question in chosen.questions:
        places: list[Place] = [place for evidence in question.evidence for place in locator.locate(evidence).places]
        found = (i for i, hit in enumerate(ranker(question.text), start=1) if finds_any(stretch_of_hit(hit), places))
        ranks.append(next(found, TOP_K + 1))
    return [sum(rank <= k for rank in ranks) / len(ranks) for k in (1, 3, 5, 10)]


if __name__ == "__main__":
    main()
