"""What a worker that died left: in which batches its files are read, and what it had written, but not noted."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from core.errors import NotFound
from index.catalog import DocumentRow
from service.engine import Engine
from service.ingestion.report import FileResult, FileStatus
from service.jobs.records import Job
from service.jobs.work import OpenFile

_FEW = 16
_TO_SECONDS = len("2026-01-01T00:00:00")  # the catalog's times have no more


def suspect_batches(suspects: Sequence[OpenFile]) -> list[list[OpenFile]]:
    """Those that were at hand at one death a few at a time, those of more alone."""
    once = rounds(file for file in suspects if file.deaths == 1)
    few = [one[i : i + _FEW] for one in once for i in range(0, len(one), _FEW)]
    return [*few, *([file] for file in suspects if file.deaths > 1)]


def rounds(batch: Iterable[OpenFile]) -> list[list[OpenFile]]:
    """A name that was sent twice is read twice, the later one last."""
    made: list[list[OpenFile]] = []
    times: dict[str, int] = {}
    for file in batch:
        turn = times.get(file.uri, 0)
        times[file.uri] = turn + 1
        if turn == len(made):
            made.append([])
        made[turn].append(file)
    return made


class Brought:
    """A file that is unchanged only because this very job brought it is told as what it was then."""

    def __init__(self, engine: Engine, job: Job, open_files: Iterable[OpenFile]) -> None:
        self._engine = engine
        self._job = job
        self._was_known = {file.uri: file.was_known for file in open_files if file.deaths}
        self._rows: dict[str, DocumentRow] | None = None

    def told(self, result: FileResult) -> FileResult:
        """The result as the person who waits for the job understands it."""
        if result.status is not FileStatus.UNCHANGED or result.uri not in self._was_known:
            return result
        row = self._documents().get(result.uri)
        if row is None or row.ingested_at[:_TO_SECONDS] < self._job.created_at[:_TO_SECONDS]:
            return result
        status = FileStatus.CHANGED if self._was_known[result.uri] else FileStatus.ADDED
        return replace(result, status=status, passages=row.passages)

    def _documents(self) -> dict[str, DocumentRow]:
        if self._rows is None:
            try:
                rows = self._engine.documents(self._job.collection)
            except NotFound:
                rows = []
            self._rows = {row.uri: row for row in rows}
        return self._rows
