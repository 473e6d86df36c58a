"""``/v1/documents``: upload, list, get, text, original, delete."""

from pathlib import PurePosixPath
from typing import Annotated, Any
from urllib.parse import quote

from fastapi import APIRouter, BackgroundTasks, Depends, Form, Query, Request, Response, UploadFile
from fastapi.responses import FileResponse, PlainTextResponse

from core.errors import InvalidRequest, NotFound
from service.access.needs import INGESTS, INGESTS_IN_QUERY, READS_IN_QUERY, Ingests, allow
from service.jobs.records import job_json
from service.request_key import GivenKey, RequestKey, fingerprint_of_upload
from service.routes.document_address import ALSO_JSON
from service.routes.held_labels import MAY_FIND, HeldLabels
from service.routes.state import CollectionName, Offset, State
from service.scope_text import marks_of_text, within_text
from service.sessions.access import may_read
from service.wire import MarksRequest, marked_json

router = APIRouter(prefix="/v1/documents", tags=["documents"])
_MAX_FILES = 500
# A browser shows these itself; anything else from strangers is only saved, never run.
_INLINE = {"application/pdf", "text/plain", "text/markdown"}
_FIELDS = frozenset({"files", "collection", "tag", "tags", "attribute", "attributes", "label", "labels"})
_AS_ABOVE = Form(description="As above: the name that it has in JSON.")


async def check_fields(request: Request) -> None:
    """A label under a name that nobody reads would publish what it was to protect. Raises InvalidRequest."""
    unknown = sorted(set(await request.form()) - _FIELDS)
    if unknown:
        raise InvalidRequest(
            f"A form has no field {', '.join(repr(name[:100]) for name in unknown[:5])}.",
            "It has files, collection, tag, attribute and label.",
        )
    misplaced = sorted(_FIELDS & set(request.query_params))
    if misplaced:
        raise InvalidRequest(
            f"{', '.join(map(repr, misplaced))} is in the address, where an upload has none.", "Send it in the form."
        )


@router.post("", status_code=202, openapi_extra=ALSO_JSON, dependencies=[Depends(INGESTS), Depends(check_fields)])
def upload(
    state: State,
    response: Response,
    caller: Ingests,
    files: list[UploadFile],
    collection: Annotated[str, Form()] = "default",
    tag: Annotated[list[str], Form(description="For all files; may be given several times.")] = [],  # noqa: B006
    attribute: Annotated[list[str], Form(description="`name=value`; may be given several times.")] = [],  # noqa: B006
    label: Annotated[list[str], Form(description="Of those who may find the documents.")] = [],  # noqa: B006
    tags: Annotated[list[str], _AS_ABOVE] = [],  # noqa: B006
    attributes: Annotated[list[str], _AS_ABOVE] = [],  # noqa: B006
    labels: Annotated[list[str], _AS_ABOVE] = [],  # noqa: B006
    idempotency_key: GivenKey = None,
) -> dict[str, Any]:
    """Take files to be read in the background; a file of a name that was uploaded before takes its place.

    It keeps the tags and attributes of its former version; labels that are given take the place of the former ones.
    A second try with the same `Idempotency-Key` gives the job of the first.
    """
    allow(caller, collection)
    state.engine.check_collection_name(collection)
    if len(files) > _MAX_FILES:
        raise InvalidRequest(f"{len(files)} files in one request; at most {_MAX_FILES} go.", "Send several requests.")
    marks = marks_of_text(tag + tags, attribute + attributes, label + labels)
    sent = [(file.filename or "upload", file.file) for file in files]
    request = None
    if idempotency_key is not None:
        request = RequestKey(caller.id, idempotency_key, fingerprint_of_upload(collection, sent, marks))
    job = state.jobs.submit_upload(collection, sent, marks, request)
    response.headers["Location"] = f"/v1/jobs/{job.id}"
    return job_json(job)


@router.get("", dependencies=[Depends(READS_IN_QUERY)])
def list_documents(
    state: State,
    labels: HeldLabels,
    collection: CollectionName = "default",
    limit: Annotated[int, Query(ge=1, le=1000)] = 200,
    offset: Offset = 0,
    filters: Annotated[str | None, Query(description="Only documents that the filter, in JSON, is true of.")] = None,
) -> dict[str, Any]:
    """The documents of a collection by title; an empty list where the collection has none yet."""
    asked = within_text(filters, labels)
    found = next((c for c in state.engine.collections() if c.name == collection), None)
    if found is None and collection != "default":
        raise NotFound(f"There is no collection {collection!r}.", "GET /v1/collections lists them.")
    documents, total = state.engine.list_documents(collection, asked, limit, offset) if found else ([], 0)
    return {"documents": [marked_json(document) for document in documents], "total": total}


@router.get("/{document_id}", dependencies=MAY_FIND)
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
        **state.engine.marks(document_id, collection).as_json(),
        "blocks": [
            {"kind": b.kind.value, "start": b.start, "end": b.end, "page": b.page, "level": b.level}
            for b in document.blocks
        ],
    }


@router.get("/{document_id}/text", response_class=PlainTextResponse, dependencies=MAY_FIND)
def get_text(state: State, document_id: str, collection: CollectionName = "default") -> str:
    """The text that all offsets refer to, in Unicode code points."""
    return state.engine.document(document_id, collection).text


@router.get("/{document_id}/original", response_class=FileResponse, dependencies=MAY_FIND)
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


@router.patch("/{document_id}", dependencies=[Depends(INGESTS_IN_QUERY), *MAY_FIND])
def mark_document(
    state: State, document_id: str, changed: MarksRequest, collection: CollectionName = "default"
) -> dict[str, Any]:
    """Change a document's tags, attributes and labels: the very next question goes by them."""
    return state.engine.change_marks(document_id, changed.change(), collection).as_json()


@router.delete("/{document_id}", status_code=204, dependencies=[Depends(INGESTS_IN_QUERY), *MAY_FIND])
def delete_document(
    state: State, document_id: str, after: BackgroundTasks, collection: CollectionName = "default"
) -> None:
    """Forget a document: no later answer cites it, and stored sessions lose the answers that do."""
    if not state.engine.remove([document_id], collection):
        raise NotFound(f"There is no document {document_id!r} in the collection {collection!r}.")
    after.add_task(state.sessions.forget_documents, may_read(state.engine.store.catalog, None))
