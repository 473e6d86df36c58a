"""``/v1/admin/jobs``: the latest uploads and syncs."""

from typing import Annotated, Any

from fastapi import APIRouter, Query

from service.jobs.records import job_json
from service.routes.operator_access import OPERATOR_ONLY
from service.routes.state import State

router = APIRouter(prefix="/v1/admin/jobs", tags=["operator"], dependencies=OPERATOR_ONLY)


@router.get("")
def recent_jobs(
    state: State,
    collection: Annotated[str | None, Query(description="Only of this collection.")] = None,
    limit: Annotated[int, Query(ge=1, le=500)] = 50,
) -> dict[str, Any]:
    """The latest jobs, newest first, each with how far it is and the first of its files."""
    return {"jobs": [job_json(job) for job in state.jobs.store.recent(limit, collection)]}
