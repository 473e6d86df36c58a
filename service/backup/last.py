"""When the data folder was last backed up, for whoever watches it: a note in the folder itself."""

import json
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from index.replacing import replacing

_FILE = "last-backup.json"


@dataclass(frozen=True, slots=True)
class LastBackup:
    """Where it was written, when (UTC), and how large it is, in bytes."""

    file: Path
    at: datetime
    bytes: int


def note(data_dir: Path, file: Path, created_at: str, size: int) -> None:
    """Remember a backup that is done. Raises OSError."""
    told = {"file": str(file), "at": created_at, "bytes": size}
    with replacing(data_dir / _FILE) as beside:
        beside.write_text(json.dumps(told), encoding="utf-8")


def last_backup(data_dir: Path) -> LastBackup | None:
    """None where there was none, or where the note cannot be read."""
    try:
        told = json.loads((data_dir / _FILE).read_text(encoding="utf-8"))
        return LastBackup(Path(told["file"]), datetime.fromisoformat(told["at"]), int(told["bytes"]))
    except (OSError, ValueError, KeyError, TypeError):
        return None
