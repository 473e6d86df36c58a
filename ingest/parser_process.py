"""The parser process: reads requests from standard input, answers on standard output, ends when the input does.

It ends itself after many files, when its memory has grown, and after a refusal: a file that is damaged on purpose
may have left a native library in a state that spoils the next one.
"""

import gc
import importlib
import json
import os
import queue
import resource
import signal
import sys
import threading
import time
from dataclasses import asdict
from pathlib import Path
from typing import Any, BinaryIO

from core.errors import ReadError
from ingest import frames, isolated
from ingest.blocks import Parsed

_MOST_FILES = 200
_MOST_RESIDENT = 600 * 1024**2  # bytes; with the OCR engine loaded, 400 MB are usual
_GRACE_S = 15.0
_REPORT_EVERY_S = 0.2


class _Server:
    def __init__(self, requests: BinaryIO, answers: BinaryIO) -> None:
        self._requests = requests
        self._answers = answers
        self._queue: queue.Queue[tuple[dict[str, Any], bytes]] = queue.Queue()
        self._extra_mb = 0
        self._limit_mb = 0
        self._patience_s = 0.0
        self._last_report = 0.0

    def run(self) -> None:
        threading.Thread(target=self._receive, daemon=True).start()
        isolated.connect(self._progress, self._more_memory)
        last = False
        served = 0
        while not last:
            request, data = self._queue.get()
            self._limit_mb = request["memory_mb"]
            self._patience_s = request["patience_s"]
            self._limit_memory()
            self._wind_up()
            answer, text = _answer(request["module"], data, request["name"])
            del data
            signal.setitimer(signal.ITIMER_REAL, 0)
            served += 1
            gc.collect()
            last = "blocks" not in answer or served >= _MOST_FILES or _resident() > _MOST_RESIDENT
            # ASCII escapes carry any title and note, whatever is in them.
            frames.write_frame(self._answers, frames.ANSWER, json.dumps({**answer, "last": last}).encode())
            frames.write_frame(self._answers, frames.TEXT, text)
            del answer, text

    def _receive(self) -> None:
        """In a thread, so that the end of the input, which is the parent's, ends a parser at work as well."""
        try:
            while True:
                _, request = frames.read_frame(self._requests)
                _, data = frames.read_frame(self._requests)
                self._queue.put((json.loads(request), data))
                del data
        except EOFError:
            os._exit(0)
        except MemoryError:  # the file alone is beyond the limit; a thread that ends would leave the parent waiting
            os._exit(1)

    def _progress(self, done: int, total: int) -> None:
        now = time.monotonic()
        if now - self._last_report < _REPORT_EVERY_S and done < total:
            return
        self._last_report = now
        self._wind_up()
        frames.write_frame(self._answers, frames.PROGRESS, json.dumps([done, total]).encode())

    def _wind_up(self) -> None:
        """The kernel ends a process that nobody waits for any more, even in a native loop that lets no thread run."""
        signal.setitimer(signal.ITIMER_REAL, self._patience_s + _GRACE_S)

    def _more_memory(self, megabytes: int) -> None:
        self._extra_mb += megabytes
        self._limit_memory()

    def _limit_memory(self) -> None:
        limit = (self._limit_mb + self._extra_mb) * 1024**2
        hard = resource.getrlimit(resource.RLIMIT_AS)[1]
        resource.setrlimit(resource.RLIMIT_AS, (limit if hard == resource.RLIM_INFINITY else min(limit, hard), hard))


def _answer(module: str, data: bytes, name: str) -> tuple[dict[str, Any], bytes]:
    try:
        parsed: Parsed = importlib.import_module(module).parse(data, name)
        blocks = [[b.kind.value, b.start, b.end, b.page, b.level] for b in parsed.blocks]
        rest = {"title": parsed.title, "metadata": dict(parsed.metadata), "notes": parsed.notes}
        findings = [asdict(finding) for finding in parsed.findings]
        return {**rest, "blocks": blocks, "findings": findings}, parsed.text.encode("utf-8", "surrogatepass")
    except ReadError as error:
        return {"error": type(error).__name__, "message": error.message, "hint": error.hint}, b""
    except Exception as error:  # noqa: BLE001 - a border: the parent tells it of the file, and goes on
        return {"crash": f"{type(error).__name__}: {error}"}, b""


def _resident() -> int:
    """Bytes in memory now where the system says so (Linux), else the most there ever were."""
    statm = Path("/proc/self/statm")
    if statm.exists():
        return int(statm.read_text().split()[1]) * resource.getpagesize()
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def _main() -> None:
    # Ctrl-C in a terminal reaches every process; the ingest decides what becomes of the file at hand.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    # What a library prints must not get between the frames.
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    _Server(sys.stdin.buffer, answers).run()
    answers.close()
    os._exit(0)


if __name__ == "__main__":
    _main()
