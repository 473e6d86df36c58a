"""The cited place of a document as JSON, and pages of PDFs as pictures; for this server's own pages, and for sites."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Query, Request
from starlette.responses import Response

from core.errors import InvalidRequest
from service.access.needs import READS_IN_QUERY
from service.routes.held_labels import NO_LABELS, HeldLabels
from service.routes.site_session import SiteSession
from service.routes.state import CollectionName, State
from service.source.as_json import source_json
from service.source.records import Asked
from service.source.view import SourceViews

router = APIRouter(tags=["documents"])
_MAX_QUOTE_CHARS = 2000
MAX_POSITION = 2**31 - 1
_PNG: dict[int | str, dict[str, Any]] = {
    200: {"content": {"image/png": {}}, "description": "The page."},
    304: {"description": "The picture that the caller has is this one."},
    404: {"description": "No such document, it is no PDF, or it has no such page."},
    422: {"description": "The original cannot be read."},
}

SpanStart = Annotated[int | None, Query(ge=0, le=MAX_POSITION, description="Where the cited words begin.")]
SpanEnd = Annotated[int | None, Query(ge=0, le=MAX_POSITION, description="Where they end, exclusive.")]
Quote = Annotated[
    str | None,
    Query(max_length=_MAX_QUOTE_CHARS, description="The cited words, or the first 300 characters of them."),
]
PageNumber = Annotated[int, Path(description="Counted from 1.")]
Width = Annotated[int, Query(description="In pixels; brought within 200 and 2400.")]


def asked_place(start: int | None, end: int | None, quote: str | None) -> Asked | None:
    """What a link asks for. Raises InvalidRequest for half a span."""
    if start is None and end is None:
        return None
    if start is None or end is None:
        raise InvalidRequest("A span needs both start and end.", "Use the address that came with the citation.")
    return Asked(start, end, quote or None)


@router.get("/v1/documents/{document_id}/source", dependencies=[Depends(READS_IN_QUERY)])
def get_source(
    state: State,
    labels: HeldLabels,
    document_id: str,
    collection: CollectionName = "default",
    start: SpanStart = None,
    end: SpanEnd = None,
    quote: Quote = None,
) -> dict[str, Any]:
    """A document around the cited words, found again if it changed since, with their boxes on the pages of a PDF."""
    return source_json(state.sources.source(document_id, collection, asked_place(start, end, quote), labels=labels))


@router.get(
    "/v1/documents/{document_id}/pages/{page}",
    responses=_PNG,
    response_class=Response,
    dependencies=[Depends(READS_IN_QUERY)],
)
def get_page(
    request: Request,
    state: State,
    labels: HeldLabels,
    document_id: str,
    page: PageNumber,
    collection: CollectionName = "default",
    width: Width = 900,
) -> Response:
    """A page of a PDF as PNG."""
    return _picture(request, state.sources, document_id, collection, page, width, labels)


@router.get("/v1/sites/{site}/documents/{document_id}/source", tags=["sites"])
def get_site_source(
    visit: SiteSession,
    state: State,
    document_id: str,
    start: SpanStart = None,
    end: SpanEnd = None,
    quote: Quote = None,
) -> dict[str, Any]:
    """As without a site, of the site's collection."""
    asked = asked_place(start, end, quote)
    return source_json(state.sources.source(document_id, visit.site.collection, asked, labels=NO_LABELS))


@router.get(
    "/v1/sites/{site}/documents/{document_id}/pages/{page}",
    responses=_PNG,
    response_class=Response,
    tags=["sites"],
)
def get_site_page(
    request: Request, visit: SiteSession, state: State, document_id: str, page: PageNumber, width: Width = 900
) -> Response:
    """As without a site, of the site's collection."""
    return _picture(request, state.sources, document_id, visit.site.collection, page, width, NO_LABELS)


def _picture(
    request: Request,
    sources: SourceViews,
    document_id: str,
    collection: str,
    page: int,
    width: int,
    labels: frozenset[str] | None,
) -> Response:
    drawn = sources.page(document_id, collection, page, labels)
    tag = drawn.picture_tag(width)
    headers = {"ETag": tag, "Cache-Control": "private, max-age=3600"}
    if tag in request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers=headers)
    return Response(sources.pages.png(drawn, width), media_type="image/png", headers=headers)
