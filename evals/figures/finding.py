"""Did the search find the evidence? Over the questions whose evidence the set names; an error finds nothing.

What is ranked are the hits; where the set's evidence is whole documents, it is the documents, each where its first
passage is, as in BEIR. Trap: ten passages hold fewer than ten documents, so figures at 10 are a little low then.
"""

from collections.abc import Callable, Iterator

from evals.figures.types import Metric, Unit
from evals.metrics.average_precision import average_precision
from evals.metrics.hit import hit_at
from evals.metrics.ndcg import ndcg_at
from evals.metrics.recall import recall_at
from evals.metrics.reciprocal_rank import reciprocal_rank
from evals.rows import Row

CUTOFFS = (1, 3, 5, 10)
RANK_CUTOFF = 10

Ranking = list[list[int]]
"""By rank, the grades of the pieces of evidence that are found there and not higher up."""


def ranking(row: Row) -> Ranking:
    found: set[int] = set()
    ranks: Ranking = []
    for pieces in _ranked(row):
        new = [piece for piece in pieces if piece not in found]
        found.update(new)
        ranks.append([row.piece_grades[piece] for piece in new])
    return ranks


def _ranked(row: Row) -> Iterator[tuple[int, ...]]:
    whole_documents = all(e.quote is None and e.page is None for e in row.question.evidence)
    documents: set[str] = set()
    for hit, pieces in zip(row.answer.hits if row.answer else (), row.hit_pieces, strict=True):
        document = hit.passage.document.id
        if not whole_documents or document not in documents:
            yield pieces
        documents.add(document)


def _located(row: Row) -> Iterator[float]:
    return (float(fault is None) for fault in row.evidence_faults)


def _of_evidence(score: Callable[[Row, Ranking], float]) -> Callable[[Row], Iterator[float]]:
    def cases(row: Row) -> Iterator[float]:
        if row.has_evidence:
            yield score(row, ranking(row))

    return cases


def _marks(ranks: Ranking) -> list[bool]:
    return [bool(grades) for grades in ranks]


def _counts(ranks: Ranking) -> list[int]:
    return [len(grades) for grades in ranks]


def _hit(k: int) -> Metric:
    meaning = "the first hit holds the evidence" if k == 1 else f"one of the first {k} hits holds the evidence"
    return Metric(f"hit@{k}", meaning, _of_evidence(lambda row, ranks: hit_at(_marks(ranks), k)), least_hits=k)


def _recall(k: int) -> Metric:
    return Metric(
        f"recall@{k}",
        f"the share of a question's evidence that is among the first {k} hits",
        _of_evidence(lambda row, ranks: recall_at(_counts(ranks), len(row.piece_grades), k)),
        least_hits=k,
    )


def _score(name: str, meaning: str, score: Callable[[Row, Ranking], float]) -> Metric:
    return Metric(f"{name}@{RANK_CUTOFF}", meaning, _of_evidence(score), unit=Unit.SCORE, least_hits=RANK_CUTOFF)


METRICS = (
    Metric("evidence_located", "the set's evidence was found in the ingested text", _located),
    *(_hit(k) for k in CUTOFFS),
    *(_recall(k) for k in (5, RANK_CUTOFF)),
    _score(
        "mrr",
        "1 / rank of the first hit with evidence",
        lambda row, ranks: reciprocal_rank(_marks(ranks), RANK_CUTOFF),
    ),
    _score(
        "ndcg",
        "how high up all the evidence is, the best of it highest",
        lambda row, ranks: ndcg_at([sum(grades) for grades in ranks], row.piece_grades, RANK_CUTOFF),
    ),
    _score(
        "map",
        "the precision at each piece of evidence",
        lambda row, ranks: average_precision(_counts(ranks), len(row.piece_grades), RANK_CUTOFF),
    ),
)
