"""The pages for people: the chat at ``/`` and the lit source at ``/view/{document_id}``."""

from itertools import pairwise
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse

from core.errors import InvalidRequest
from core.types import Document
from service.routes.state import CollectionName, State

router = APIRouter(include_in_schema=False)


@router.get("/", response_class=HTMLResponse)
def chat(request: Request, state: State) -> HTMLResponse:
    """The chat page."""
    chosen = state.settings.chat
    context = {
        "title": chosen.title,
        "suggestions": chosen.suggestions,
        "takes_feedback": state.questions.keeps,
        "question_limit": state.settings.answer.max_question_chars,
        "version": state.version,
    }
    return state.templates.TemplateResponse(request, "chat.html", context)


@router.get("/view/{document_id}", response_class=HTMLResponse)
def view(
    request: Request,
    state: State,
    document_id: str,
    collection: CollectionName = "default",
    start: Annotated[int | None, Query(ge=0)] = None,
    end: Annotated[int | None, Query(ge=0)] = None,
) -> HTMLResponse:
    """A document's text with the cited span lit. Works without a script in the browser."""
    document = state.engine.document(document_id, collection)
    cited = _span(document, start, end)
    page = document.page_at(cited[0]) if cited else None
    original = f"{request.url_for('get_original', document_id=document.id).path}?collection={collection}"
    context = {
        "document": document,
        "collection": collection,
        "version": state.version,
        "original_url": f"{original}#page={page}" if page else original,
        "cited": cited
        and {"start": cited[0], "end": cited[1], "page": page, "quote": document.text[cited[0] : cited[1]]},
        "blocks": _blocks(document, cited),
    }
    return state.templates.TemplateResponse(request, "view.html", context)


def _span(document: Document, start: int | None, end: int | None) -> tuple[int, int] | None:
    if start is None and end is None:
        return None
    if start is None or end is None or not start < end <= len(document.text):
        raise InvalidRequest(
            f"The span {start}–{end} does not lie in the document's {len(document.text)} characters.",
            "Use the address that came with the citation.",
        )
    return start, end


def _blocks(document: Document, cited: tuple[int, int] | None) -> list[dict[str, Any]]:
    """The blocks as the template wants them; text between blocks, if any is visible, becomes a gap."""
    found: list[dict[str, Any]] = []
    position = 0
    last_page = None
    lit_before = False
    for block in document.blocks:
        if document.text[position : block.start].strip():
            parts, lit_before = _parts(document.text, position, block.start, cited, lit_before)
            found.append({"kind": "gap", "level": None, "page": None, "parts": parts})
        parts, lit_before = _parts(document.text, block.start, block.end, cited, lit_before)
        page = block.page if block.page != last_page else None
        last_page = block.page
        found.append({"kind": block.kind.value, "level": block.level, "page": page, "parts": parts})
        position = block.end
    return found


def _parts(
    text: str, start: int, end: int, cited: tuple[int, int] | None, lit_before: bool
) -> tuple[list[dict[str, Any]], bool]:
    """The stretch cut at the borders of the cited span; the first lit part is told apart, for its anchor."""
    cuts = sorted({start, end} | {c for c in cited or () if start < c < end})
    parts = []
    for a, b in pairwise(cuts):
        lit = cited is not None and cited[0] <= a and b <= cited[1]
        parts.append({"text": text[a:b], "lit": lit, "first": lit and not lit_before})
        lit_before = lit_before or lit
    return parts, lit_before
