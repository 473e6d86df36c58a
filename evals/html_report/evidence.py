"""The places where a question's answer is written, and whether the run found and cited them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from evals.html_report.excerpts import Excerpt, beginning, excerpt
from evals.rows import Row
from evals.sets.types import Evidence

_MOST = 600


@dataclass(frozen=True, slots=True)
class EvidenceView:
    """A distinct piece of evidence. ``rank`` is the first hit that finds it, ``marker`` the citation on it."""

    document: str | None
    page: int | None
    quote: Excerpt | None
    fault: str | None
    rank: int | None
    marker: int | None


def evidence_views(row: Row) -> Iterator[EvidenceView]:
    """In the order of ``Row.piece_grades``: by the first mention of each quote or page (evals/judge.py)."""
    pieces: dict[tuple[str | None, str | None, int | None], list[tuple[Evidence, str | None]]] = {}
    for evidence, fault in zip(row.question.evidence, row.evidence_faults, strict=True):
        pieces.setdefault(evidence.piece, []).append((evidence, fault))
    markers = [citation.marker for citation in row.answer.citations] if row.answer else []
    for i, own in enumerate(pieces.values()):
        first = own[0][0]
        cited = _first(i, row.citation_pieces)
        yield EvidenceView(
            document=first.document,
            page=first.page,
            quote=_quote(first),
            fault=None if any(fault is None for _, fault in own) else own[0][1],
            rank=None if (found := _first(i, row.hit_pieces)) is None else found + 1,
            marker=None if cited is None else markers[cited],
        )


def _first(piece: int, found: Sequence[Sequence[int]]) -> int | None:
    return next((i for i, pieces in enumerate(found) if piece in pieces), None)


def _quote(evidence: Evidence) -> Excerpt | None:
    """With the characters of the answer lit where the set marks them."""
    if evidence.quote is None:
        return None
    if evidence.answer is None:
        return beginning(evidence.quote, _MOST)
    return excerpt(evidence.quote, *evidence.answer)
