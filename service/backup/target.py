"""Where a backup may be written: nowhere that something else would be lost."""

import zipfile
from pathlib import Path

from core.errors import InvalidRequest
from service.backup.format import CATALOG, MANIFEST


def check_target(data_dir: Path, file: Path) -> None:
    """Raises InvalidRequest for a place in the data folder, and for a file that is there and is no backup."""
    if file.resolve().is_relative_to(data_dir.resolve()):
        raise InvalidRequest(
            f"{file} is in the data folder, which a backup has to outlive.", "Name a place outside of it."
        )
    if file.is_dir():
        raise InvalidRequest(f"{file} is a folder.", f"Name a file, or use --to {file}.")
    if file.exists() and not _is_backup(file):
        raise InvalidRequest(f"{file} is there, and is no backup of Footnoted.", "Name another file, or remove it.")


def _is_backup(file: Path) -> bool:
    """By what it lists; an empty file may be written to as well: so `mktemp` makes a name."""
    try:
        if file.stat().st_size == 0:
            return True
        with zipfile.ZipFile(file) as archive:
            return {MANIFEST, CATALOG} <= set(archive.namelist())
    except (OSError, ValueError, NotImplementedError, zipfile.BadZipFile):
        return False
