"""From candidates to citations: which sentences are quoted, and that each quote is exact."""

from collections.abc import Callable, Iterator, Sequence

from core.errors import NotFound
from core.types import Citation, Document
from service.answer.reader import Candidate

# A second sentence must be nearly as probable as the first, or it only dilutes the answer.
_SHARE_OF_BEST = 0.6

DocumentOf = Callable[[str], Document]
"""Looks up a document by id. Raises NotFound for one that was deleted meanwhile."""


def choose(candidates: Sequence[Candidate], max_sentences: int) -> list[Candidate]:
    """The best candidate, and others that are nearly as probable and say something else."""
    chosen: list[Candidate] = []
    for candidate in candidates:
        if len(chosen) == max_sentences:
            break
        if chosen and candidate.probability < _SHARE_OF_BEST * chosen[0].probability:
            break
        if not any(_repeats(candidate, other) for other in chosen):
            chosen.append(candidate)
    return chosen


def cite(chosen: Sequence[Candidate], document_of: DocumentOf) -> Iterator[tuple[Candidate, Citation]]:
    """Each candidate with its citation, if its quote stands in its document at its place.

    The stored text is asked, not the passage: what cannot be found there is not cited.
    """
    marker = 0
    for candidate in chosen:
        passage = candidate.hit.passage
        try:
            document = document_of(passage.document.id)
        except NotFound:
            continue
        if document.text[candidate.start : candidate.end] != candidate.quote:
            continue
        marker += 1
        citation = Citation(
            marker=marker,
            document=passage.document,
            page=document.page_at(candidate.start),
            section=passage.section,
            start=candidate.start,
            end=candidate.end,
            quote=candidate.quote,
            support=1.0,  # the sentence is the quote, word for word, which was just compared
        )
        yield candidate, citation


def _repeats(candidate: Candidate, other: Candidate) -> bool:
    same = candidate.hit.passage.document.id == other.hit.passage.document.id
    if same and candidate.start < other.end and other.start < candidate.end:
        return True
    return _words(candidate.quote) == _words(other.quote)


def _words(text: str) -> list[str]:
    return text.casefold().split()
