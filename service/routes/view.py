"""``/view/{document_id}``: a document to read, with the cited words lit. Works without a script in the browser."""

from typing import Annotated, Any
from urllib.parse import quote as quote_address
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import FileResponse, HTMLResponse
from starlette.responses import Response

from core.errors import NotFound, NotReady, ReadError, TooLarge
from service.access.needs import VIEWS
from service.routes.documents import get_original
from service.routes.held_labels import MAY_VIEW, HeldLabels
from service.routes.source import MAX_POSITION, Quote, SpanEnd, SpanStart, asked_place, get_page
from service.routes.state import CollectionName, ServiceState, State
from service.sites.public_answers import public_uri
from service.source.cells import table_rows
from service.source.cites import Cite, cites_text, parse_cites
from service.source.difference import differences
from service.source.records import Asked, PlaceState, ShownBlock, Source
from service.source.view import PAGE_WINDOW
from service.source.words.choose import words_for
from service.source.words.words import Words
from service.wire import view_url

router = APIRouter(include_in_schema=False)
_MAX_CITES_CHARS = 8000
_WIDTHS = (700, 1000, 1400, 2000)
_LARGE = 2400

# A proxy of a public server passes nothing of /v1/documents/ on; the page brings what it needs below its own address.
router.get("/view/{document_id}/pages/{page}", response_class=Response, dependencies=[Depends(VIEWS)])(get_page)
router.get("/view/{document_id}/original", response_class=FileResponse, dependencies=MAY_VIEW)(get_original)


@router.get("/view/{document_id}", response_class=HTMLResponse, dependencies=[Depends(VIEWS)])
def view(
    request: Request,
    state: State,
    labels: HeldLabels,
    document_id: str,
    collection: CollectionName = "default",
    start: SpanStart = None,
    end: SpanEnd = None,
    quote: Quote = None,
    cites: Annotated[str, Query(max_length=_MAX_CITES_CHARS)] = "",
    page: Annotated[int | None, Query(ge=1, le=MAX_POSITION)] = None,
    at: Annotated[int | None, Query(ge=0, le=MAX_POSITION)] = None,
) -> HTMLResponse:
    """``page`` is the page of a PDF to show; ``at`` the character to show a long document around."""
    asked = asked_place(start, end, quote)
    words = words_for(request.headers.get("accept-language", ""))
    headers = {"Vary": "Accept-Language", "Content-Language": words.code}
    try:
        source = state.sources.source(document_id, collection, asked, around=at, window=PAGE_WINDOW, labels=labels)
    except NotFound:
        if "text/html" not in request.headers.get("accept", ""):
            raise
        # People follow old links: they get a page, not a problem document.
        removed = {"version": state.version, "words": words, "quote": asked and asked.quote}
        return state.templates.TemplateResponse(request, "removed.html", removed, status_code=404, headers=headers)
    here = _Here(document_id, collection, asked, parse_cites(cites), page)
    original = f"{_path(source.document_id)}/original?{_query(collection=collection)}"
    cited_page = source.cited.page if source.cited else None
    context = {
        "version": state.version,
        "words": words,
        "source": source,
        "collection": collection,
        "kind": words.kinds.get(source.media_type, source.media_type),
        "uri": public_uri(source.uri),
        "original_url": f"{original}#page={cited_page}" if cited_page else original,
        "cited_url": here.address(fragment="similar" if source.state is PlaceState.CHANGED else "cited"),
        "cited_is_shown": source.cited is not None and any(p.lit for b in source.blocks for p in b.parts),
        "similar": source.state is PlaceState.CHANGED,
        "notices": _notices(source, words),
        "wordings": _wordings(source),
        "cites": here.neighbours(),
        "sheet": _sheet(state, source, here, words),
        "blocks": [_block(block) for block in source.blocks],
        "outline": _outline(source, here),
        "parts": _parts(source, here),
        "page_address": lambda number: here.address(page=number, at=at, fragment="sheet"),
    }
    return state.templates.TemplateResponse(request, "view.html", context, headers=headers)


class _Here:
    """The address of the page, from which the addresses around it are made."""

    def __init__(
        self, document_id: str, collection: str, asked: Asked | None, cites: list[Cite], page: int | None
    ) -> None:
        self._path = _path(document_id)
        self.collection = collection
        self._asked = asked
        self._cites = cites
        self._own = Cite(document_id, asked.start, asked.end) if asked else None
        self.page = page

    def address(self, *, page: int | None = None, at: int | None = None, fragment: str = "") -> str:
        """The same document and place with another page of the PDF, or another part of the text."""
        asked = self._asked
        query = _query(
            collection=self.collection,
            start=asked.start if asked else None,
            end=asked.end if asked else None,
            quote=asked.quote if asked else None,
            cites=cites_text(self._cites) or None,
            page=page or self.page,
            at=at,
        )
        return f"{self._path}?{query}" + (f"#{fragment}" if fragment else "")

    def neighbours(self) -> dict[str, Any] | None:
        """The citations before and after this one; None where it is the only one, or not of those in the link."""
        if len(self._cites) < 2 or self._own not in self._cites:
            return None
        index = self._cites.index(self._own)
        around: dict[str, Any] = {"n": index + 1, "total": len(self._cites), "previous": None, "next": None}
        if index > 0:
            around["previous"] = self._cite_address(self._cites[index - 1])
        if index + 1 < len(self._cites):
            around["next"] = self._cite_address(self._cites[index + 1])
        return around

    def _cite_address(self, cite: Cite) -> str:
        address, _, fragment = view_url(cite.document_id, self.collection, cite.start, cite.end).partition("#")
        return f"{address}&{_query(cites=cites_text(self._cites))}#{fragment}"


