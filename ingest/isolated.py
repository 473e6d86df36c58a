"""A parser in a process of its own: a source that hangs it, fills the memory or crashes it is only one bad source.

Native parsers (PDFium, lexbor) can be driven into all three by a file of a kilobyte. The processes are kept warm
(ingest/parser_pool.py); what runs in them is ingest/parser_process.py.
"""

from collections.abc import Callable
from typing import Any

from core import errors
from core.errors import ReadError, TooLarge
from core.types import Block, BlockKind, Finding
from ingest.blocks import Parsed
from ingest.parser_pipe import Died, Limits, TimedOut
from ingest.parser_pool import POOL

OnProgress = Callable[[int, int], None]
"""Takes parts done and parts in all, for instance pages; both are 0 as long as the parser has not said."""

_PATIENCE_S = 180.0
# A scanned book of 2,000 pages takes some hours; a file that always pretends to get on must end all the same.
_LONGEST_S = 4 * 3600.0
_MEMORY_LIMIT_MB = 2048
_HINT = "The file is damaged or made to do harm; save it anew from its own program."


def parse(
    module: str,
    data: bytes,
    name: str,
    time_limit_s: float = _PATIENCE_S,
    memory_limit_mb: int = _MEMORY_LIMIT_MB,
    on_progress: OnProgress | None = None,
) -> Parsed:
    """What ``module.parse(data, name)`` gives. Raises its ReadErrors, and TooLarge beyond the limits.

    ``time_limit_s`` counts from the parser's last ``progress``. ``on_progress`` is called in this thread at each of
    them and once a second; what it raises ends the parser and comes out here. Any number of threads may call.
    """
    limits = Limits(time_limit_s, max(time_limit_s, _LONGEST_S), memory_limit_mb)
    try:
        answer, text = POOL.ask(module, data, name, limits, on_progress or _no_progress)
    except TimedOut as error:
        raise TooLarge(f"{name} took more than {error.seconds:.0f} s to read.", _HINT) from error
    except Died as error:
        raise ReadError(f"{name} stopped its reader (code {error.code}).", _HINT) from error
    if "crash" in answer:
        if answer["crash"].startswith("MemoryError"):
            raise TooLarge(f"{name} needs more than {memory_limit_mb} MB of memory to read.", "Split the file.")
        raise ReadError(f"{name} stopped its reader: {answer['crash']}", _HINT)
    if "error" in answer:
        kind = getattr(errors, answer["error"])
        raise kind(answer["message"], answer["hint"])
    return _parsed(answer, text)


def _parsed(answer: dict[str, Any], text: bytearray) -> Parsed:
    blocks = tuple(Block(BlockKind(kind), *rest) for kind, *rest in answer["blocks"])
    findings = tuple(Finding(f["code"], f["message"], tuple(f["pages"])) for f in answer["findings"])
    whole = text.decode("utf-8", "surrogatepass")
    return Parsed(whole, blocks, answer["title"], answer["metadata"], tuple(answer["notes"]), findings)


def _no_progress(done: int, total: int) -> None:
    pass


# What a parser may call. Outside of a parser process, both do nothing.
_told: OnProgress = _no_progress
_more: Callable[[int], None] = lambda megabytes: None  # noqa: E731


def progress(done: int, total: int) -> None:
    """For parsers: ``done`` of ``total`` parts are read. Restarts the clock of the time limit; cheap to call often."""
    _told(done, total)


def more_memory(megabytes: int) -> None:
    """For parsers: raise the memory limit by what a library reserves for itself, whatever the file."""
    _more(megabytes)


def connect(told: OnProgress, more: Callable[[int], None]) -> None:
    """For the parser process: where ``progress`` and ``more_memory`` go."""
    global _told, _more
    _told, _more = told, more
