"""Copies of SQLite databases that others write to meanwhile, each as of one moment."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from core.errors import IndexBroken, NotReady
from index.pins import Pins

_BUSY_S = 30.0
# As the list of collections counts: former versions of rebuilt collections, which can be put back, are hidden.
_COUNT = """
SELECT count(*) FROM documents JOIN collections ON collections.id = documents.collection_id
WHERE collections.name NOT LIKE '.%'
"""
_DIGESTS = "SELECT DISTINCT sha256 FROM documents"


def copy_database(path: Path, target: Path) -> None:
    """What is committed now. Writers go on meanwhile. Raises IndexBroken, NotReady, OSError."""
    with _told(path), closing(_opened(path)) as source:
        _copy(source, target)


def copy_catalog(path: Path, target: Path, pins: Pins, originals: Path) -> set[str]:
    """Likewise, with the originals of all its documents held; gives the hashes of those that are not there.

    While the last of them are linked nobody can write to the catalog, and so nobody can put an original away: the
    copy that follows is of that very moment. Raises IndexBroken, NotReady, OSError.
    """
    with _told(path), closing(_opened(path)) as reader, closing(_opened(path)) as holder:
        pins.hold_originals(originals, _digests(reader))  # most of them, before anybody has to wait
        holder.execute("BEGIN IMMEDIATE")
        missing = pins.hold_originals(originals, _digests(holder))
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM sqlite_master").fetchone()  # the moment that the copy is of
        holder.execute("ROLLBACK")
        _copy(reader, target)
        return missing


def format_of(path: Path) -> int:
    """The number of a copy's format, 0 where it has none. Raises IndexBroken, NotReady."""
    with _told(path), closing(_frozen(path)) as database:
        return int(database.execute("PRAGMA user_version").fetchone()[0])


def documents_of(path: Path) -> tuple[int, list[str]]:
    """How many documents the collections of a catalog's copy list, and the hashes of all originals, also of those
    that are hidden. Raises IndexBroken, NotReady."""
    with _told(path), closing(_frozen(path)) as database:
        count = int(database.execute(_COUNT).fetchone()[0])
        return count, _digests(database)


def is_open_elsewhere(path: Path) -> bool:
    """Whether another process has the database open. Raises IndexBroken."""
    with closing(sqlite3.connect(path, isolation_level=None, timeout=0)) as database:
        try:
            database.execute("PRAGMA locking_mode = EXCLUSIVE")
            database.execute("BEGIN EXCLUSIVE")
            database.execute("ROLLBACK")
        except sqlite3.OperationalError as error:
            if "locked" in str(error):
                return True
            raise IndexBroken(f"{path} cannot be read: {error}.", "Check the folder's permissions.") from error
        except sqlite3.DatabaseError:  # damaged: that is what a backup is restored for
            return False
    return False


def _opened(path: Path) -> sqlite3.Connection:
    return sqlite3.connect(f"{path.absolute().as_uri()}?mode=rw", uri=True, isolation_level=None, timeout=_BUSY_S)


def _frozen(path: Path) -> sqlite3.Connection:
    """To a file that nobody writes to: no log is made beside it."""
    return sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro&immutable=1", uri=True)


def _copy(source: sqlite3.Connection, target: Path) -> None:
    target.unlink(missing_ok=True)
    os.close(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    with closing(sqlite3.connect(target, isolation_level=None)) as copy:
        copy.execute("PRAGMA journal_mode = OFF")  # it is read once and thrown away
        copy.execute("PRAGMA synchronous = OFF")
        source.backup(copy)


def _digests(database: sqlite3.Connection) -> list[str]:
    return [digest for (digest,) in database.execute(_DIGESTS)]


@contextmanager
def _told(path: Path) -> Iterator[None]:
    try:
        yield
    except sqlite3.OperationalError as error:
        if "locked" in str(error):
            raise NotReady(f"{path} is locked by another process.", "Try again.") from error
        raise IndexBroken(f"{path} cannot be copied: {error}.", "Check permissions and the free space.") from error
    except sqlite3.DatabaseError as error:
        hint = "Run `footnoted verify`; restore the last backup if it says that the database is damaged."
        raise IndexBroken(f"{path} cannot be copied: {error}.", hint) from error
