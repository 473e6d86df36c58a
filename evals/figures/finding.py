"""Did the search find the evidence? Over the questions whose evidence the set names; an error finds nothing."""

from functools import partial

from evals.figures.types import NOT_MEASURED, Measured, Metric, Unit, mean
from evals.metrics.hit import hit_at
from evals.metrics.reciprocal_rank import reciprocal_rank
from evals.run import Run

CUTOFFS = (1, 3, 5, 10)
RANK_CUTOFF = 10


def _located(run: Run) -> Measured:
    return mean(float(fault is None) for row in run.rows for fault in row.evidence_faults)


def _hit(k: int, run: Run) -> Measured:
    if run.top_k < k:
        return NOT_MEASURED
    return mean(hit_at(row.hits_on_evidence, k) for row in run.rows if row.has_evidence)


def _mean_reciprocal_rank(run: Run) -> Measured:
    if run.top_k < RANK_CUTOFF:
        return NOT_MEASURED
    return mean(reciprocal_rank(row.hits_on_evidence, RANK_CUTOFF) for row in run.rows if row.has_evidence)


def _hit_meaning(k: int) -> str:
    return "the first hit holds the evidence" if k == 1 else f"one of the first {k} hits holds the evidence"


METRICS = (
    Metric("evidence_located", "the set's evidence was found in the ingested text", _located),
    *(Metric(f"hit@{k}", _hit_meaning(k), partial(_hit, k)) for k in CUTOFFS),
    Metric(f"mrr@{RANK_CUTOFF}", "1 / rank of the first hit with evidence", _mean_reciprocal_rank, Unit.SCORE),
)
