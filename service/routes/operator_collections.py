"""``/v1/collections/{name}/…`` for the operator: renamed, copied, built anew, put back, exported."""

import uuid
from typing import Any

from fastapi import APIRouter, Response
from fastapi.responses import FileResponse
from pydantic import BaseModel, ConfigDict, Field
from starlette.background import BackgroundTask

from index import building
from index.transfer.writing import export
from service.collections import rename
from service.jobs.records import job_json
from service.routes.operator_access import OPERATOR_ONLY
from service.routes.state import ReadyEngine, State
from service.wire import collection_json

router = APIRouter(prefix="/v1/collections", tags=["operator"], dependencies=OPERATOR_ONLY)


class NewName(BaseModel):
    """A name that no collection has."""

    model_config = ConfigDict(extra="forbid")
    name: str = Field(description="Letters, digits, dots, dashes and underscores, 64 at most.")


@router.patch("/{name}")
def rename_collection(state: State, name: str, new: NewName) -> dict[str, Any]:
    """Give a collection another name; sites that show it go with it."""
    rename(state.engine, state.settings.place, name, new.name)
    return collection_json(state.engine.collection(new.name))


@router.post("/{name}/copy", status_code=201)
def copy_collection(state: State, name: str, new: NewName) -> dict[str, Any]:
    """Make a second collection with the same documents; answers when it is there."""
    building.copy(state.engine.store, name, new.name)
    return collection_json(state.engine.collection(new.name))


@router.post("/{name}/reindex", status_code=202)
def reindex(state: State, response: Response, name: str) -> dict[str, Any]:
    """Build a collection anew in the background with the server's settings; the old passages answer meanwhile."""
    state.engine.collection(name)
    job = state.jobs.submit_reindex(name)
    response.headers["Location"] = f"/v1/jobs/{job.id}"
    return job_json(job)


@router.post("/{name}/rollback")
def roll_back(engine: ReadyEngine, name: str) -> dict[str, Any]:
    """What answered before the collection was built anew answers again, if nothing was written since."""
    building.roll_back(engine.store, name)
    return collection_json(engine.collection(name))


@router.get(
    "/{name}/export",
    response_class=FileResponse,
    responses={200: {"content": {"application/zip": {}}, "description": "What `footnoted collections import` reads."}},
)
def export_collection(state: State, name: str) -> FileResponse:
    """A collection as one file with checksums: documents, passages, vectors and original bytes."""
    folder = state.settings.data_dir / "exports"
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{uuid.uuid4().hex}.zip"
    export(state.engine.store, name, path)
    gone = BackgroundTask(path.unlink, missing_ok=True)
    return FileResponse(path, media_type="application/zip", filename=f"{name}.zip", background=gone)
