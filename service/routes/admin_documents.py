"""``/v1/admin/collections/…``: documents with what is odd about them, and where they came from."""

import shlex
from typing import Annotated, Any

from fastapi import APIRouter, Query

from core.types import Finding
from index.listing import ListedDocument, ListOrder, list_documents
from service.document_sources import DocumentSource, SourceKind, sources_of, sync_specs
from service.jobs.records import JobFile
from service.quality.as_json import finding_json
from service.quality.report import findings_of
from service.routes.operator_access import OPERATOR_ONLY
from service.routes.state import Offset, State
from service.wire import document_json

router = APIRouter(prefix="/v1/admin/collections", tags=["operator"], dependencies=OPERATOR_ONLY)


@router.get("/{name}/documents")
def documents(
    state: State,
    name: str,
    search: Annotated[str, Query(max_length=200, description="Words of the title or the address.")] = "",
    order: ListOrder = ListOrder.TITLE,
    limit: Annotated[int, Query(ge=1, le=500)] = 50,
    offset: Offset = 0,
) -> dict[str, Any]:
    """Documents with their state, what was found of their quality, the notes of their ingest, and the pages
    that gave no text. ``findings`` is null for a document that an earlier version ingested.

    Notes are known of uploads only, for as long as their jobs are kept.
    """
    found, total = list_documents(state.engine.store.catalog, name, search, order, limit, offset)
    uploads = state.jobs.store.uploads_of(name, [one.row.uri for one in found])
    findings = findings_of(state.engine.store.catalog, name, [one.row.id for one in found])
    listed = [_listed_json(one, uploads, findings.get(one.row.id)) for one in found]
    return {"documents": listed, "total": total}


@router.get("/{name}/sources")
def sources(state: State, name: str) -> dict[str, Any]:
    """The places that the documents came from: what a sync of each names, and for a folder the command."""
    found = sources_of(state.engine.documents(name))
    catalog = state.engine.store.catalog
    known = catalog.known_sources(catalog.collection(name))
    data_dir = str(state.settings.data_dir.absolute())
    return {"sources": [_source_json(source, name, data_dir, sync_specs(source, known)) for source in found]}


def _listed_json(
    listed: ListedDocument, uploads: dict[str, list[JobFile]], findings: tuple[Finding, ...] | None
) -> dict[str, Any]:
    """``state`` is in_use, replacing (a newer upload waits or is read) or outdated (a newer upload failed)."""
    latest = uploads.get(listed.row.uri, [])
    newest = latest[0] if latest else None
    mine = next((file for file in latest if file.document_id == listed.row.id and file.status != "unchanged"), None)
    state, error = "in_use", None
    if newest and not newest.is_settled:
        state = "replacing"
    elif newest and newest.status == "failed":
        state, error = "outdated", newest.error
    return {
        **document_json(listed.row),
        "state": state,
        "error": error,
        "notes": list(mine.notes) if mine else [],
        "pages_without_text": listed.pages_without_text,
        "thin": listed.is_thin,
        "findings": None if findings is None else [finding_json(finding) for finding in findings],
    }


def _source_json(source: DocumentSource, collection: str, data_dir: str, specs: list[str]) -> dict[str, Any]:
    command = None
    if source.kind is SourceKind.FOLDER:
        words = ["footnoted", "ingest", source.place, "--collection", collection, "--data-dir", data_dir]
        command = shlex.join(words)
    return {
        "kind": source.kind.value,
        "place": source.place,
        "documents": source.documents,
        "passages": source.passages,
        "latest": source.latest,
        "is_there": source.is_there,
        "command": command,
        "sync": specs,
    }
