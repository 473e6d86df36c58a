"""``/v1/admin/jobs``, and the events of a job while it runs."""

import asyncio
from collections.abc import AsyncIterator
from typing import Annotated, Any

from fastapi import APIRouter, Query
from sse_starlette import EventSourceResponse, JSONServerSentEvent
from starlette.concurrency import run_in_threadpool

from core.errors import FootnotedError
from service.jobs import Job, Jobs, job_json
from service.problems import problem_of
from service.routes.operator_access import OPERATOR_ONLY
from service.routes.state import State

router = APIRouter(prefix="/v1/admin/jobs", tags=["operator"], dependencies=OPERATOR_ONLY)
events_router = APIRouter(prefix="/v1/jobs", tags=["collections"])
_LOOK_S = 0.4
_UNFINISHED = ("queued", "running")


@router.get("")
def recent_jobs(
    state: State,
    collection: Annotated[str | None, Query(description="Only of this collection.")] = None,
    limit: Annotated[int, Query(ge=1, le=500)] = 50,
) -> dict[str, Any]:
    """The latest uploads, newest first, file by file."""
    return {"jobs": [job_json(job) for job in state.jobs.recent(limit, collection)]}


@events_router.get(
    "/{job_id}/events",
    responses={200: {"content": {"text/event-stream": {}}, "description": "Events `job`; the last one is settled."}},
    response_class=EventSourceResponse,
)
async def job_events(state: State, job_id: str) -> EventSourceResponse:
    """A job as it is now, and again whenever it has changed, until it is done, partial or failed."""
    job = await run_in_threadpool(state.jobs.get, job_id)  # an unknown one is still a plain 404
    return EventSourceResponse(
        _changes(state.jobs, job), headers={"Cache-Control": "no-cache", "X-Accel-Buffering": "no"}
    )


async def _changes(jobs: Jobs, job: Job) -> AsyncIterator[JSONServerSentEvent]:
    yield JSONServerSentEvent(job_json(job), event="job")
    while job.status in _UNFINISHED:
        await asyncio.sleep(_LOOK_S)
        try:
            now = await run_in_threadpool(jobs.get, job.id)
        except FootnotedError as error:  # the status line is gone: the stream itself has to say it
            yield JSONServerSentEvent(problem_of(error), event="error")
            return
        if now != job:
            job = now
            yield JSONServerSentEvent(job_json(job), event="job")
