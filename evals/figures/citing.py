"""Does the answer point at the evidence, is every sentence supported, and are the quotes exact?"""

from collections.abc import Iterator

from evals.figures.types import Metric
from evals.metrics.evidence_cited import evidence_cited, evidence_cited_first
from evals.rows import Row


def _marks(row: Row) -> tuple[bool, ...]:
    return row.citations_on_evidence if row.answered else ()


def _cited(row: Row) -> Iterator[float]:
    if row.has_evidence:
        yield evidence_cited(_marks(row))


def _cited_first(row: Row) -> Iterator[float]:
    if row.has_evidence:
        yield evidence_cited_first(_marks(row))


def _cited_if_answered(row: Row) -> Iterator[float]:
    return _cited(row) if row.answered else iter(())


def _recall(row: Row) -> Iterator[float]:
    if row.answered:
        yield from map(float, row.sentences_supported)


def _precision(row: Row) -> Iterator[float]:
    if row.has_evidence:
        yield from map(float, _marks(row))


def _evidence_recall(row: Row) -> Iterator[float]:
    if row.has_evidence:
        cited = {piece for pieces in row.citation_pieces for piece in pieces} if row.answered else set()
        yield len(cited) / len(row.piece_grades)


def _quote_exact(row: Row) -> Iterator[float]:
    return map(float, row.citations_exact)


METRICS = (
    Metric("evidence_cited", "a citation is on the evidence; no answer counts as a miss", _cited),
    Metric("evidence_cited_first", "the first citation is on the evidence", _cited_first),
    Metric("evidence_cited_if_answered", "the same as evidence_cited, over the answers given", _cited_if_answered),
    Metric("evidence_recall", "the share of a question's evidence that is cited", _evidence_recall),
    Metric("citation_precision", "citations that are on the evidence", _precision),
    Metric("citation_recall", "answer sentences that their citations support (check by words)", _recall),
    Metric("quote_exact", "the quote is the document's text at its place; must be 100 %", _quote_exact),
)
