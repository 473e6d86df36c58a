"""The bytes of uploads, kept until their job is settled: in the data folder, or in the database of all replicas."""

import shutil
import time
from collections.abc import Sequence
from pathlib import Path, PurePosixPath
from typing import BinaryIO, Protocol

from index.place import Place
from service.jobs.store import JobStore

_FOLDER = "uploads"
_MAX_NAME = 255  # as most disks have it
_MAX_SUFFIX = 20  # a longer one is none
IN_ARRIVAL_S = 600.0
"""What is this young may belong to a job that is about to be written down."""


class Uploads(Protocol):
    """Files by the id of their job, each named by its position."""

    @property
    def shared(self) -> bool:
        """Whether other machines have them too."""

    def keep(self, job_id: str, sources: Sequence[BinaryIO]) -> None:
        """Those of a new job. Raises OSError, IndexBroken, NotReady."""

    def folder(self, job_id: str) -> Path:
        """Where they are to be read on this machine. Raises OSError, IndexBroken, NotReady."""

    def forget(self, job_id: str) -> None:
        """Also of a job that has none."""

    def sweep(self, store: JobStore) -> int:
        """Remove what belongs to no unfinished job; gives of how many jobs. For who looks after the worker."""

    def sweep_here(self, store: JobStore) -> None:
        """Likewise the copies on this machine, for every replica."""

    def close(self) -> None: ...


def open_uploads(place: Path | Place) -> Uploads:
    """Of a data folder or a database."""
    place = Place.of(place)
    if not place.on_server:
        return FolderUploads(place.folder / _FOLDER)
    from service.jobs.stored_uploads import StoredUploads

    return StoredUploads(place, place.folder / _FOLDER)


class FolderUploads:
    """See Uploads."""

    shared = False

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def keep(self, job_id: str, sources: Sequence[BinaryIO]) -> None:
        keep_upload(self._folder / job_id, sources)

    def folder(self, job_id: str) -> Path:
        return self._folder / job_id

    def forget(self, job_id: str) -> None:
        shutil.rmtree(self._folder / job_id, ignore_errors=True)

    def sweep(self, store: JobStore) -> int:
        return sweep_uploads(self._folder, store)

    def sweep_here(self, store: JobStore) -> None:
        """They are no copies."""

    def close(self) -> None:
        """Nothing is held open."""


def keep_upload(folder: Path, sources: Sequence[BinaryIO]) -> None:
    """Write the files into a new folder, each named by its position."""
    folder.mkdir(parents=True)
    for i, source in enumerate(sources):
        with (folder / str(i)).open("wb") as target:
            shutil.copyfileobj(source, target, 1024**2)


def file_name(given: str) -> str:
    """The last part of what the client calls the file, without what cannot be shown.

    A long one is cut before its suffix.
    """
    name = PurePosixPath(given.replace("\\", "/")).name
    name = "".join(c for c in name if c.isprintable()).strip() or "upload"
    if len(name) <= _MAX_NAME:
        return name
    suffix = PurePosixPath(name).suffix
    if len(suffix) > _MAX_SUFFIX:
        suffix = ""
    return name[: _MAX_NAME - len(suffix)] + suffix


def sweep_uploads(folder: Path, store: JobStore) -> int:
    """Remove what belongs to no unfinished job, and is not just arriving; gives how many folders."""
    if not folder.is_dir():
        return 0
    wanted = {job_id for job_id, _ in store.unfinished()}
    removed = 0
    for kept in folder.iterdir():
        if kept.name not in wanted and time.time() - kept.stat().st_mtime > IN_ARRIVAL_S:
            shutil.rmtree(kept, ignore_errors=True)
            removed += 1
    return removed
