"""Each citation with its quote lit inside the passage that was found, and each hit."""

from collections.abc import Iterator
from dataclasses import dataclass

from core.types import Answer, Citation, Hit
from evals.html_report.excerpts import Excerpt, beginning, excerpt
from evals.rows import Row

_HIT_MOST = 180


@dataclass(frozen=True, slots=True)
class CitationView:
    """``passage`` is None where no hit holds the quote at its place; ``on_evidence`` where the set names none."""

    marker: int
    title: str
    place: str
    quote: str
    support: float
    exact: bool
    on_evidence: bool | None
    passage: Excerpt | None
    rank: int | None


@dataclass(frozen=True, slots=True)
class HitView:
    """A passage that was found, with its beginning."""

    rank: int
    title: str
    place: str
    score: float
    source: str
    on_evidence: bool
    text: Excerpt


def citation_views(row: Row) -> Iterator[CitationView]:
    if row.answer is None:
        return
    for i, citation in enumerate(row.answer.citations):
        rank = _rank_holding(citation, row.answer)
        yield CitationView(
            marker=citation.marker,
            title=citation.document.title,
            place=_place(citation.page, citation.section),
            quote=citation.quote,
            support=citation.support,
            exact=row.citations_exact[i],
            on_evidence=row.citations_on_evidence[i] if row.has_evidence else None,
            passage=None if rank is None else _lit(citation, row.answer.hits[rank - 1]),
            rank=rank,
        )


def hit_views(row: Row) -> Iterator[HitView]:
    if row.answer is None:
        return
    for i, hit in enumerate(row.answer.hits):
        passage = hit.passage
        yield HitView(
            rank=i + 1,
            title=passage.document.title,
            place=_place(passage.pages[0] if passage.pages else None, passage.section),
            score=hit.score,
            source=hit.source,
            on_evidence=row.hits_on_evidence[i],
            text=beginning(passage.text, _HIT_MOST),
        )


def _rank_holding(citation: Citation, answer: Answer) -> int | None:
    """The first hit whose passage has the quote at the citation's place."""
    for rank, hit in enumerate(answer.hits, start=1):
        passage = hit.passage
        inside = passage.start <= citation.start and citation.end <= passage.end
        if inside and passage.document.id == citation.document.id and _lit(citation, hit).lit == citation.quote:
            return rank
    return None


def _lit(citation: Citation, hit: Hit) -> Excerpt:
    start = hit.passage.start
    return excerpt(hit.passage.text, citation.start - start, citation.end - start)


def _place(page: int | None, section: tuple[str, ...]) -> str:
    return " · ".join([*([f"page {page}"] if page else []), *([" › ".join(section)] if section else [])])
