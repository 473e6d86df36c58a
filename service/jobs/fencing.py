"""Of several machines, one worker does the jobs. It holds a lock; but one that was cut off may not know yet that it
lost it, and go on. So each worker leaves a token (a fencing token) in the jobs' database, and what is written of a job
is written only as long as it is still there. Documents are written in transactions of their own, and the token is
looked at right before each: a worker that stands still just between the two is not caught."""

import uuid

from sqlalchemy import Connection, delete, insert, select

from core.errors import Conflict
from index.schema import write
from service.jobs.store import JobStore
from service.jobs.tables import job_worker


def leave_token(store: JobStore) -> str | None:
    """To be called by the holder of the worker's lock. None in a data folder, where the lock alone is proof."""
    if not store.file.place.on_server:
        return None
    token = uuid.uuid4().hex
    with write(store.file.opened()) as connection:
        connection.execute(delete(job_worker))
        connection.execute(insert(job_worker).values(one=1, token=token))
    return token


def check_token(connection: Connection, token: str | None) -> None:
    """In the transaction that writes, or right before it. Raises Conflict where another worker has taken over."""
    if token is not None and connection.execute(select(job_worker.c.token)).scalar() != token:
        raise Conflict("Another worker does the jobs since this one lost the database.", "It goes on with this job.")
