"""From candidates to citations: which sentences are quoted, and that each quote is exact."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from core.errors import NotFound
from core.types import Citation, Document, Passage
from service.answer.reader import Candidate

# A second sentence must be nearly as probable as the first, or it only dilutes the answer.
_SHARE_OF_BEST = 0.6
_FRAGMENT_WORDS = 6
_QUESTION_MARKS = ("?", "？", "؟")
_CLOSING = "\"'”’»)]」』）"
# Dashes, but no minus, and quotation marks: one page has others than the next.
_MARKS = re.compile(r"(?<=\w)[-‐‑‒–—]|[-‐‑‒–—](?!\d)|[\"'“”„‘’‚«»‹›]")

DocumentOf = Callable[[str], Document]
"""Looks up a document by id. Raises NotFound for one that was deleted meanwhile."""


def choose(candidates: Sequence[Candidate], max_sentences: int) -> list[Candidate]:
    """The best candidate, and others that are nearly as probable, whole sentences, and say something else."""
    chosen: list[Candidate] = []
    for candidate in _telling(candidates):
        if len(chosen) == max_sentences:
            break
        if chosen and candidate.probability < _SHARE_OF_BEST * chosen[0].probability:
            break
        if not any(_repeats(candidate, other) for other in chosen) and not (chosen and _is_fragment(candidate.quote)):
            chosen.append(candidate)
    return chosen


def _telling(candidates: Sequence[Candidate]) -> Sequence[Candidate]:
    """Without names of columns and without questions, unless there is nothing else.

    Where a question is much more probable than all else, as in a document of questions and answers, the sentence after
    it comes first, or the question itself if none is there.
    """
    rest = [one for one in candidates if not _names_columns(one)] or list(candidates)
    best = rest[0] if rest else None
    statements = [one for one in rest if not _asks(one)]
    if best is None or not _asks(best):
        return statements
    if statements and statements[0].probability >= _SHARE_OF_BEST * best.probability:
        return statements
    return [_after(best, statements) or best, *statements]


def _after(question: Candidate, statements: Sequence[Candidate]) -> Candidate | None:
    """The sentence after a question in its passage, as probable as the question."""
    passage = question.hit.passage
    below = [one for one in statements if one.hit.passage.id == passage.id and one.start >= question.end]
    following = min(below, key=lambda one: one.start, default=None)
    if following is None:
        return None
    return replace(following, probability=question.probability)


def merge(answers: Sequence[Sequence[Candidate]], max_sentences: int) -> list[Candidate]:
    """The chosen candidates of a question's parts as one answer: the best of each part first, none twice."""
    merged: list[Candidate] = []
    for rank in range(max_sentences):
        for chosen in answers:
            if rank < len(chosen) and not any(_repeats(chosen[rank], other) for other in merged):
                merged.append(chosen[rank])
    return merged[:max_sentences]


def cite(chosen: Sequence[Candidate], document_of: DocumentOf) -> Iterator[tuple[Candidate, Citation]]:
    """Each candidate with its citation, if its quote stands in its document at its place.

    The stored text is asked, not the passage: what cannot be found there is not cited.
    """
    marker = 1
    for candidate in chosen:
        # The sentence is the quote, word for word: no support could be greater.
        place = candidate.start, candidate.end
        citation = citation_of(candidate.hit.passage, place, candidate.quote, 1.0, marker, document_of)
        if citation is not None:
            marker += 1
            yield candidate, citation


def citation_of(
    passage: Passage, place: tuple[int, int], quote: str, support: float, marker: int, document_of: DocumentOf
) -> Citation | None:
    """The citation of a stretch of a passage; None where the stored document is gone, or other words stand there now.

    ``place`` is the document's (start, end).
    """
    start, end = place
    try:
        document = document_of(passage.document.id)
    except NotFound:
        return None
    if document.text[start:end] != quote or not quote:
        return None
    page = document.page_at(start)
    language = passage.language or document.language
    return Citation(marker, passage.document, page, passage.section, start, end, quote, support, language)


def _repeats(candidate: Candidate, other: Candidate) -> bool:
    same = candidate.hit.passage.document.id == other.hit.passage.document.id
    if same and candidate.start < other.end and other.start < candidate.end:
        return True
    return _words(candidate.quote) == _words(other.quote)


def _asks(candidate: Candidate) -> bool:
    return candidate.quote.rstrip(_CLOSING).endswith(_QUESTION_MARKS)


def _names_columns(candidate: Candidate) -> bool:
    """Whether it is the first row of a table; the rows below repeat its cells before their values."""
    cells = candidate.quote.split(" | ")
    below = candidate.hit.passage.text[candidate.end - candidate.hit.passage.start :]
    return len(cells) > 1 and ": " not in candidate.quote and any(f"{cell}: " in below for cell in cells[1:] if cell)


def _is_fragment(quote: str) -> bool:
    """A heading, a caption, a cell: nothing that adds to an answer."""
    words = quote.split()
    has_case = any(word[0].isupper() for word in words)
    if has_case and not any(word[0].islower() for word in words):
        return True
    return len(words) <= _FRAGMENT_WORDS and quote[-1].isalnum() and quote[0].isalpha()


def _words(text: str) -> list[str]:
    return _MARKS.sub(" ", text.casefold()).split()
