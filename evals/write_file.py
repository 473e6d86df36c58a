"""Writes a file whole or not at all."""

import os
from pathlib import Path

from core.errors import InvalidRequest


def write_atomically(path: Path, text: str) -> None:
    """Writes ``text`` beside ``path`` and moves it into place: a reader sees the old file or the new one.

    :raises InvalidRequest: if the folder is missing or cannot be written.
    """
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        try:
            with temporary.open("w", encoding="utf-8", newline="") as file:
                file.write(text)
                file.flush()
                os.fsync(file.fileno())
            temporary.replace(path)
        finally:
            temporary.unlink(missing_ok=True)
    except OSError as error:
        raise InvalidRequest(
            f"{path} cannot be written: {error.strerror}.", "Name a file in a folder that exists and is yours."
        ) from error
