"""Where a question's evidence is in the ingested documents, and whether a passage or a citation finds it.

One rule for hits and citations, by what the set marks:

- answer characters (SQuAD): the stretch holds *all* of them, at the marked place. Trap: overlapping half of the
  paragraph does not count, as the half without the answer supports nothing; the same words elsewhere in the
  document do not count either, even where they would support the answer.
- a quote: the stretch and the quote share at least half of the characters of the shorter one. Trap: a short
  stretch inside a long quote counts although it may miss the point, and a quote that occurs more than once counts
  everywhere.
- a page: the stretch lies on it, at least in part. Trap: a page is coarse; this flatters the system.
- a document and no more (BEIR): the stretch is of that document. Trap: any passage of it counts, so this is a
  measure of retrieval only where documents are as short as passages; in a long one it says next to nothing.

A quote without a document (ragas) counts wherever it is found.

Evidence that cannot be found in the documents is a fault, told in the report. Its question is then a miss, not
left out: otherwise a parser that loses text would raise the figures.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import PurePosixPath
from urllib.parse import unquote, urlsplit

from core.types import Citation, Document, DocumentRef, Hit
from evals.sets.documents import is_named
from evals.sets.types import ANY_DOCUMENT, Evidence
from evals.text_match import Searchable

DOCUMENTS_KEPT = 64


@dataclass(frozen=True, slots=True)
class Stretch:
    """What a hit or a citation covers: characters of a document, and its pages (first, last)."""

    document_id: str
    start: int
    end: int
    pages: tuple[int, int] | None


@dataclass(frozen=True, slots=True)
class AnswerPlace:
    """The characters of an answer."""

    document_id: str
    start: int
    end: int

    def is_found_by(self, stretch: Stretch) -> bool:
        same = stretch.document_id == self.document_id
        return same and stretch.start <= self.start and self.end <= stretch.end


@dataclass(frozen=True, slots=True)
class QuotePlace:
    """The characters of a quote."""

    document_id: str
    start: int
    end: int

    def is_found_by(self, stretch: Stretch) -> bool:
        if stretch.document_id != self.document_id:
            return False
        shared = min(stretch.end, self.end) - max(stretch.start, self.start)
        shorter = min(stretch.end - stretch.start, self.end - self.start)
        return shared > 0 and 2 * shared >= shorter


@dataclass(frozen=True, slots=True)
class PagePlace:
    """A page of a document."""

    document_id: str
    page: int

    def is_found_by(self, stretch: Stretch) -> bool:
        if stretch.document_id != self.document_id or stretch.pages is None:
            return False
        return stretch.pages[0] <= self.page <= stretch.pages[1]


@dataclass(frozen=True, slots=True)
class DocumentPlace:
    """A whole document."""

    document_id: str

    def is_found_by(self, stretch: Stretch) -> bool:
        return stretch.document_id == self.document_id


Place = AnswerPlace | QuotePlace | PagePlace | DocumentPlace


def stretch_of_hit(hit: Hit) -> Stretch:
    passage = hit.passage
    return Stretch(passage.document.id, passage.start, passage.end, passage.pages)


def stretch_of_citation(citation: Citation) -> Stretch:
    pages = None if citation.page is None else (citation.page, citation.page)
    return Stretch(citation.document.id, citation.start, citation.end, pages)


def finds_any(stretch: Stretch, places: Sequence[Place]) -> bool:
    """Whether a stretch finds at least one of the places: several pieces of evidence are alternatives."""
    return any(place.is_found_by(stretch) for place in places)


def path_of(uri: str) -> PurePosixPath:
    """The path in a document's uri: "file:///a/b%20c.txt" → /a/b c.txt, "upload:c.txt" → c.txt."""
    scheme, _, rest = uri.partition(":")
    return PurePosixPath(unquote(rest if scheme == "upload" else urlsplit(uri).path))


def ids_named(documents: Sequence[DocumentRef], name: str) -> list[str]:
    """The documents with that file name (or end of the path)."""
    return [document.id for document in documents if is_named(path_of(document.uri), name)]


@dataclass(frozen=True, slots=True)
class Located:
    """A piece of evidence and its places; without any, ``fault`` says why."""

    evidence: Evidence
    places: tuple[Place, ...]
    fault: str | None


class EvidenceLocator:
    """Looks up evidence in ingested documents."""

    def __init__(self, documents: Sequence[DocumentRef], read: Callable[[str], Document]) -> None:
        """``read`` gives the document with an id."""
        self._all_ids = tuple(document.id for document in documents)
        # By file name first: a set may name thousands of documents out of a hundred thousand.
        self._by_file_name: dict[str, list[DocumentRef]] = {}
        for document in documents:
            self._by_file_name.setdefault(path_of(document.uri).name, []).append(document)
        self._read = read
        self._searchable = lru_cache(DOCUMENTS_KEPT)(self._make_searchable)
        self._pages = lru_cache(DOCUMENTS_KEPT)(self._read_pages)

    def locate(self, evidence: Evidence) -> Located:
        if evidence.document == ANY_DOCUMENT:
            return self._locate_anywhere(evidence)
        ids = self._ids(evidence.document)
        if not ids:
            return Located(evidence, (), f"{evidence.document} is not among the ingested documents")
        places = tuple(place for document_id in ids for place in self._places(evidence, document_id))
        if places:
            return Located(evidence, places, None)
        if evidence.quote is not None:
            return Located(evidence, (), f"{evidence.document} does not have the quote {_shortened(evidence.quote)}")
        return Located(evidence, (), f"{evidence.document} has no text on page {evidence.page}")

    def _locate_anywhere(self, evidence: Evidence) -> Located:
        quote = evidence.quote or ""
        exact = [document_id for document_id in self._all_ids if quote in self._searchable(document_id).text]
        # Only a quote that stands nowhere as it is makes every document be folded.
        places = tuple(place for document_id in exact or self._all_ids for place in self._places(evidence, document_id))
        fault = None if places else f"no document has the quote {_shortened(quote)}"
        return Located(evidence, places, fault)

    def _ids(self, name: str) -> list[str]:
        return ids_named(self._by_file_name.get(PurePosixPath(name).name, ()), name)

    def _places(self, evidence: Evidence, document_id: str) -> list[Place]:
        if evidence.quote is None:
            page = evidence.page
            if page is None:
                return [DocumentPlace(document_id)]
            return [PagePlace(document_id, page)] if page in self._pages(document_id) else []
        matches = self._searchable(document_id).find(evidence.quote, evidence.answer)
        if evidence.answer is None:
            return [QuotePlace(document_id, match.start, match.end) for match in matches]
        return [AnswerPlace(document_id, *match.inner) for match in matches if match.inner]

    def _make_searchable(self, document_id: str) -> Searchable:
        return Searchable(self._read(document_id).text)

    def _read_pages(self, document_id: str) -> frozenset[int | None]:
        return frozenset(block.page for block in self._read(document_id).blocks)


def _shortened(quote: str) -> str:
    line = " ".join(quote.split())
    return f'"{line}"' if len(line) <= 80 else f'"{line[:79]}…"'
