"""Files written beside their place and swapped in: a kill leaves the old file or the new one, never half of one."""

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """A path to write to; it takes the place of ``path`` at the end, and goes if the writing fails."""
    beside = path.with_suffix(f".{os.getpid()}-{threading.get_ident()}.tmp")
    try:
        yield beside
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)
