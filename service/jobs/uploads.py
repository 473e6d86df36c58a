"""The bytes of uploads, kept in the data folder until their job is settled."""

import shutil
import time
from collections.abc import Sequence
from pathlib import Path, PurePosixPath
from typing import BinaryIO

from service.jobs.store import JobStore

_MAX_NAME = 255  # as most disks have it
_MAX_SUFFIX = 20  # a longer one is none
_IN_ARRIVAL_S = 600.0  # a folder this young may belong to a job that is about to be written down


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
    """Remove what belongs to no unfinished job; gives how many folders."""
    if not folder.is_dir():
        return 0
    wanted = {job_id for job_id, _ in store.unfinished()}
    removed = 0
    for kept in folder.iterdir():
        if kept.name not in wanted and time.time() - kept.stat().st_mtime > _IN_ARRIVAL_S:
            shutil.rmtree(kept, ignore_errors=True)
            removed += 1
    return removed
