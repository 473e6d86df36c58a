"""``/v1/documents/{id}/passages``: what a document was split into, each passage with its neighbours."""

from typing import Annotated, Any

from fastapi import APIRouter, Query

from core.errors import InvalidRequest
from core.types import Passage
from index.document_passages import PassageStretch, passages_around, passages_of
from service.routes.held_labels import MAY_FIND
from service.routes.source import MAX_POSITION
from service.routes.state import CollectionName, Offset, State

router = APIRouter(prefix="/v1/documents", tags=["documents"])


@router.get("/{document_id}/passages", dependencies=MAY_FIND)
def get_passages(
    state: State,
    document_id: str,
    collection: CollectionName = "default",
    limit: Annotated[int, Query(ge=1, le=1000)] = 100,
    offset: Offset = 0,
    around: Annotated[
        int | None,
        Query(ge=0, le=MAX_POSITION, description="Only the passage at this character, between its neighbours."),
    ] = None,
) -> dict[str, Any]:
    """The passages of a document in order. ``around`` takes the ``start`` of a hit or citation."""
    catalog = state.engine.store.catalog
    if around is None:
        return _json(passages_of(catalog, collection, document_id, limit, offset))
    if offset:
        raise InvalidRequest("The parameters around and offset do not go together.", "Leave one of them out.")
    return _json(passages_around(catalog, collection, document_id, around))


def _json(stretch: PassageStretch) -> dict[str, Any]:
    ids = [stretch.previous, *(passage.id for passage in stretch.passages), stretch.next]
    return {
        "passages": [_passage_json(passage, ids[i], ids[i + 2]) for i, passage in enumerate(stretch.passages)],
        "offset": stretch.offset,
        "total": stretch.total,
    }


def _passage_json(passage: Passage, previous: str | None, following: str | None) -> dict[str, Any]:
    return {
        "id": passage.id,
        "start": passage.start,
        "end": passage.end,
        "page": passage.pages[0] if passage.pages else None,
        "last_page": passage.pages[1] if passage.pages else None,
        "section": list(passage.section),
        "text": passage.text,
        "previous": previous,
        "next": following,
    }
