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
_LARGEST = 2**31  # of offsets, pages and levels
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
        crash = str(answer["crash"])
        if crash.startswith("MemoryError"):
            raise TooLarge(f"{name} needs more than {memory_limit_mb} MB of memory to read.", "Split the file.")
        raise ReadError(f"{name} stopped its reader: {crash}", _HINT)
    if "error" in answer:
        raise _refusal(answer)
    try:
        return _parsed(answer, text)
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise ReadError(f"{name} stopped its reader: what it gave is no document.", _HINT) from error


def _refusal(answer: dict[str, Any]) -> ReadError:
    """The parser's own error; whatever a parser that was taken over names, it is one of its source."""
    kind = getattr(errors, str(answer["error"]), None)
    known = kind if isinstance(kind, type) and issubclass(kind, ReadError) else ReadError
    return known(str(answer.get("message", "")), str(answer.get("hint", "")))


def _parsed(answer: dict[str, Any], text: bytearray) -> Parsed:
    """Raises AttributeError, KeyError, TypeError, ValueError where a parser that was taken over gives anything else."""
    whole = text.decode("utf-8", "surrogatepass")
    blocks = tuple(Block(BlockKind(kind), *rest) for kind, *rest in answer["blocks"])
    last = 0
    for block in blocks:
        numbers = [block.start, block.end, *(n for n in (block.page, block.level) if n is not None)]
        if not all(type(n) is int and 0 <= n < _LARGEST for n in numbers):
            raise TypeError(numbers)
        if not last <= block.start < block.end <= len(whole):
            raise ValueError(numbers)
        last = block.end
    findings = tuple(Finding(f["code"], f["message"], tuple(f["pages"])) for f in answer["findings"])
    title, metadata, notes = answer["title"], answer["metadata"], tuple(answer["notes"])
    texts = [
        *metadata.values(),
        *notes,
        *(t for f in findings for t in (f.code, f.message)),
        "" if title is None else title,
    ]
    if not all(isinstance(t, str) for t in texts):
        raise TypeError(texts)
    if not all(type(page) is int and 0 <= page < _LARGEST for f in findings for page in f.pages):
        raise TypeError(findings)
    return Parsed(whole, blocks, title, metadata, notes, findings)


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
