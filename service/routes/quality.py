"""What may cost answers: ``/v1/documents/{id}/quality`` and ``/v1/collections/{name}/quality``."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query

from index.filters.filter import Within
from service.access.needs import READS_IN_PATH
from service.quality.as_json import collection_quality_json, document_quality_json
from service.quality.findable import only_findable, only_findable_alike
from service.quality.report import collection_quality, document_quality
from service.routes.held_labels import MAY_FIND, HeldLabels
from service.routes.operator_access import IsOperator
from service.routes.state import CollectionName, Offset, ServiceState, State

router = APIRouter(prefix="/v1", tags=["quality"])


@router.get("/documents/{document_id}/quality", dependencies=MAY_FIND)
def get_document_quality(
    state: State, labels: HeldLabels, document_id: str, collection: CollectionName = "default"
) -> dict[str, Any]:
    """What was found of a document when it was read, and which others it resembles."""
    catalog = state.engine.store.catalog
    report = document_quality(catalog, collection, document_id)
    if labels is not None:
        report = only_findable_alike(report, _findable(state, collection, labels))
    return document_quality_json(report, collection)


@router.get("/collections/{name}/quality", dependencies=[Depends(READS_IN_PATH)])
def get_collection_quality(
    state: State,
    is_operator: IsOperator,
    labels: HeldLabels,
    name: str,
    code: Annotated[str | None, Query(max_length=100, description="Show only this kind; counts are of all.")] = None,
    limit: Annotated[int, Query(ge=1, le=1000, description="How many documents of each kind, groups, failures.")] = 100,
    offset: Offset = 0,
) -> dict[str, Any]:
    """Findings by kind with their documents, documents that are alike, and sources that could not be read.

    Which sources these are is told to the operator only.
    """
    report = collection_quality(state.engine.store.catalog, name)
    if labels is not None:
        report = only_findable(report, _findable(state, name, labels))
    return collection_quality_json(report, name, code, limit, offset, with_failures=is_operator)


def _findable(state: ServiceState, collection: str, labels: frozenset[str]) -> set[str]:
    found, _ = state.engine.list_documents(collection, Within(labels=labels))
    return {one.row.id for one in found}
