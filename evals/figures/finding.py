"""Did the search find the evidence? Over the questions whose evidence the set names; an error finds nothing."""

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


def ranking(row: Row) -> list[int]:
    """The grade of each hit in rank order, a piece of evidence counted where it is found first.

    Where evidence is whole documents, a document's further passages are left out: documents are ranked then, by
    their best passage, as in BEIR.
    """
    whole_documents = all(e.quote is None and e.page is None for e in row.question.evidence)
    found: set[int] = set()
    documents: set[str] = set()
    grades = []
    for i, pieces in enumerate(row.hit_pieces):
        if whole_documents and row.answer is not None:
            document = row.answer.hits[i].passage.document.id
            if document in documents:
                continue
            documents.add(document)
        new = [piece for piece in pieces if piece not in found]
        found.update(new)
        # A hit that finds two pieces counts as two hits: the reader has both before him.
        grades += sorted((row.piece_grades[piece] for piece in new), reverse=True) or [0]
    return grades


def _located(row: Row) -> Iterator[float]:
    return (float(fault is None) for fault in row.evidence_faults)


def _of_evidence(score: Callable[[Row], float]) -> Callable[[Row], Iterator[float]]:
    def cases(row: Row) -> Iterator[float]:
        if row.has_evidence:
            yield score(row)

    return cases


def _hit(k: int) -> Metric:
    meaning = "the first hit holds the evidence" if k == 1 else f"one of the first {k} hits holds the evidence"
    return Metric(f"hit@{k}", meaning, _of_evidence(lambda row: hit_at(row.hits_on_evidence, k)), least_hits=k)


def _recall(k: int) -> Metric:
    return Metric(
        f"recall@{k}",
        f"the share of a question's evidence that is among the first {k} hits",
        _of_evidence(lambda row: recall_at(ranking(row), len(row.piece_grades), k)),
        least_hits=k,
    )


METRICS = (
    Metric("evidence_located", "the set's evidence was found in the ingested text", _located),
    *(_hit(k) for k in CUTOFFS),
    *(_recall(k) for k in (5, RANK_CUTOFF)),
    Metric(
        f"mrr@{RANK_CUTOFF}",
        "1 / rank of the first hit with evidence",
        _of_evidence(lambda row: reciprocal_rank(row.hits_on_evidence, RANK_CUTOFF)),
        unit=Unit.SCORE,
        least_hits=RANK_CUTOFF,
    ),
    Metric(
        f"ndcg@{RANK_CUTOFF}",
        "how high up all the evidence is, the best of it highest",
        _of_evidence(lambda row: ndcg_at(ranking(row), row.piece_grades, RANK_CUTOFF)),
        unit=Unit.SCORE,
        least_hits=RANK_CUTOFF,
    ),
    Metric(
        f"map@{RANK_CUTOFF}",
        "the precision at each piece of evidence",
        _of_evidence(lambda row: average_precision(ranking(row), len(row.piece_grades), RANK_CUTOFF)),
        unit=Unit.SCORE,
        least_hits=RANK_CUTOFF,
    ),
)
