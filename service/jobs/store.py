"""The jobs' database: apart from the catalog, so that a note of progress never waits for an ingest's transaction."""

import uuid
from collections.abc import Collection, Sequence
from datetime import timedelta
from pathlib import Path

from sqlalchemy import Connection, RowMapping, Select, case, delete, func, insert, select, update

from core.errors import Conflict, NotFound
from index.marks import NO_MARKS, Marks, marks_of
from index.place import Place
from index.schema import read, write
from service.database_file import DatabaseFile
from service.jobs.records import MAX_FILES_TOLD, Job, JobFile, JobKind, JobStatus, now
from service.jobs.request_rows import job_of_request, keep_request
from service.jobs.tables import FORMAT_VERSION, file_row, files, job_marks, jobs, metadata, to_file, to_job
from service.request_key import RequestKey
from service.timestamps import timestamp, utc_now

FILE = "jobs.db"
MAX_JOBS_KEPT = 1000
UNFINISHED = (JobStatus.QUEUED.value, JobStatus.RUNNING.value)
_MAX_FILES_IN_LIST = 100
_MAX_UPLOADS_LOOKED_AT = 5000


class JobStore:
    """Every method is one transaction. The file is made by the first write; reading without one finds nothing."""

    def __init__(self, place: Path | Place, pragmas: Sequence[str] = ()) -> None:
        self.file = DatabaseFile(place, FILE, metadata, FORMAT_VERSION, pragmas)

    def close(self) -> None:
        self.file.close()

    # Writing

    def add_upload(
        self,
        job_id: str,
        collection: str,
        names: Sequence[str],
        marks: Marks = NO_MARKS,
        request: RequestKey | None = None,
    ) -> Job:
        """Queue the reading of files that are kept already; gives the job of the same request where there is one.

        Raises InvalidRequest where the request's key stands for another one.
        """
        rows = [JobFile(f"upload:{name}", name) for name in names]
        with write(self.file.opened()) as connection:
            if request is not None and (same := job_of_request(connection, request)) is not None:
                return _job(connection, same, MAX_FILES_TOLD)
            job = _added(connection, job_id, JobKind.UPLOAD, collection, rows, marks)
            if request is not None:
                keep_request(connection, request, job_id)
            return job

    def add_sync(
        self, collection: str, sources: Sequence[str], *, prune: bool, retry_failed: bool, marks: Marks = NO_MARKS
    ) -> Job:
        """Queue a sync of places."""
        more = {"sources": list(sources), "prune": prune, "retry_failed": retry_failed}
        return self._add(new_id(), JobKind.SYNC, collection, [], marks, **more)

    def add_reindex(self, collection: str) -> Job:
        """Queue the building anew of a collection. Raises Conflict where that waits or runs already."""
        same = (jobs.c.collection == collection, jobs.c.kind == JobKind.REINDEX.value)
        wanted = select(jobs.c.id).where(*same, jobs.c.status.in_(UNFINISHED))
        with write(self.file.opened()) as connection:
            waiting = connection.execute(wanted).scalar()
            if waiting is not None:
                raise Conflict(f"The job {waiting!r} builds {collection!r} anew already.", "Wait for it, or cancel it.")
            return _added(connection, new_id(), JobKind.REINDEX, collection, [], NO_MARKS)

    def _add(
        self, job_id: str, kind: JobKind, collection: str, rows: Sequence[JobFile], marks: Marks, **more: object
    ) -> Job:
        with write(self.file.opened()) as connection:
            return _added(connection, job_id, kind, collection, rows, marks, **more)

    def cancel(self, job_id: str) -> Job:
        """At once where the job waits, soon where it runs; what is in stays. Raises NotFound, Conflict."""
        with write(self.file.opened()) as connection:
            job = _job(connection, job_id, 0)
            if job.is_settled:
                raise Conflict(f"The job {job_id!r} is {job.status.value} already.", "Nothing is left to cancel.")
            mine = jobs.c.id == job_id
            if job.status is JobStatus.QUEUED:
                ended = {"status": JobStatus.CANCELLED.value, "updated_at": now()}
                number = connection.execute(update(jobs).where(mine).values(ended).returning(jobs.c.number))
                left = (files.c.job == number.scalar_one(), files.c.status.in_(UNFINISHED))
                connection.execute(update(files).where(*left).values(status=JobStatus.CANCELLED.value))
            else:
                connection.execute(update(jobs).where(mine).values(cancelling=True, updated_at=now()))
            return _job(connection, job_id, MAX_FILES_TOLD)

    def sweep(self, keep_days: int) -> int:
        """Forget settled jobs that are older, or more than ``MAX_JOBS_KEPT``; gives how many."""
        if not self.file.exists():
            return 0
        oldest = timestamp(utc_now() - timedelta(days=keep_days))
        kept = select(jobs.c.number).order_by(jobs.c.number.desc()).limit(MAX_JOBS_KEPT)
        is_old = (jobs.c.updated_at < oldest) | jobs.c.number.not_in(kept)
        with write(self.file.opened()) as connection:
            settled = jobs.c.status.not_in(UNFINISHED)
            return connection.execute(delete(jobs).where(settled, is_old)).rowcount

    # Reading

    def get(self, job_id: str, max_files: int = MAX_FILES_TOLD) -> Job:
        """Raises NotFound."""
        if not self.file.exists():
            raise unknown_job(job_id)
        with read(self.file.opened()) as connection:
            return _job(connection, job_id, max_files)

    def of_request(self, request: RequestKey) -> Job | None:
        """The job that was made for it. Raises InvalidRequest where its key stands for another one."""
        if not self.file.exists():
            return None
        with read(self.file.opened()) as connection:
            same = job_of_request(connection, request)
            return None if same is None else _job(connection, same, MAX_FILES_TOLD)

    def has_changed(self, job: Job) -> bool:
        """Whether anything was written of the job since it was read, without reading it whole; True if it is gone."""
        query = select(jobs.c.updated_at, jobs.c.status).where(jobs.c.id == job.id)
        with read(self.file.opened()) as connection:
            row = connection.execute(query).first()
        return row is None or tuple(row) != (job.updated_at, job.status.value)

    def recent(self, limit: int, collection: str | None = None) -> list[Job]:
        """The latest jobs, newest first, with the first of their files."""
        if not self.file.exists():
            return []
        query = select(jobs).order_by(jobs.c.number.desc()).limit(limit)
        if collection is not None:
            query = query.where(jobs.c.collection == collection)
        with read(self.file.opened()) as connection:
            return [_told(connection, row, _MAX_FILES_IN_LIST) for row in connection.execute(query).mappings().all()]

    def unfinished(self) -> list[tuple[str, str]]:
        """Id and collection of every job that is not settled, in the order in which they are done."""
        if not self.file.exists():
            return []
        query = select(jobs.c.id, jobs.c.collection).where(jobs.c.status.in_(UNFINISHED)).order_by(jobs.c.number)
        with read(self.file.opened()) as connection:
            return [(row.id, row.collection) for row in connection.execute(query)]

    def uploads_of(self, collection: str, uris: Collection[str]) -> dict[str, list[JobFile]]:
        """The uploads of each uri, newest first."""
        found: dict[str, list[JobFile]] = {}
        if not self.file.exists():
            return found
        wanted = (jobs.c.collection == collection, jobs.c.kind == JobKind.UPLOAD.value, files.c.uri.in_(uris))
        query = select(files).join(jobs).where(*wanted).order_by(files.c.job.desc(), files.c.position.desc())
        with read(self.file.opened()) as connection:
            for row in connection.execute(query.limit(_MAX_UPLOADS_LOOKED_AT)).mappings():
                found.setdefault(row["uri"], []).append(to_file(row))
        return found


