"""A parser in a process of its own: a source that hangs it, fills the memory or crashes it is only one bad source.

Native parsers (PDFium, lexbor) can be driven into all three by a file of a kilobyte.
"""

import importlib
import json
import resource
import subprocess
import sys
from dataclasses import asdict
from typing import Any

from core import errors
from core.errors import ReadError, TooLarge
from core.types import Block, BlockKind, Finding
from ingest.blocks import Parsed

_TIME_LIMIT_S = 180.0
_MEMORY_LIMIT_MB = 2048
_HINT = "The file is damaged or made to do harm; save it anew from its own program."


def parse(
    module: str, data: bytes, name: str, time_limit_s: float = _TIME_LIMIT_S, memory_limit_mb: int = _MEMORY_LIMIT_MB
) -> Parsed:
    """What ``module.parse(data, name)`` gives. Raises its ReadErrors, and TooLarge beyond the limits."""
    # -I: neither the working directory nor the environment can put another module in the parser's place.
    command = [sys.executable, "-I", "-m", "ingest.isolated", module, name, str(memory_limit_mb)]
    try:
        done = subprocess.run(command, input=data, capture_output=True, timeout=time_limit_s, check=False)
    except subprocess.TimeoutExpired as error:
        raise TooLarge(f"{name} took more than {time_limit_s:.0f} s to read.", _HINT) from error
    if done.returncode != 0:
        reason = done.stderr.decode("utf-8", "replace").strip().split("\n")[-1]
        raise ReadError(f"{name} stopped its reader (code {done.returncode}). {reason}".strip(), _HINT)
    answer = json.loads(done.stdout)
    if "error" in answer:
        kind = getattr(errors, answer["error"])
        raise kind(answer["message"], answer["hint"])
    blocks = tuple(Block(BlockKind(kind), *rest) for kind, *rest in answer["blocks"])
    findings = tuple(Finding(f["code"], f["message"], tuple(f["pages"])) for f in answer["findings"])
    return Parsed(answer["text"], blocks, answer["title"], answer["metadata"], tuple(answer["notes"]), findings)


def _main(module: str, name: str, memory_limit_mb: str) -> None:
    limit = int(memory_limit_mb) * 1024**2
    resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
    data = sys.stdin.buffer.read()
    answer: dict[str, Any]
    try:
        parsed: Parsed = importlib.import_module(module).parse(data, name)
        blocks = [[b.kind.value, b.start, b.end, b.page, b.level] for b in parsed.blocks]
        answer = {**asdict(parsed), "blocks": blocks}
    except ReadError as error:
        answer = {"error": type(error).__name__, "message": error.message, "hint": error.hint}
    # ASCII escapes carry any text, whatever the encoding of the pipe.
    sys.stdout.write(json.dumps(answer))


if __name__ == "__main__":
    _main(*sys.argv[1:])
