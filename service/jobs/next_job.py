"""Which job is done next, and what the death of a worker means for the files that it had at hand."""

from sqlalchemy import Connection, select, update

from index.schema import write
from service.ingestion.report import FileStatus
from service.jobs.at_hand import stopped_reader
from service.jobs.fencing import check_token
from service.jobs.records import JobStatus, error_json, now
from service.jobs.store import UNFINISHED, JobStore
from service.jobs.tables import files, jobs
from service.jobs.work import AT_HAND, MAX_DEATHS, JobWork


def take_next(store: JobStore, token: str | None = None) -> JobWork | None:
    """The job that was running when its worker died, or the next that waits; None where there is none.

    What was at hand at a death is counted against the files. To be called by the holder of the worker's lock only,
    with its ``token``. Raises Conflict where another has taken over.
    """
    if not store.file.exists():
        return None
    if store.file.place.on_server and not store.unfinished():  # else the idle worker would write five times a second
        return None
    with write(store.file.opened()) as connection:
        check_token(connection, token)
        wanted = select(jobs.c.number, jobs.c.id).where(jobs.c.status.in_(UNFINISHED)).order_by(jobs.c.number).limit(1)
        row = connection.execute(wanted).first()
        if row is None:
            return None
        _count_death(connection, row.number)
        begun = {"status": JobStatus.RUNNING.value, "updated_at": now(), "unchanged": 0, "done": 0}
        connection.execute(update(jobs).where(jobs.c.number == row.number).values(begun))
    return JobWork(store, store.get(row.id, max_files=0), row.number, token)


def _count_death(connection: Connection, number: int) -> None:
    """What was at hand when the worker died is suspect; what was so alone, and not for the first time, is given up."""
    mine = files.c.job == number
    columns = (files.c.position, files.c.name, files.c.deaths)
    at_hand = connection.execute(select(*columns).where(mine, files.c.status == AT_HAND)).all()
    died = {"status": "queued", "deaths": files.c.deaths + 1}
    connection.execute(update(files).where(mine, files.c.status == AT_HAND).values(died))
    if len(at_hand) == 1 and at_hand[0].deaths + 1 >= MAX_DEATHS:
        given_up = {"status": FileStatus.FAILED.value, "error": error_json(stopped_reader(at_hand[0].name))}
        connection.execute(update(files).where(mine, files.c.position == at_hand[0].position).values(given_up))