def _path(document_id: str) -> str:
    return f"/view/{quote_address(document_id)}"


def _query(**values: str | int | None) -> str:
    return urlencode({name: value for name, value in values.items() if value is not None})


def _notices(source: Source, words: Words) -> list[str]:
    """What a reader must know of the place before trusting it."""
    newer, asked = source.is_newer, source.asked
    if asked is None:
        return [words.newer] if newer else []
    if source.state is PlaceState.CHANGED:
        return [words.changed if newer else words.not_in_it, words.similar_marked]
    if source.state is PlaceState.GONE:
        if asked.quote is None:
            return [words.unchecked, words.nothing_marked]
        return [words.gone if newer else words.not_in_it, words.nothing_marked]
    if newer:
        return [words.still_there]
    return [words.elsewhere] if source.state is PlaceState.MOVED else []


def _wordings(source: Source) -> dict[str, Any] | None:
    """The old words, and the most similar ones now, where the old ones are not in the text."""
    if source.asked is None or source.asked.quote is None or source.state not in (PlaceState.CHANGED, PlaceState.GONE):
        return None
    if source.cited is None:
        return {"old": [(source.asked.quote, False)], "new": None, "cut": source.asked.is_shortened}
    old, new = differences(source.asked.quote, source.cited.quote)
    return {"old": old, "new": new, "cut": source.asked.is_shortened}


def _sheet(state: ServiceState, source: Source, here: _Here, words: Words) -> dict[str, Any] | None:
    """The page of a PDF as printed; with a size of None, and words why, where it cannot be drawn."""
    if source.pages is None:
        return None
    cited_page = source.cited.page if source.cited else None
    number = min(here.page or cited_page or 1, source.pages)
    boxes = [box for box in source.cited.boxes if box.page == number] if source.cited else []
    picture = f"{_path(source.document_id)}/pages/{number}?{_query(collection=here.collection)}"
    size, missing = None, ""
    try:
        size = state.sources.pages.text(state.sources.page(source.document_id, here.collection, number))
    except (TooLarge, NotReady):
        missing = words.not_drawn
    except (ReadError, NotFound):
        missing = words.no_page
    return {
        "number": number,
        "total": source.pages,
        "size": size and (round(size.width), round(size.height)),
        "missing": missing,
        "boxes": boxes,
        "is_unlit": source.cited is not None and not source.cited.boxes,
        "src": f"{picture}&width={_WIDTHS[1]}",
        "srcset": ", ".join(f"{picture}&width={width} {width}w" for width in _WIDTHS),
        "large": f"{picture}&width={_LARGE}",
        "previous": here.address(page=number - 1, fragment="sheet") if number > 1 else None,
        "next": here.address(page=number + 1, fragment="sheet") if number < source.pages else None,
    }


def _block(block: ShownBlock) -> dict[str, Any]:
    rows = table_rows(block.parts) if block.kind == "table" else None
    return {"block": block, "rows": rows}


def _outline(source: Source, here: _Here) -> list[dict[str, Any]]:
    """The headings with their addresses; the last one before the cited words, or the first shown, is the current."""
    position = source.cited.start if source.cited else source.window.start
    current = max((h.start for h in source.outline if h.start <= position), default=None)
    inside = range(source.window.start, source.window.end)
    return [
        {
            "heading": heading,
            "url": f"#h-{heading.start}"
            if heading.start in inside
            else here.address(at=heading.start, fragment=f"h-{heading.start}"),
            "is_current": heading.start == current,
        }
        for heading in source.outline
    ]


def _parts(source: Source, here: _Here) -> dict[str, Any] | None:
    """Where the shown part of a long document begins and ends, in per cent, and the parts around it."""
    window = source.window
    if window.start == 0 and window.end == window.characters:
        return None
    half = PAGE_WINDOW // 2
    return {
        "from": window.start * 100 // window.characters,
        "to": -(-window.end * 100 // window.characters),
        "earlier": here.address(at=max(0, window.start - half), fragment="text-end") if window.start > 0 else None,
        "later": here.address(at=window.end + half, fragment="text") if window.end < window.characters else None,
    }
