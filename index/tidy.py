"""Files of a data folder that nothing leads to, as a kill leaves them: found out, and removed."""

import os
import re
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from sqlalchemy import Connection, select

from index import schema
from index.catalog import Catalog
from index.originals import Originals
from index.pins import abandoned
from index.transactions import on_server

_DAY_S = 24 * 60 * 60.0
_OF_COLLECTION = re.compile(r"([0-9]+)[.-]")


def tidy(data_dir: Path, catalog: Catalog, originals: Originals) -> int:
    """Remove them; gives how many there were. Safe beside other processes, which lose nothing that they write.

    Where the catalog is on a server, the folder's originals and indexes are those that it had before it was moved
    there, if any: they are left alone.

    Raises NotReady (the catalog is locked for long).
    """
    if on_server(catalog.engine):
        return originals.tidy()
    strays = unreferenced(catalog, data_dir)
    kept = [path for path in strays if path.parent.parent == data_dir / "originals"]
    if kept:
        catalog.discard_unreferenced(
            [path.name for path in kept], originals.discard
        )  # asks again; nobody can write then
    rest = [path for path in strays if path not in kept] + half_written(data_dir)
    for path in rest:
        path.unlink(missing_ok=True)
    return len(kept) + len(rest) + originals.tidy()


def unreferenced(catalog: Catalog, data_dir: Path) -> list[Path]:
    """Originals of no document, and files of the indexes of no collection."""
    listed = files_of(data_dir)  # before the catalog is asked: what comes later is not stray
    with schema.read(catalog.engine) as connection:
        return strays(connection, data_dir, listed)


def files_of(data_dir: Path) -> list[Path]:
    """The originals and the files of the indexes, without those that are being written."""
    folders = (data_dir / "originals", data_dir / "index")
    found = (path for folder in folders for path in sorted(folder.rglob("*")) if path.suffix != ".tmp")
    return [path for path in found if path.is_file()]


def strays(connection: Connection, data_dir: Path, listed: Sequence[Path]) -> list[Path]:
    """Which of the files nothing leads to."""
    digests = set(connection.execute(select(schema.documents.c.sha256).distinct()).scalars())
    own = set(connection.execute(select(schema.collections.c.id)).scalars())
    return [path for path in listed if not _leads_to(path.relative_to(data_dir), digests, own)]


def _leads_to(place: Path, digests: set[str], collections: set[int]) -> bool:
    if place.parts[0] == "originals":
        return place.name in digests
    number = _OF_COLLECTION.match(place.parts[1])
    return number is None or int(number[1]) in collections  # what has no number is of all


def half_written(data_dir: Path) -> list[Path]:
    """Files that a process was writing beside their place when it ended, or held for a backup."""
    return [*(path for path in _temporary(data_dir) if _is_abandoned(path)), *abandoned(data_dir)]


def _temporary(data_dir: Path) -> Iterator[Path]:
    for pattern in ("*.tmp", "originals/??/*.tmp", "index/**/*.tmp"):
        yield from data_dir.glob(pattern)


def _is_abandoned(path: Path) -> bool:
    process = path.stem.rpartition(".")[2].partition("-")[0]
    if not process.isdecimal():
        return False
    # A number may be another process's by now: what is old is of none that still writes.
    return not _runs(int(process)) or _age_s(path) > _DAY_S


def _runs(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _age_s(path: Path) -> float:
    try:
        return time.time() - path.stat().st_mtime
    except FileNotFoundError:
        return 0.0
