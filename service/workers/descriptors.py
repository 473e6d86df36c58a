"""File descriptors: as many as the system lets a process have, and what to do when they have run out."""

import errno
import resource
import sqlite3
import time
from collections.abc import Callable, Iterator

import structlog

_MOST = 65_536
"""A hard limit can be a thousand million, for which some programs make tables."""
_WAITS_S = (1.0, 2.0, 4.0, 8.0)
_PASSING = frozenset({errno.EMFILE, errno.ENFILE, errno.ENOMEM, errno.EAGAIN, errno.EINTR, errno.EIO})

log = structlog.get_logger("footnoted")


def raise_limit() -> int:
    """As far as this process may, for itself and those that it starts; gives what it is now.

    The usual 1,024 are for programs that wait by select(), which none here does.
    """
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = _MOST if hard == resource.RLIM_INFINITY else min(hard, _MOST)
    if soft == resource.RLIM_INFINITY or soft >= wanted:
        return soft
    try:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
    except (OSError, ValueError) as error:
        log.warning("descriptors_not_raised", limit=soft, error=str(error))
        return soft
    return wanted


def with_tries(work: Callable[[], None], sleep: Callable[[float], None] = time.sleep) -> None:
    """Do it, up to five times where the system lacks something that it may have again in a moment."""
    for wait_s in _WAITS_S:
        try:
            return work()
        except Exception as error:
            if not any(map(_passes, _causes(error))):
                raise
            log.warning("tried_again", error=str(error), in_s=wait_s)
        sleep(wait_s)
    return work()


def _passes(error: BaseException) -> bool:
    """SQLite, and what is told of it, has no error of its own for too many open files."""
    if isinstance(error, sqlite3.OperationalError):
        return getattr(error, "sqlite_errorcode", None) == sqlite3.SQLITE_CANTOPEN
    return isinstance(error, OSError) and error.errno in _PASSING


def _causes(error: BaseException) -> Iterator[BaseException]:
    """With what it was raised from, or while handling."""
    seen: set[int] = set()
    now: BaseException | None = error
    while now is not None and id(now) not in seen:
        seen.add(id(now))
        yield now
        now = now.__cause__ or now.__context__
