"""``/v1/jobs``: how far an upload is, asked or followed."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

from fastapi import APIRouter
from sse_starlette import EventSourceResponse, JSONServerSentEvent
from starlette.concurrency import run_in_threadpool

from core.errors import FootnotedError
from service.jobs import Job, Jobs, job_json
from service.problems import problem_of
from service.routes.state import State

router = APIRouter(prefix="/v1/jobs", tags=["collections"])
_LOOK_S = 0.4


@router.get("/{job_id}")
def get_job(state: State, job_id: str) -> dict[str, Any]:
    """How far an upload is, file by file."""
    return job_json(state.jobs.get(job_id))


@router.get(
    "/{job_id}/events",
    responses={200: {"content": {"text/event-stream": {}}, "description": "Events `job`; the last one is settled."}},
    response_class=EventSourceResponse,
)
async def job_events(state: State, job_id: str) -> EventSourceResponse:
    """A job as it is now, and again whenever it has changed, until it is done, partial or failed."""
    job = await run_in_threadpool(state.jobs.get, job_id)  # an unknown one is still a plain 404
    return EventSourceResponse(_changes(state.jobs, job), headers={"Cache-Control": "no-cache"})


async def _changes(jobs: Jobs, job: Job) -> AsyncIterator[JSONServerSentEvent]:
    yield JSONServerSentEvent(job_json(job), event="job")
    while not job.is_settled:
        await asyncio.sleep(_LOOK_S)
        try:
            now = await run_in_threadpool(jobs.get, job.id)
        except FootnotedError as error:  # the status line is gone: the stream itself has to say it
            yield JSONServerSentEvent(problem_of(error), event="error")
            return
        if now != job:
            job = now
            yield JSONServerSentEvent(job_json(job), event="job")
