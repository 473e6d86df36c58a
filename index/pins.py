"""Originals that a backup reads stay until it has read them, even where their documents are deleted meanwhile.

Each is held by a second name in the folder ``pins``. A lock says whether a backup goes on: what lies there without
one was left by a backup that was killed, and is removed by the next one, or by the next start of the server.
"""

import os
import shutil
import time
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

from core.errors import Conflict
from index.file_lock import only_holder

_FOLDER = "pins"
_LOCK = "backup.lock"
_TRIES, _PAUSE_S = 20, 0.05  # a server that tidies up holds the lock for a moment


class Pins:
    """Files held under a second name, by a name of the caller's."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._held: set[str] = set()

    def hold(self, name: str, path: Path) -> bool:
        """Hold a file; False where it is not there. Raises OSError."""
        if name in self._held:
            return True
        try:
            os.link(path, self.path(name))
        except FileNotFoundError:
            return False
        except OSError:  # a file system without links
            try:
                shutil.copyfile(path, self.path(name))
            except FileNotFoundError:
                return False
        self._held.add(name)
        return True

    def hold_originals(self, originals: Path, digests: Iterable[str]) -> set[str]:
        """Hold those of the hashes; gives which are not there. Raises OSError."""
        return {digest for digest in digests if not self.hold(digest, originals / digest[:2] / digest)}

    def path(self, name: str) -> Path:
        """Where a held file is."""
        return self._folder / name


@contextmanager
def pinning(data_dir: Path) -> Iterator[Pins]:
    """What is held until the end. Raises Conflict while another backup of the folder goes on, OSError."""
    with ExitStack() as stack:
        for _ in range(_TRIES):
            if stack.enter_context(only_holder(data_dir / _LOCK)):
                break
            time.sleep(_PAUSE_S)
        else:
            raise Conflict(f"Another backup of {data_dir} goes on.", "Wait for it to end.")
        folder = data_dir / _FOLDER
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(mode=0o700)
        stack.callback(shutil.rmtree, folder, ignore_errors=True)
        yield Pins(folder)


def abandoned(data_dir: Path) -> list[Path]:
    """What a backup that was killed held."""
    folder = data_dir / _FOLDER
    if not folder.is_dir():
        return []
    with suppress(FileNotFoundError), only_holder(data_dir / _LOCK) as alone:
        return sorted(folder.iterdir()) if alone else []
    return []
