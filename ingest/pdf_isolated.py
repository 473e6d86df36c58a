"""A page of a PDF from a process of its own: a file that hangs PDFium or fills the memory is one bad file."""

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from core import errors
from core.errors import ReadError, TooLarge

# For ingest/pdf_pages.py, which the process runs; its library is not to be loaded here.
REFUSED = 3
UNIT = 100_000
"""Places are whole numbers of this part of the page's width or height, from its top left corner as shown."""

HINT = "Open the original instead; if it is damaged too, ingest the document again from its source."

_TIME_LIMIT_S = 30.0
_MEMORY_LIMIT_MB = 1024

Box = tuple[float, float, float, float]
"""Left, top, right and bottom as shares of the page as shown, from its top left corner."""


@dataclass(frozen=True, slots=True)
class PageText:
    """A page's size in points, its characters as PDFium gives them, and a box for each; None where it has no room."""

    number: int
    width: float
    height: float
    text: str
    boxes: tuple[Box | None, ...]


def page_text(path: Path, number: int) -> PageText:
    """The characters of a page (counted from 1). Raises ReadError, TooLarge."""
    answer = json.loads(_run(["text", str(path.resolve()), str(number), str(_MEMORY_LIMIT_MB)], number))
    flat = [value / UNIT for value in answer["boxes"]]
    boxes = tuple(
        (flat[i], flat[i + 1], flat[i + 2], flat[i + 3]) if flat[i + 2] > flat[i] else None
        for i in range(0, len(flat), 4)
    )
    return PageText(number, answer["width"], answer["height"], answer["text"], boxes)


def page_png(path: Path, number: int, width: int) -> bytes:
    """The picture of a page (counted from 1), ``width`` pixels wide. Raises ReadError, TooLarge."""
    return _run(["png", str(path.resolve()), str(number), str(_MEMORY_LIMIT_MB), str(width)], number)


def _run(arguments: list[str], number: int) -> bytes:
    # -I: neither the working directory nor the environment can put another module in the reader's place.
    command = [sys.executable, "-I", "-m", "ingest.pdf_pages", *arguments]
    try:
        done = subprocess.run(command, capture_output=True, timeout=_TIME_LIMIT_S, check=False)
    except subprocess.TimeoutExpired as error:
        raise TooLarge(f"Page {number} took more than {_TIME_LIMIT_S:.0f} s.", HINT) from error
    if done.returncode == REFUSED:
        told = json.loads(done.stderr)
        kind = getattr(errors, told["error"])
        raise kind(told["message"], told["hint"])
    if done.returncode != 0:
        raise ReadError(f"Page {number} stopped its reader (code {done.returncode}): the file is damaged.", HINT)
    return done.stdout
