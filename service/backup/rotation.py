"""Backups with the time in their names in one folder, of which the newest are kept."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from index.file_lock import only_holder
from service.backup.whole_file import PART
from service.backup.writing import Made, Told, write_backup

_NAME = re.compile(r"footnoted-\d{8}T\d{6}Z\.zip")
_LEFT = re.compile(_NAME.pattern + re.escape(PART) + r"(\.db)?")


def backup_into(
    folder: Path, data_dir: Path, keep: int | None, *, with_indexes: bool = False, told: Told | None = None
) -> tuple[Made, list[Path]]:
    """Write one more, then remove those beyond the newest ``keep``; gives those that were removed.

    Nothing is removed before the new one is whole, and nothing with another name ever. Raises as ``write_backup``.
    """
    name = f"footnoted-{datetime.now(UTC):%Y%m%dT%H%M%SZ}.zip"
    made = write_backup(data_dir, folder / name, with_indexes=with_indexes, told=told)
    removed = backups_in(folder)[:-keep] if keep else []
    for path in [*removed, *_left_by_kills(folder)]:
        path.unlink(missing_ok=True)
    return made, removed


def backups_in(folder: Path) -> list[Path]:
    """Oldest first."""
    return sorted(path for path in folder.iterdir() if _NAME.fullmatch(path.name))


def _left_by_kills(folder: Path) -> Iterator[Path]:
    for path in sorted(folder.iterdir()):
        if not _LEFT.fullmatch(path.name):
            continue
        with only_holder(path.with_name(path.name.removesuffix(".db"))) as alone:
            if alone:
                yield path
                yield path.with_name(path.name.removesuffix(".db"))
