"""Writes a file whole or not at all."""

import os
from pathlib import Path

from core.errors import InvalidRequest


def write_atomically(path: Path, text: str) -> None:
    """Writes ``text`` beside ``path`` and moves it into place: a reader sees the old file or the new one.

    Behind a link its target is written; a device or a pipe, such as /dev/stdout, is written as it is.

    :raises InvalidRequest: if the folder is missing or cannot be written.
    """
    path = path.resolve()
    if path.exists() and not path.is_file():
        _write_through(path, text)
        return
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
        raise _refused(path, error) from error


def _write_through(path: Path, text: str) -> None:
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise _refused(path, error) from error


def _refused(path: Path, error: OSError) -> InvalidRequest:
    return InvalidRequest(
        f"{path} cannot be written: {error.strerror}.", "Name a file in a folder that exists and is yours."
    )
