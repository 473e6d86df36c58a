"""Warm parser processes: started when needed, used again, replaced when they are spent, ended when idle."""

import atexit
import os
import threading
import time
from collections.abc import Callable

from ingest.parser_pipe import Answer, Died, Limits, ParserProcess

_IDLE_S = 60.0
_MOST_IDLE = max(2, os.cpu_count() or 2)


class ParserPool:
    """As many processes as there are threads asking; a few are kept for the next files."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._idle: list[ParserProcess] = []
        self._timer: threading.Timer | None = None

    def ask(
        self, module: str, data: bytes, name: str, limits: Limits, on_progress: Callable[[int, int], None]
    ) -> Answer:
        """As ParserProcess.ask. What a used process dies or crashes of is asked again in a new one.

        An earlier file may have left it in a bad state.
        """
        process = self._take()
        used = process.served > 0
        try:
            answer, text = self._ask(process, module, data, name, limits, on_progress)
        except Died:
            if not used:
                raise
        else:
            if not (used and "crash" in answer):
                return answer, text
        return self._ask(ParserProcess(), module, data, name, limits, on_progress)

    def _ask(
        self,
        process: ParserProcess,
        module: str,
        data: bytes,
        name: str,
        limits: Limits,
        on_progress: Callable[[int, int], None],
    ) -> Answer:
        keep = False
        try:
            answer, text = process.ask(module, data, name, limits, on_progress)
            keep = not answer.pop("last")
            return answer, text
        finally:
            if keep:
                self._give_back(process)
            else:
                process.close()

    def _take(self) -> ParserProcess:
        with self._lock:
            while self._idle:
                process = self._idle.pop()
                if process.is_alive:
                    return process
                process.close()
        return ParserProcess()

    def _give_back(self, process: ParserProcess) -> None:
        process.idle_since = time.monotonic()
        with self._lock:
            if len(self._idle) < _MOST_IDLE:
                self._idle.append(process)
                self._set_timer()
                return
        process.close()

    def _set_timer(self) -> None:
        if self._timer is None:
            self._timer = threading.Timer(_IDLE_S, self._end_idle)
            self._timer.daemon = True
            self._timer.start()

    def _end_idle(self) -> None:
        with self._lock:
            self._timer = None
            old = [process for process in self._idle if time.monotonic() - process.idle_since >= _IDLE_S]
            self._idle = [process for process in self._idle if process not in old]
            if self._idle:
                self._set_timer()
        for process in old:
            process.close()

    def close(self) -> None:
        """End the processes that nobody is asking. The pool can be used again."""
        with self._lock:
            idle, self._idle = self._idle, []
            if self._timer is not None:
                self._timer.cancel()
                self._timer = None
        for process in idle:
            process.close()

    def forget(self) -> None:
        """After a fork, in the child: the processes belong to the parent."""
        self.__init__()  # type: ignore[misc]


POOL = ParserPool()
atexit.register(POOL.close)
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=POOL.forget)
