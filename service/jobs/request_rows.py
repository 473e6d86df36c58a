"""Which request a job was made for: a second try of it finds the job."""

from sqlalchemy import Connection, insert, select

from core.errors import InvalidRequest
from service.jobs.tables import job_requests, jobs
from service.request_key import RequestKey


def job_of_request(connection: Connection, request: RequestKey) -> str | None:
    """The id of the job that was made for it. Raises InvalidRequest where its key stands for another request."""
    mine = (job_requests.c.caller == request.caller, job_requests.c.key == request.key)
    row = connection.execute(select(jobs.c.id, job_requests.c.fingerprint).join(job_requests).where(*mine)).first()
    if row is None:
        return None
    if row.fingerprint != request.fingerprint:
        raise InvalidRequest(
            f"The Idempotency-Key {request.key[:100]!r} stands for another upload.",
            "Each upload has a key of its own; only a second try of the same one has the same.",
        )
    return str(row.id)


def keep_request(connection: Connection, request: RequestKey, job_id: str) -> None:
    """For as long as its job is kept."""
    number = select(jobs.c.number).where(jobs.c.id == job_id).scalar_subquery()
    told = {"caller": request.caller, "key": request.key, "fingerprint": request.fingerprint, "job": number}
    connection.execute(insert(job_requests).values(told))
