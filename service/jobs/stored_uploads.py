"""Uploads in the database of all replicas, in pieces: whichever replica does the job makes itself a copy."""

import shutil
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import BinaryIO

from sqlalchemy import Column, ForeignKey, Integer, LargeBinary, MetaData, String, Table, delete, insert, select

from core.errors import IndexBroken
from index.pieces import pieces_of
from index.place import Place
from index.schema import read, write
from service.database_file import DatabaseFile
from service.jobs.store import JobStore
from service.jobs.uploads import IN_ARRIVAL_S, sweep_uploads
from service.timestamps import timestamp, utc_now

_FILE = "uploads.db"
_FORMAT_VERSION = 1

_metadata = MetaData()
_uploads = Table(
    "uploads",
    _metadata,
    Column("job_id", String, primary_key=True),
    Column("files", Integer, nullable=False),
    Column("kept_at", String, nullable=False),
)
_pieces = Table(
    "upload_pieces",
    _metadata,
    Column("job_id", ForeignKey("uploads.job_id", ondelete="CASCADE"), primary_key=True),
    Column("position", Integer, primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("data", LargeBinary, nullable=False),
)
_p = _pieces.c


class StoredUploads:
    """See Uploads. ``copies`` is the folder of this machine's copies."""

    shared = True

    def __init__(self, place: Place, copies: Path) -> None:
        self._file = DatabaseFile(place, _FILE, _metadata, _FORMAT_VERSION)
        self._copies = copies

    def keep(self, job_id: str, sources: Sequence[BinaryIO]) -> None:
        """A piece is a transaction: what is not whole is of no job yet, and goes with the next sweep."""
        row = {"job_id": job_id, "files": len(sources), "kept_at": timestamp(utc_now())}
        with write(self._file.opened()) as connection:
            connection.execute(insert(_uploads).values(row))
        for position, source in enumerate(sources):
            for number, data in enumerate(pieces_of(source)):
                piece = {"job_id": job_id, "position": position, "number": number, "data": data}
                with write(self._file.opened()) as connection:
                    connection.execute(insert(_pieces).values(piece))

    def folder(self, job_id: str) -> Path:
        folder = self._copies / job_id
        shutil.rmtree(folder, ignore_errors=True)  # what a worker that was killed left may not be whole
        try:
            self._copy(job_id, folder)
        except OSError as error:
            raise IndexBroken(
                f"{folder} cannot be written: {error.strerror or error}.",
                "Make room for copies of uploads in data_dir.",
            ) from error
        return folder

    def _copy(self, job_id: str, folder: Path) -> None:
        folder.mkdir(parents=True)
        with read(self._file.opened()) as connection:
            count = connection.execute(select(_uploads.c.files).where(_uploads.c.job_id == job_id)).scalar() or 0
            for position in range(count):
                mine = select(_p.data).where(_p.job_id == job_id, _p.position == position).order_by(_p.number)
                with (folder / str(position)).open("wb") as file:
                    for data in connection.execution_options(yield_per=1).execute(mine).scalars():
                        file.write(data)

    def forget(self, job_id: str) -> None:
        shutil.rmtree(self._copies / job_id, ignore_errors=True)
        with write(self._file.opened()) as connection:
            connection.execute(delete(_uploads).where(_uploads.c.job_id == job_id))

    def sweep(self, store: JobStore) -> int:
        oldest = timestamp(utc_now() - timedelta(seconds=IN_ARRIVAL_S))
        with read(self._file.opened()) as connection:  # before the jobs are asked: what comes later stays
            kept = set(connection.execute(select(_uploads.c.job_id).where(_uploads.c.kept_at < oldest)).scalars())
        gone = sorted(kept - {job_id for job_id, _ in store.unfinished()})
        if gone:
            with write(self._file.opened()) as connection:
                connection.execute(delete(_uploads).where(_uploads.c.job_id.in_(gone)))
        return len(gone)

    def sweep_here(self, store: JobStore) -> None:
        sweep_uploads(self._copies, store)

    def close(self) -> None:
        self._file.close()
