"""``/v1/documents``: upload, list, get, text, original, delete."""

from pathlib import PurePosixPath
from typing import Annotated, Any
from urllib.parse import quote

from fastapi import APIRouter, Form, Query, Response, UploadFile
from fastapi.responses import FileResponse, PlainTextResponse

from core.errors import InvalidRequest, NotFound
from service.jobs.records import job_json
from service.routes.document_address import ALSO_JSON
from service.routes.state import CollectionName, Offset, State
from service.wire import document_json

router = APIRouter(prefix="/v1/documents", tags=["documents"])
_MAX_FILES = 500
# A browser shows these itself; anything else from strangers is only saved, never run.
_INLINE = {"application/pdf", "text/plain", "text/markdown"}


@router.post("", status_code=202, openapi_extra=ALSO_JSON)
def upload(
    state: State, response: Response, files: list[UploadFile], collection: Annotated[str, Form()] = "default"
) -> dict[str, Any]:
    """Take files to be read in the background; a file of a name that was uploaded before takes its place."""
    state.engine.check_collection_name(collection)
    if len(files) > _MAX_FILES:
        raise InvalidRequest(f"{len(files)} files in one request; at most {_MAX_FILES} go.", "Send several requests.")
    job = state.jobs.submit_upload(collection, [(file.filename or "upload", file.file) for file in files])
    response.headers["Location"] = f"/v1/jobs/{job.id}"
    return job_json(job)


@router.get("")
def list_documents(
    state: State,
    collection: CollectionName = "default",
    limit: Annotated[int, Query(ge=1, le=1000)] = 200,
    offset: Offset = 0,
) -> dict[str, Any]:
    """The documents of a collection by title; an empty list where the collection has none yet."""
    found = next((c for c in state.engine.collections() if c.name == collection), None)
    if found is None and collection != "default":
        raise NotFound(f"There is no collection {collection!r}.", "GET /v1/collections lists them.")
    rows = state.engine.documents(collection, limit, offset) if found else []
    return {"documents": [document_json(row) for row in rows], "total": found.documents if found else 0}


@router.get("/{document_id}")
def get_document(state: State, document_id: str, collection: CollectionName = "default") -> dict[str, Any]:
    """A document's record and its blocks, without its text."""
    document = state.engine.document(document_id, collection)
    return {
        "id": document.id,
        "title": document.title,
        "uri": document.uri,
        "media_type": document.media_type,
        "language": document.language,
        "characters": len(document.text),
        "metadata": dict(document.metadata),
        "blocks": [
            {"kind": b.kind.value, "start": b.start, "end": b.end, "page": b.page, "level": b.level}
            for b in document.blocks
        ],
    }


@router.get("/{document_id}/text", response_class=PlainTextResponse)
def get_text(state: State, document_id: str, collection: CollectionName = "default") -> str:
    """The text that all offsets refer to, in Unicode code points."""
    return state.engine.document(document_id, collection).text


@router.get("/{document_id}/original", response_class=FileResponse)
def get_original(state: State, document_id: str, collection: CollectionName = "default") -> FileResponse:
    """The file as it was ingested."""
    document = state.engine.document(document_id, collection)
    name = PurePosixPath(document.uri.removeprefix("upload:")).name
    inline = document.media_type in _INLINE
    charset = "; charset=utf-8" if document.media_type == "text/markdown" else ""
    return FileResponse(
        state.engine.original(document_id, collection),
        media_type=("text/plain" if document.media_type == "text/markdown" else document.media_type) + charset,
        headers={
            "Content-Disposition": f"{'inline' if inline else 'attachment'}; filename*=UTF-8''{quote(name)}",
            "Content-Security-Policy": "sandbox; default-src 'none'; style-src 'unsafe-inline'",
        },
    )


@router.delete("/{document_id}", status_code=204)
def delete_document(state: State, document_id: str, collection: CollectionName = "default") -> None:
    """Forget a document: no later answer cites it."""
    if not state.engine.remove([document_id], collection):
        raise NotFound(f"There is no document {document_id!r} in the collection {collection!r}.")
