"""The tables of the jobs' database, and its rows as records."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    RowMapping,
    String,
    Text,
)
from sqlalchemy import Table as SqlTable

from index.marks import NO_MARKS, Marks
from service.jobs.records import Job, JobFile, JobKind, JobProgress, JobStatus

FORMAT_VERSION = 1

metadata = MetaData()

jobs = SqlTable(
    "jobs",
    metadata,
    Column("number", Integer, primary_key=True),  # the order in which they are done
    Column("id", String, nullable=False, unique=True),
    Column("kind", String, nullable=False),
    Column("collection", String, nullable=False, index=True),
    Column("status", String, nullable=False, index=True),
    Column("created_at", String, nullable=False),
    Column("updated_at", String, nullable=False),
    Column("sources", JSON, nullable=False),
    Column("prune", Boolean, nullable=False),
    Column("retry_failed", Boolean, nullable=False),
    Column("cancelling", Boolean, nullable=False, default=False),
    Column("error", JSON),
    Column("unchanged", Integer, nullable=False, default=0),  # files of a sync that have no row
    Column("done", Integer, nullable=False, default=0),
    Column("total", Integer, nullable=False, default=0),
    Column("name", Text),
    Column("stage", String),
    Column("passages", Integer, nullable=False, default=0),
    Column("elapsed_s", Float, nullable=False, default=0.0),
    Column("remaining_s", Float),
    sqlite_autoincrement=True,
)

# A row each, so that a file that is settled is one small write however many there are.
files = SqlTable(
    "job_files",
    metadata,
    Column("job", ForeignKey("jobs.number", ondelete="CASCADE"), primary_key=True),
    Column("position", Integer, primary_key=True),
    Column("uri", Text, nullable=False, index=True),
    Column("name", Text, nullable=False),
    Column("status", String, nullable=False),
    Column("document_id", String),
    Column("error", JSON),
    Column("notes", JSON, nullable=False),
    Column("passages", Integer, nullable=False, default=0),
    Column("deaths", Integer, nullable=False, default=0),  # how often the worker died while it was at hand
    Column("was_known", Boolean, nullable=False, default=False),  # there was a document at its address before
    Index("ix_job_files_uri_of_job", "job", "uri"),
    Index("ix_job_files_status", "job", "status"),
)

# Tags, attributes and labels for what a job brings; of jobs without any there is no row.
job_marks = SqlTable(
    "job_marks",
    metadata,
    Column("job", ForeignKey("jobs.number", ondelete="CASCADE"), primary_key=True),
    Column("marks", JSON, nullable=False),
)

# Which request a job was made for, by the key that its caller gave (service/request_key.py).
job_requests = SqlTable(
    "job_requests",
    metadata,
    Column("caller", String, primary_key=True),
    Column("key", String, primary_key=True),
    Column("fingerprint", String, nullable=False),
    Column("job", ForeignKey("jobs.number", ondelete="CASCADE"), nullable=False, index=True),
)

# Of several machines, whose worker does the jobs; see fencing.py. In a data folder it is empty.
job_worker = SqlTable(
    "job_worker",
    metadata,
    Column("one", Integer, primary_key=True),
    Column("token", String, nullable=False),
)


def to_file(row: RowMapping) -> JobFile:
    fields = {name: row[name] for name in JobFile.__dataclass_fields__}
    return JobFile(**{**fields, "notes": tuple(row["notes"])})


def to_job(
    row: RowMapping, counts: Mapping[str, int], told: tuple[JobFile, ...], left_out: int, marks: Marks = NO_MARKS
) -> Job:
    """``counts`` are those of the job's file rows."""
    kind, status = JobKind(row["kind"]), JobStatus(row["status"])
    all_counts = {name: n for name, n in counts.items() if n}
    if row["unchanged"]:
        all_counts["unchanged"] = all_counts.get("unchanged", 0) + row["unchanged"]
    return Job(
        id=row["id"],
        kind=kind,
        collection=row["collection"],
        status=status,
        created_at=row["created_at"],
        updated_at=row["updated_at"],
        sources=tuple(row["sources"]),
        prune=row["prune"],
        retry_failed=row["retry_failed"],
        progress=JobProgress(**{name: row[name] for name in JobProgress.__dataclass_fields__}),
        counts=all_counts,
        error=row["error"],
        is_cancelling=row["cancelling"] and not status.is_settled,
        files=told,
        files_left_out=left_out,
        marks=marks,
    )


def file_row(file: JobFile) -> dict[str, Any]:
    """The columns that a file's result changes."""
    return {
        "status": file.status,
        "document_id": file.document_id,
        "error": file.error,
        "notes": list(file.notes),
        "passages": file.passages,
    }
