"""One folder in the place of another, at one instant where the system can do it."""

import ctypes
import errno
import os
import sys
from pathlib import Path

_HERE = -100  # AT_FDCWD: paths are as they are given
_EXCHANGE = 2  # RENAME_EXCHANGE
_CANNOT = (errno.ENOSYS, errno.EINVAL, errno.ENOTSUP)


def swap(new: Path, target: Path, kept: Path) -> None:
    """``new`` is then at ``target``, and what was there at ``kept``. Raises OSError.

    On Linux there is a folder under the name at every instant. Elsewhere, and on file systems that cannot exchange,
    there is none for a moment; a kill in that moment leaves both under their other names.
    """
    if _exchanged(new, target):
        new.rename(kept)
        return
    target.rename(kept)
    new.rename(target)


def _exchanged(one: Path, other: Path) -> bool:
    if not sys.platform.startswith("linux"):
        return False
    renameat2 = getattr(ctypes.CDLL(None, use_errno=True), "renameat2", None)  # of glibc 2.28 and musl 1.2.6
    if renameat2 is None:
        return False
    if renameat2(_HERE, os.fsencode(one), _HERE, os.fsencode(other), _EXCHANGE) == 0:
        return True
    failed = ctypes.get_errno()
    if failed in _CANNOT:
        return False
    raise OSError(failed, os.strerror(failed), str(other))
