"""What the worker writes of the job that it does: files at hand, files settled, how far it is."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, case, delete, func, insert, select, update

from core.errors import FootnotedError
from index.schema import read, write
from service.ingestion.report import FileResult, FileStatus, Progress
from service.jobs.fencing import check_token
from service.jobs.records import Job, JobFile, JobKind, JobStatus, bounded_notes, error_json, now, shortened
from service.jobs.store import UNFINISHED, JobStore
from service.jobs.tables import file_row, files, jobs

AT_HAND = "running"
MAX_DEATHS = 2
"""Of workers with a file at hand, alone: then it is given up."""
_IN = tuple(status.value for status in (FileStatus.ADDED, FileStatus.CHANGED, FileStatus.MOVED))


@dataclass(frozen=True, slots=True)
class OpenFile:
    """A file that is not settled. ``deaths`` counts the workers that died while it was at hand; ``was_known`` is
    whether there was a document at its address when the last of them took it up."""

    position: int
    uri: str
    name: str
    deaths: int
    was_known: bool


class JobWork:
    """One running job in the database. Not safe for several threads at once.

    Whatever writes raises Conflict where another machine's worker has taken over; see fencing.py for ``token``.
    """

    def __init__(self, store: JobStore, job: Job, number: int, token: str | None = None) -> None:
        self.job = job
        self._token = token
        self._database = store.file.opened()
        self._number = number
        self._mine = jobs.c.number == number
        self._of_mine = files.c.job == number
        # By uri, position and status: of an upload's round, or of all that a sync has told of.
        self._rows: dict[str, tuple[int, str]] = {}
        self._unchanged = 0  # counted, but not written yet; and their rows
        self._let_go: list[int] = []
        with read(self._database) as connection:
            last = select(func.max(files.c.position)).where(self._of_mine)
            self._next = (connection.execute(last).scalar() or 0) + 1
            if job.kind is JobKind.SYNC:
                told = select(files.c.uri, files.c.position, files.c.status).where(self._of_mine)
                self._rows = {row.uri: (row.position, row.status) for row in connection.execute(told)}

    def open_files(self) -> list[OpenFile]:
        """What is left, in order."""
        columns = (files.c.position, files.c.uri, files.c.name, files.c.deaths, files.c.was_known)
        left = select(*columns).where(self._of_mine, files.c.status.in_(UNFINISHED)).order_by(files.c.position)
        with read(self._database) as connection:
            return [OpenFile(*row) for row in connection.execute(left)]

    def refused(self) -> set[str]:
        """The uris of files that are not tried any more, since workers died of them."""
        given_up = (files.c.status == FileStatus.FAILED.value, files.c.deaths >= MAX_DEATHS)
        with read(self._database) as connection:
            return set(connection.execute(select(files.c.uri).where(self._of_mine, *given_up)).scalars())

    def check(self) -> None:
        """Raises Conflict, as above, and writes nothing: for who is about to write elsewhere on account of the job."""
        if self._token is not None:
            with read(self._database) as connection:
                check_token(connection, self._token)

    def is_cancelled(self) -> bool:
        with read(self._database) as connection:
            return bool(connection.execute(select(jobs.c.cancelling).where(self._mine)).scalar())

    def use_rows(self, round_files: Iterable[OpenFile]) -> None:
        """Results of the next batch are of these files of an upload."""
        self._rows = {file.uri: (file.position, "queued") for file in round_files}

    def begin(self, uri: str, name: str, is_known: bool = False) -> None:
        """Note that the file is at hand, before anything can happen on its account."""
        position, status = self._rows.get(uri, (None, ""))
        if status in _IN:
            return  # brought before the worker was stopped or had to wait; it is looked at again, not read
        with self._writing() as connection:
            if position is None:
                position = self._take_position()
                made = JobFile(uri, shortened(name), AT_HAND)
                connection.execute(insert(files).values(**self._row(position, made), was_known=is_known))
            else:
                at_hand = {"status": AT_HAND, "was_known": is_known}
                connection.execute(update(files).where(*self._at(position)).values(at_hand))
        self._rows[uri] = (position, AT_HAND)

    def settle(self, result: FileResult) -> None:
        """Keep what became of a file."""
        position, status = self._rows.get(result.uri, (None, ""))
        if result.status is FileStatus.UNCHANGED:
            if status in _IN:
                return  # this very job brought it before it was stopped or had to wait
            if self.job.kind is JobKind.SYNC:
                self._settle_unchanged(result.uri, position)
                return
        error = error_json(result.error) if result.error else None
        kept = JobFile(
            result.uri, shortened(result.name), result.status.value, result.document_id, error,
            bounded_notes(result.notes), result.passages,
        )  # fmt: skip
        with self._writing() as connection:
            if position is None:
                position = self._take_position()
                connection.execute(insert(files).values(self._row(position, kept)))
            else:
                connection.execute(update(files).where(*self._at(position)).values(file_row(kept)))
        self._rows[result.uri] = (position, kept.status)

    def _settle_unchanged(self, uri: str, position: int | None) -> None:
        """It is only counted, with the next write."""
        self._unchanged += 1
        if position is not None:
            self._let_go.append(position)
            del self._rows[uri]

    def refuse(self, position: int, error: FootnotedError) -> None:
        """Fail a file of an upload that will not be tried any more."""
        with self._writing() as connection:
            values = {"status": FileStatus.FAILED.value, "error": error_json(error)}
            connection.execute(update(files).where(*self._at(position)).values(values))

    def progress(self, progress: Progress, before: int) -> None:
        """``before`` are the files that earlier batches settled."""
        total = before + progress.total
        values = {
            "done": before + progress.done,
            "total": case((jobs.c.total > total, jobs.c.total), else_=total),
            "name": shortened(progress.name) or None,
            "stage": progress.stage.value,
            "passages": progress.passages,
            "elapsed_s": round(progress.elapsed_s, 1),
            "remaining_s": None if progress.remaining_s is None else round(progress.remaining_s, 1),
        }
        with self._writing() as connection:
            connection.execute(update(jobs).where(self._mine).values(values))

    def start_over(self) -> None:
        """All places of a sync are looked through again, and what is unchanged is counted again."""
        self._unchanged = 0
        with self._writing() as connection:
            connection.execute(update(jobs).where(self._mine).values(unchanged=0))

    def put_back(self) -> None:
        """The worker is told to stop: what is at hand waits for the next, and nobody is to blame."""
        with self._writing() as connection:
            connection.execute(update(files).where(self._of_mine, files.c.status == AT_HAND).values(status="queued"))
            connection.execute(update(jobs).where(self._mine).values(name=None, stage=None, remaining_s=None))

    def settled_count(self) -> int:
        settled = select(func.count()).where(self._of_mine, files.c.status.not_in(UNFINISHED))
        with read(self._database) as connection:
            return connection.execute(settled).scalar_one()

    def counts(self) -> dict[str, int]:
        """Files by what became of them."""
        with self._writing() as connection:
            grouped = select(files.c.status, func.count()).where(self._of_mine).group_by(files.c.status)
            counts: dict[str, int] = {row.status: row[1] for row in connection.execute(grouped)}
            unchanged = connection.execute(select(jobs.c.unchanged).where(self._mine)).scalar_one()
        counts[FileStatus.UNCHANGED.value] = counts.get(FileStatus.UNCHANGED.value, 0) + unchanged
        return counts

    def settle_archive(self, file: OpenFile) -> bool:
        """Sum up the members that an archive was settled by; False where it has none."""
        members = select(files.c.status, func.sum(files.c.passages)).where(
            self._of_mine, files.c.uri.startswith(f"{file.uri}!/", autoescape=True)
        )
        with self._writing() as connection:
            found = {row.status: row[1] for row in connection.execute(members.group_by(files.c.status))}
            status = next((status for status in (*_IN, FileStatus.UNCHANGED.value, "failed") if status in found), None)
            if status is not None:
                values = {"status": status, "passages": sum(found.values())}
                connection.execute(update(files).where(*self._at(file.position)).values(values))
        return status is not None

    def finish(self, status: JobStatus, elapsed_s: float, error: FootnotedError | None = None) -> None:
        """The job is settled; what it left is cancelled, or, of a sync, as it was."""
        with self._writing() as connection:
            left = (self._of_mine, files.c.status.in_(UNFINISHED))
            if self.job.kind is JobKind.SYNC:
                connection.execute(delete(files).where(*left))
            else:
                connection.execute(update(files).where(*left).values(status=JobStatus.CANCELLED.value))
            values: dict[str, Any] = {
                "status": status.value,
                "error": error_json(error) if error else None,
                "name": None,
                "stage": None,
                "remaining_s": None,
                "elapsed_s": round(elapsed_s, 1),
            }
            if status in (JobStatus.DONE, JobStatus.PARTIAL):
                values["done"] = jobs.c.total
            connection.execute(update(jobs).where(self._mine).values(values))

    @contextmanager
    def _writing(self) -> Iterator[Connection]:
        """A transaction that also writes what was only counted: a thousand unchanged files are few writes.

        It marks the job as changed, for those who follow it.
        """
        with write(self._database) as connection:
            check_token(connection, self._token)
            connection.execute(update(jobs).where(self._mine).values(updated_at=now()))
            if self._unchanged:
                counted = update(jobs).where(self._mine).values(unchanged=jobs.c.unchanged + self._unchanged)
                connection.execute(counted)
                connection.execute(delete(files).where(self._of_mine, files.c.position.in_(self._let_go)))
                self._unchanged, self._let_go = 0, []
            yield connection

    def _take_position(self) -> int:
        self._next += 1
        return self._next - 1

    def _at(self, position: int) -> tuple[Any, Any]:
        return self._of_mine, files.c.position == position

    def _row(self, position: int, file: JobFile) -> dict[str, Any]:
        return {"job": self._number, "position": position, "uri": file.uri, "name": file.name, **file_row(file)}
