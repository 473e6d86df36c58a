"""What may cost answers: ``/v1/documents/{id}/quality`` and ``/v1/collections/{name}/quality``."""

from typing import Annotated, Any

from fastapi import APIRouter, Query

from service.quality.as_json import collection_quality_json, document_quality_json
from service.quality.report import collection_quality, document_quality
from service.routes.held_labels import MAY_FIND
from service.routes.operator_access import IsOperator
from service.routes.state import CollectionName, Offset, State

router = APIRouter(prefix="/v1", tags=["quality"])


@router.get("/documents/{document_id}/quality", dependencies=MAY_FIND)
def get_document_quality(state: State, document_id: str, collection: CollectionName = "default") -> dict[str, Any]:
    """What was found of a document when it was read, and which others it resembles."""
    catalog = state.engine.store.catalog
    return document_quality_json(document_quality(catalog, collection, document_id), collection)


@router.get("/collections/{name}/quality")
def get_collection_quality(
    state: State,
    is_operator: IsOperator,
    name: str,
    code: Annotated[str | None, Query(max_length=100, description="Show only this kind; counts are of all.")] = None,
    limit: Annotated[int, Query(ge=1, le=1000, description="How many documents of each kind, groups, failures.")] = 100,
    offset: Offset = 0,
) -> dict[str, Any]:
    """Findings by kind with their documents, documents that are alike, and sources that could not be read.

    Which sources these are is told to the operator only.
    """
    report = collection_quality(state.engine.store.catalog, name)
    return collection_quality_json(report, name, code, limit, offset, with_failures=is_operator)
