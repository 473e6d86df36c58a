"""A document with the place that a link asks for, put together."""

from core.errors import InvalidRequest, NotFound, NotReady, ReadError
from core.types import Document
from service.engine import Engine
from service.source.boxes import boxes_of
from service.source.locate import locate
from service.source.page_image import PdfPage, PdfPages
from service.source.records import Asked, Cited, PageBox, PlaceState, Source
from service.source.shown import outline_of, shown_blocks, window_of
from service.wire import view_url

PDF = "application/pdf"
PAGE_WINDOW = 200_000
"""Characters of text on one page of the browser."""

PANEL_WINDOW = 60_000
"""Characters of text in an answer to a program, whose panel is small."""

_MAX_SPAN = 100_000


class SourceViews:
    """Finds places in documents, and their pages, which ``pages`` reads. Safe to use from several threads."""

    def __init__(self, engine: Engine, pages: PdfPages) -> None:
        self._engine = engine
        self.pages = pages

    def source(
        self,
        document_id: str,
        collection: str,
        asked: Asked | None,
        *,
        around: int | None = None,
        window: int = PANEL_WINDOW,
        labels: frozenset[str] | None = None,
    ) -> Source:
        """The present version of a document, shown about the asked place or about the character ``around``.

        ``labels`` are those of who asks; see Within. Raises NotFound, InvalidRequest (a span that no version can have).
        """
        document = self._engine.present_document(document_id, collection)
        self._engine.check_may_find(document.id, collection, labels)
        same_version = document.id == document_id
        if asked is not None:
            _check(asked, document, same_version)
        place = locate(document.text, asked, same_version=same_version) if asked else None
        span = place.span if place else None
        shown = window_of(document, _centre(document, asked, span, around), window)
        return Source(
            document_id=document.id,
            asked_id=document_id,
            title=document.title,
            uri=document.uri,
            media_type=document.media_type,
            language=document.language,
            pages=page_count(document),
            state=place.state if place else PlaceState.SAME,
            asked=asked,
            cited=self._cited(document, span) if span else None,
            window=shown,
            blocks=shown_blocks(document, shown, span),
            outline=outline_of(document, span[0] if span else shown.start),
            view_url=_address(document, document_id, collection, asked, span, place.state if place else None),
        )

    def page(self, document_id: str, collection: str, number: int, labels: frozenset[str] | None = None) -> PdfPage:
        """A page of a PDF. Raises NotFound: the document, its page, or the original."""
        document = self._engine.document(document_id, collection)
        self._engine.check_may_find(document.id, collection, labels)
        count = page_count(document)
        if count is None:
            raise NotFound(f"The document {document_id!r} has no pages to draw.", "Only PDF documents have.")
        if not 1 <= number <= count:
            raise NotFound(f"The document {document_id!r} has no page {number}.", f"It has {count}, counted from 1.")
        return self._page(document, number)

    def _page(self, document: Document, number: int) -> PdfPage:
        digest = document.metadata["sha256"]
        return PdfPage(self._engine.store.originals.path(digest), digest, number)

    def _cited(self, document: Document, span: tuple[int, int]) -> Cited:
        start, end = span
        return Cited(start, end, document.page_at(start), document.text[start:end], self._boxes(document, start, end))

    def _boxes(self, document: Document, start: int, end: int) -> tuple[PageBox, ...]:
        """None where the page cannot be read: the text is lit all the same, and the page of it says so."""
        if document.media_type != PDF:
            return ()
        try:
            return boxes_of(document, start, end, lambda number: self.pages.text(self._page(document, number)))
        except (ReadError, NotFound, NotReady):
            return ()


def page_count(document: Document) -> int | None:
    """How many pages a PDF has; None for other formats."""
    return int(document.metadata.get("pages", 0)) or None if document.media_type == PDF else None


def _check(asked: Asked, document: Document, same_version: bool) -> None:
    known = same_version and asked.quote is None
    if asked.start >= asked.end or (known and asked.end > len(document.text)):
        raise InvalidRequest(
            f"The span {asked.start}–{asked.end} does not lie in the document's {len(document.text)} characters.",
            "Use the address that came with the citation.",
        )
    if asked.end - asked.start > _MAX_SPAN:
        raise InvalidRequest(
            f"The span {asked.start}–{asked.end} has more than {_MAX_SPAN:,} characters.", "Ask for a shorter one."
        )


def _centre(
    document: Document, asked: Asked | None, span: tuple[int, int] | None, around: int | None
) -> tuple[int, int]:
    if around is not None:
        around = min(around, len(document.text))
        return around, around
    if span is not None:
        return span
    start = min(asked.start, len(document.text)) if asked else 0
    return start, start


def _address(
    document: Document,
    asked_id: str,
    collection: str,
    asked: Asked | None,
    span: tuple[int, int] | None,
    state: PlaceState | None,
) -> str:
    """The link to keep: to the words in the present version, or as it came where they are not in it."""
    if asked is None:
        return view_url(document.id, collection)
    if span is None or state is PlaceState.CHANGED:
        return view_url(asked_id, collection, asked.start, asked.end, asked.quote)
    return view_url(document.id, collection, *span, document.text[span[0] : span[1]])
