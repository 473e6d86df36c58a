"""The parent's end of a parser process: ask it, watch its time, hear of its progress and its end."""

import contextlib
import json
import os
import selectors
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from ingest import frames

_TICK_S = 1.0
_CHUNK = 1 << 20
# -I: neither the working directory nor the environment can put another module in the parser's place.
_COMMAND = (sys.executable, "-I", "-m", "ingest.parser_process")

Answer = tuple[dict[str, Any], bytearray]


@dataclass(frozen=True, slots=True)
class Limits:
    """Seconds from the last sign of progress, seconds in all, and the address space in MB."""

    patience_s: float
    longest_s: float
    memory_mb: int


class TimedOut(Exception):
    """The parser was ended after ``seconds`` without an answer or a sign of progress."""

    def __init__(self, seconds: float) -> None:
        super().__init__(seconds)
        self.seconds = seconds


class Died(Exception):
    """The process is gone, or was ended as it made no sense; ``code`` is its exit status, negative for a signal."""

    def __init__(self, code: int) -> None:
        super().__init__(code)
        self.code = code


class ParserProcess:
    """One process; one thread at a time may ask it."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            _COMMAND, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, bufsize=0
        )
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._in, self._out = self._process.stdin, self._process.stdout
        os.set_blocking(self._in.fileno(), False)
        os.set_blocking(self._out.fileno(), False)
        self.idle_since = 0.0
        self.served = 0

    @property
    def is_alive(self) -> bool:
        return self._process.poll() is None

    def ask(
        self, module: str, data: bytes, name: str, limits: Limits, on_progress: Callable[[int, int], None]
    ) -> Answer:
        """Raises TimedOut, Died, and what ``on_progress`` raises; the process is then to be closed."""
        request = {"module": module, "name": name, "memory_mb": limits.memory_mb, "patience_s": limits.patience_s}
        asked = json.dumps(request).encode()
        first = frames.head(frames.REQUEST, len(asked)) + asked + frames.head(frames.DATA, len(data))
        outgoing = [memoryview(first), memoryview(data)]
        answer: dict[str, Any] = {}
        with selectors.DefaultSelector() as selector:
            selector.register(self._out, selectors.EVENT_READ)
            selector.register(self._in, selectors.EVENT_WRITE)
            clock = _Clock(limits)
            # What a parser sends was in its memory.
            incoming = _Incoming(limits.memory_mb * 1024**2)
            for kind, body in self._frames(selector, incoming, outgoing, clock, on_progress):
                if kind == frames.PROGRESS:
                    done, total = self._told(body, _is_progress)
                    clock.restart(done, total)
                    on_progress(done, total)
                elif kind == frames.ANSWER:
                    answer = self._told(body, _is_answer)
                elif kind == frames.TEXT and answer:
                    break
                else:
                    raise self._ended()
        self.served += 1
        return answer, body

    def _told(self, body: bytearray, is_right: Callable[[Any], bool]) -> Any:
        """What a frame says. Raises Died where it is not what a parser says."""
        try:
            said = json.loads(body)
        except (ValueError, RecursionError) as error:
            raise self._ended() from error
        if not is_right(said):
            raise self._ended()
        return said

    def _ended(self) -> Died:
        """The process has ended, or makes no sense any more and is ended."""
        try:
            return Died(self._process.wait(_TICK_S))
        except subprocess.TimeoutExpired:
            self._process.kill()
            return Died(self._process.wait())

    def _frames(
        self,
        selector: selectors.BaseSelector,
        incoming: "_Incoming",
        outgoing: list[memoryview],
        clock: "_Clock",
        on_progress: Callable[[int, int], None],
    ) -> Iterator[tuple[bytes, bytearray]]:
        while True:
            for key, _ in selector.select(clock.wait_s()):
                if key.fileobj is self._in:
                    if not self._send(outgoing):
                        selector.unregister(self._in)
                elif not incoming.read_from(self._out.fileno()):
                    raise self._ended()
                elif (frame := incoming.frame()) is not None:
                    yield frame
            if clock.ticks():
                on_progress(*clock.state)

    def _send(self, outgoing: list[memoryview]) -> bool:
        """Write what the pipe takes now. Gives whether there is more."""
        while outgoing:
            try:
                written = os.write(self._in.fileno(), outgoing[0][:_CHUNK])
            except BlockingIOError:
                return True
            except BrokenPipeError:  # it died; the other pipe will tell
                return False
            outgoing[0] = outgoing[0][written:]
            if not outgoing[0]:
                outgoing.pop(0)
        return False

    def close(self) -> None:
        """End the process, whatever it does."""
        for pipe in (self._in, self._out):
            with contextlib.suppress(OSError):
                pipe.close()
        self._process.kill()
        self._process.wait()


def _is_progress(said: Any) -> bool:
    return isinstance(said, list) and len(said) == 2 and all(type(count) is int for count in said)


def _is_answer(said: Any) -> bool:
    return isinstance(said, dict) and type(said.get("last")) is bool


class _Incoming:
    """Frames as they come in pieces; a long one is read straight into its place. None is longer than ``longest``."""

    def __init__(self, longest: int) -> None:
        self._longest = longest
        self._buffer = bytearray()
        self._filled = 0

    def read_from(self, file: int) -> bool:
        """Take what is there. False at the end of the stream, and where a frame would be too long."""
        wanted = self._wanted()
        if wanted > self._longest:
            return False
        if len(self._buffer) < wanted:
            longer = bytearray(wanted)
            longer[: self._filled] = self._buffer[: self._filled]
            self._buffer = longer
        with memoryview(self._buffer) as view:
            count = os.readv(file, [view[self._filled : wanted]])
        self._filled += count
        return count > 0

    def _wanted(self) -> int:
        if self._filled < frames.HEAD_BYTES:
            return frames.HEAD_BYTES
        return frames.HEAD_BYTES + frames.kind_and_length(self._buffer[: frames.HEAD_BYTES])[1]

    def frame(self) -> tuple[bytes, bytearray] | None:
        """The frame that is now complete, if one is."""
        if self._filled < frames.HEAD_BYTES or self._filled < self._wanted():
            return None
        kind, _ = frames.kind_and_length(self._buffer[: frames.HEAD_BYTES])
        body, self._buffer, self._filled = self._buffer, bytearray(), 0
        del body[: frames.HEAD_BYTES]
        return kind, body


class _Clock:
    """When a file's time is up, and when it is time to tell how far it is."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._began = self._last = self._ticked = time.monotonic()
        self.state = (0, 0)

    def restart(self, done: int, total: int) -> None:
        self._last = time.monotonic()
        self.state = (done, total)

    def wait_s(self) -> float:
        """How long to wait for something to happen. Raises TimedOut."""
        now = time.monotonic()
        patience = self._last + self._limits.patience_s - now
        longest = self._began + self._limits.longest_s - now
        if min(patience, longest) <= 0:
            raise TimedOut(self._limits.patience_s if patience <= 0 else self._limits.longest_s)
        return min(patience, longest, _TICK_S)

    def ticks(self) -> bool:
        now = time.monotonic()
        if now < self._ticked + _TICK_S:
            return False
        self._ticked = now
        return True
