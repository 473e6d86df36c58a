"""``/v1/jobs``: how far an upload or a sync is, asked or followed, and its end."""

import asyncio
from collections.abc import AsyncIterator
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Response
from sse_starlette import EventSourceResponse, JSONServerSentEvent
from starlette.concurrency import run_in_threadpool

from core.errors import FootnotedError
from service.access.needs import Needs
from service.access.principal import AccessScope, Principal
from service.jobs.jobs import Jobs
from service.jobs.records import Job, job_json
from service.jobs.store import unknown_job
from service.problems import problem_of
from service.routes.state import State

router = APIRouter(prefix="/v1/jobs", tags=["collections"])
_LOOK_S = 0.4
Follows = Annotated[Principal, Depends(Needs(AccessScope.INGEST, AccessScope.ADMIN))]


@router.get("/{job_id}")
def get_job(state: State, job_id: str, caller: Follows) -> dict[str, Any]:
    """How far a job is, file by file; a settled one once questions find what it brought."""
    return job_json(_seen(state.jobs, job_id, caller))


@router.get(
    "/{job_id}/events",
    responses={200: {"content": {"text/event-stream": {}}, "description": "Events `job`; the last one is settled."}},
    response_class=EventSourceResponse,
)
async def job_events(state: State, job_id: str, caller: Follows) -> EventSourceResponse:
    """A job as it is now, and again whenever it has changed, until it is settled."""
    job = await run_in_threadpool(_seen, state.jobs, job_id, caller)  # an unknown one is still a plain 404
    return EventSourceResponse(_changes(state.jobs, job), headers={"Cache-Control": "no-cache"})


@router.post(
    "/{job_id}/cancel",
    status_code=202,
    response_class=Response,
    responses={
        202: {"description": "It runs, and stops soon."},
        204: {"description": "It waited, and is cancelled."},
        409: {"description": "It is settled (`conflict`)."},
    },
)
def cancel_job(state: State, job_id: str, caller: Follows) -> Response:
    """Let a job end; the documents that it brought stay."""
    _seen(state.jobs, job_id, caller)
    return Response(status_code=204 if state.jobs.cancel(job_id).is_settled else 202)


def _seen(jobs: Jobs, job_id: str, caller: Principal) -> Job:
    """To who may not see its collection, a job is not there. Raises NotFound."""
    job = jobs.get(job_id)
    if not caller.sees(job.collection):
        raise unknown_job(job_id)
    return job


async def _changes(jobs: Jobs, job: Job) -> AsyncIterator[JSONServerSentEvent]:
    yield JSONServerSentEvent(job_json(job), event="job")
    while not job.is_settled:
        await asyncio.sleep(_LOOK_S)
        try:
            if not await run_in_threadpool(jobs.store.has_changed, job):
                continue
            now = await run_in_threadpool(jobs.get, job.id)
        except FootnotedError as error:  # the status line is gone: the stream itself has to say it
            yield JSONServerSentEvent(problem_of(error), event="error")
            return
        if now != job:
            job = now
            yield JSONServerSentEvent(job_json(job), event="job")
