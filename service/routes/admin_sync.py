"""``/v1/admin/sync``: folders of this machine and addresses of the web, brought up to date in the background."""

from typing import Annotated, Any

from fastapi import APIRouter, Response
from pydantic import Field

from service.document_sources import MAX_SYNC_SPECS
from service.jobs.records import job_json
from service.routes.document_address import MAX_PLACE_CHARS, NO_NUL, MarksGiven
from service.routes.operator_access import OPERATOR_ONLY
from service.routes.state import State

router = APIRouter(prefix="/v1/admin/sync", tags=["operator"], dependencies=OPERATOR_ONLY)


class SyncRequest(MarksGiven):
    """What to look through, as ``footnoted ingest`` takes it."""

    collection: str = Field("default", description="Which collection.")
    sources: list[Annotated[str, Field(min_length=1, max_length=MAX_PLACE_CHARS, pattern=NO_NUL)]] = Field(
        min_length=1, max_length=MAX_SYNC_SPECS, description="Files, folders, globs, web addresses, sitemaps, lists."
    )
    keep_missing: bool = Field(False, description="Keep documents whose sources are gone from their place.")
    retry_failed: bool = Field(False, description="Try files again that failed before and did not change.")


@router.post("", status_code=202)
def sync(state: State, response: Response, given: SyncRequest) -> dict[str, Any]:
    """Read what is new or changed in the background, and take out what is gone."""
    state.engine.check_collection_name(given.collection)
    job = state.jobs.submit_sync(
        given.collection,
        given.sources,
        prune=not given.keep_missing,
        retry_failed=given.retry_failed,
        marks=given.marks(),
    )
    response.headers["Location"] = f"/v1/jobs/{job.id}"
    return job_json(job)
