"""``/v1/admin/collections/…``: documents with what is odd about them, and where they came from."""

import shlex
from collections.abc import Iterable
from typing import Annotated, Any

from fastapi import APIRouter, Query

from index.listing import ListedDocument, ListOrder, list_documents
from service.document_sources import DocumentSource, SourceKind, sources_of
from service.jobs import Job, JobFile
from service.routes.operator_access import OPERATOR_ONLY
from service.routes.state import Offset, State
from service.wire import document_json

router = APIRouter(prefix="/v1/admin/collections", tags=["operator"], dependencies=OPERATOR_ONLY)
_JOBS_LOOKED_THROUGH = 200


@router.get("/{name}/documents")
def documents(
    state: State,
    name: str,
    search: Annotated[str, Query(max_length=200, description="Words of the title or the address.")] = "",
    order: ListOrder = ListOrder.TITLE,
    limit: Annotated[int, Query(ge=1, le=500)] = 50,
    offset: Offset = 0,
) -> dict[str, Any]:
    """Documents with their state, the notes of their ingest, and the pages that gave no text.

    Notes are known of uploads only: those are read by jobs, which are kept.
    """
    found, total = list_documents(state.engine.store.catalog, name, search, order, limit, offset)
    uploads = _last_uploads(state.jobs.recent(_JOBS_LOOKED_THROUGH, name))
    return {"documents": [_listed_json(one, uploads) for one in found], "total": total}


@router.get("/{name}/sources")
def sources(state: State, name: str) -> dict[str, Any]:
    """The places that the documents came from; for a folder the command that brings it up to date."""
    found = sources_of(state.engine.documents(name))
    return {"sources": [_source_json(source, name, str(state.settings.data_dir.absolute())) for source in found]}


def _last_uploads(newest_first: Iterable[Job]) -> dict[str, list[JobFile]]:
    """The uploads of each file name, newest first."""
    found: dict[str, list[JobFile]] = {}
    for job in newest_first:
        for file in job.files:
            found.setdefault(f"upload:{file.name}", []).append(file)
    return found


def _listed_json(listed: ListedDocument, uploads: dict[str, list[JobFile]]) -> dict[str, Any]:
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
    }


def _source_json(source: DocumentSource, collection: str, data_dir: str) -> dict[str, Any]:
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
    }
