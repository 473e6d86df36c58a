"""Does the answer point at the evidence, and are its quotes exact?"""

from evals.figures.types import Measured, Metric, mean
from evals.metrics.evidence_cited import evidence_cited, evidence_cited_first
from evals.rows import Row
from evals.run import Run


def _marks(row: Row) -> tuple[bool, ...]:
    return row.citations_on_evidence if row.answered else ()


def _cited(run: Run) -> Measured:
    return mean(evidence_cited(_marks(row)) for row in run.rows if row.has_evidence)


def _cited_first(run: Run) -> Measured:
    return mean(evidence_cited_first(_marks(row)) for row in run.rows if row.has_evidence)


def _cited_if_answered(run: Run) -> Measured:
    return mean(evidence_cited(_marks(row)) for row in run.rows if row.has_evidence and row.answered)


def _quote_exact(run: Run) -> Measured:
    return mean(float(exact) for row in run.rows for exact in row.citations_exact)


METRICS = (
    Metric("evidence_cited", "a citation is on the evidence; no answer counts as a miss", _cited),
    Metric("evidence_cited_first", "the first citation is on the evidence", _cited_first),
    Metric("evidence_cited_if_answered", "the same, over the answers that were given", _cited_if_answered),
    Metric("quote_exact", "the quote is the document's text at its place; must be 100 %", _quote_exact),
)
