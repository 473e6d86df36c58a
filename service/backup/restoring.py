"""A backup into a data folder: unpacked beside it, checked, and only then put in its place."""

import os
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from core.errors import Conflict, IndexBroken
from index.catalog import Catalog
from index.file_lock import only_holder
from index.verify.check import Check, Level
from index.verify.run import verify
from service.backup.databases import is_open_elsewhere
from service.backup.format import CATALOG, Manifest, refused
from service.backup.reading import BackupFile
from service.backup.swapping import swap

_UNFINISHED = "UNFINISHED"
"""A file in a folder that is being unpacked: without it, what is there is whole."""
_ROOM_LEFT = 64 * 1024**2


@dataclass(frozen=True, slots=True)
class Restored:
    """``kept`` is where the former data folder is now, None where there was none."""

    data_dir: Path
    manifest: Manifest
    checks: tuple[Check, ...]
    kept: Path | None


def restore(file: Path, data_dir: Path, *, replace: bool = False) -> Restored:
    """Make ``data_dir`` of a backup; with ``replace`` also where there is one already, which is kept beside.

    Every checksum is compared, databases of earlier formats are brought to the present one, and all that `footnoted
    verify` checks without a model has to hold, before anything has its name. A kill leaves what was there. Raises
    InvalidRequest (the file), Conflict (there is a data folder, or it is in use), IndexBroken.
    """
    target = Path(os.path.realpath(data_dir))  # where a link leads: the link stays
    try:
        with BackupFile(file) as backup, _alone(target):
            _check_target(target, replace)
            beside = target.with_name(f"{target.name}.restoring")
            _put_away(beside, target)
            _check_room(backup, target.parent)
            checks = _unpacked(backup, beside)
            kept = _put_in_place(beside, target)
            return Restored(target, backup.manifest, checks, kept)
    except OSError as error:
        raise IndexBroken(
            f"{target} cannot be written: {error.strerror or error}.", "Choose another place, or make room."
        ) from error


@contextmanager
def _alone(target: Path) -> Iterator[None]:
    target.parent.mkdir(parents=True, exist_ok=True)
    with only_holder(target.parent) as alone:
        if not alone:
            raise Conflict(f"Another restore beside {target} goes on.", "Wait for it to end.")
        yield


def _check_target(target: Path, replace: bool) -> None:
    if not target.exists():
        return
    if not target.is_dir():
        raise Conflict(f"{target} is not a folder.", "Name another.")
    if os.path.ismount(target):
        hint = "Restore into a folder below it, and set data_dir to that."
        raise Conflict(f"{target} is a mount point, which nothing can take the place of.", hint)
    if not any(target.iterdir()):
        return
    if not replace:
        raise Conflict(f"{target} is not empty.", "Name a new folder, or say --replace: what is there is kept beside.")
    for database in sorted(target.glob("*.db")):
        if is_open_elsewhere(database):
            hint = "Stop the server and whatever else uses the data folder first."
            raise Conflict(f"{target} is in use: another process has {database.name} open.", hint)


def _put_away(beside: Path, target: Path) -> None:
    """What a restore that was killed left: thrown away where it is unfinished; else it may be the former folder."""
    if not beside.exists():
        return
    if (beside / _UNFINISHED).exists() or not any(beside.iterdir()):
        shutil.rmtree(beside)
    else:
        beside.rename(_kept_name(target))


def _check_room(backup: BackupFile, folder: Path) -> None:
    free = shutil.disk_usage(folder).free
    if backup.bytes + _ROOM_LEFT > free:
        raise refused(
            f"unpacked it takes {backup.bytes / 1024**2:,.0f} MiB, and {folder} has {free / 1024**2:,.0f} MiB free",
            "Make room, or name a folder on another disk.",
        )


def _unpacked(backup: BackupFile, beside: Path) -> tuple[Check, ...]:
    beside.mkdir(mode=0o700)
    (beside / _UNFINISHED).touch()
    try:
        backup.unpack(beside)
        checks = _verified(beside, backup.manifest)
    except BaseException:
        shutil.rmtree(beside, ignore_errors=True)
        raise
    (beside / _UNFINISHED).unlink()
    os.sync()  # at once for all files: it is on the disk before it has its name
    return checks


def _verified(folder: Path, manifest: Manifest) -> tuple[Check, ...]:
    """All checks that need no model. Raises IndexBroken."""
    catalog = Catalog(folder / CATALOG)
    try:
        checks = tuple(verify(folder, catalog, None, 0, 0))
    finally:
        catalog.close()
    if failed := _told(checks, manifest.originals.missing):
        raise IndexBroken(f"What the backup holds is not whole: {failed}", "Take an earlier backup.")
    return checks


def _told(checks: Sequence[Check], missing: int) -> str:
    """What does not hold, but for originals that were not there when the backup was made."""
    failed = [check for check in checks if check.level is Level.FAILED]
    told = [check for check in failed if (check.name, check.faulty) != ("originals", missing)]
    return "; ".join(f"{check.name}: {check.message}" for check in told)


def _put_in_place(beside: Path, target: Path) -> Path | None:
    if not target.exists() or not any(target.iterdir()):
        beside.rename(target)  # also in the place of an empty folder
        return None
    kept = _kept_name(target)
    swap(beside, target, kept)
    return kept


def _kept_name(target: Path) -> Path:
    name = f"{target.name}.before-{datetime.now(UTC):%Y%m%dT%H%M%SZ}"
    number = 1
    while (found := target.with_name(name if number == 1 else f"{name}-{number}")).exists():
        number += 1
    return found