def new_id() -> str:
    return f"job_{uuid.uuid4().hex}"


def unknown_job(job_id: str) -> NotFound:
    return NotFound(f"There is no job {job_id!r}.", "Ids of jobs come with the answer to an upload.")


def _added(
    connection: Connection,
    job_id: str,
    kind: JobKind,
    collection: str,
    rows: Sequence[JobFile],
    marks: Marks,
    **more: object,
) -> Job:
    time = now()
    values = {
        "id": job_id,
        "kind": kind.value,
        "collection": collection,
        "status": JobStatus.QUEUED.value,
        "created_at": time,
        "updated_at": time,
        "sources": [],
        "prune": False,
        "retry_failed": False,
        "total": len(rows),
        **more,
    }
    number = connection.execute(insert(jobs).values(values).returning(jobs.c.number)).scalar_one()
    if marks:
        connection.execute(insert(job_marks).values(job=number, marks=marks.as_json()))
    if rows:
        described = [{"uri": row.uri, "name": row.name, **file_row(row)} for row in rows]
        told = [{"job": number, "position": i, **row} for i, row in enumerate(described)]
        connection.execute(insert(files), told)
    return _job(connection, job_id, MAX_FILES_TOLD)


def _job(connection: Connection, job_id: str, max_files: int) -> Job:
    row = connection.execute(select(jobs).where(jobs.c.id == job_id)).mappings().first()
    if row is None:
        raise unknown_job(job_id)
    return _told(connection, row, max_files)


def _told(connection: Connection, row: RowMapping, max_files: int) -> Job:
    mine = files.c.job == row["number"]
    grouped = connection.execute(select(files.c.status, func.count()).where(mine).group_by(files.c.status))
    counts = {row.status: int(row[1]) for row in grouped}
    query = _in_order(select(files).where(mine), JobKind(row["kind"])).limit(max_files)
    told = tuple(to_file(file) for file in connection.execute(query).mappings()) if max_files else ()
    given = connection.execute(select(job_marks.c.marks).where(job_marks.c.job == row["number"])).scalar_one_or_none()
    return to_job(row, counts, told, sum(counts.values()) - len(told), marks_of(**given) if given else NO_MARKS)


def _in_order(query: Select[tuple[object, ...]], kind: JobKind) -> Select[tuple[object, ...]]:
    """As sent; of a sync, which may have thousands, what needs somebody first."""
    if kind is JobKind.UPLOAD:
        return query.order_by(files.c.position)
    return query.order_by(case((files.c.status == "failed", 0), else_=1), files.c.position)
