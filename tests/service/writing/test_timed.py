"""A stream read by a thread of its own: who leaves it lets it go."""

import threading
from dataclasses import dataclass
from inspect import GEN_CLOSED, getgeneratorstate
from itertools import count

import pytest

from service.writing import timed as module
from service.writing.timed import Limits, TooSlow, timed


def test_a_stream_that_is_left_is_closed():
    stream = (str(number) for number in count())
    pieces = timed(lambda: stream, bool, Limits(), threading.TIMEOUT_MAX)
    assert next(pieces) == "0"
    pieces.close()
    for thread in threading.enumerate():
        if thread.name == "chat-model":
            thread.join(10)
    assert getgeneratorstate(stream) == GEN_CLOSED


@dataclass
class Clock:
    now: float = 0.0

    def monotonic(self):
        return self.now


def test_a_stream_without_pause_is_ended_too(monkeypatch):
    clock, many_waiting = Clock(), threading.Event()
    monkeypatch.setattr(module, "time", clock)

    def stream():
        for number in count():
            if number == 20:
                many_waiting.set()
            yield str(number)

    pieces = timed(stream, bool, Limits(total_s=100), threading.TIMEOUT_MAX)
    assert next(pieces) == "0"
    assert many_waiting.wait(10)
    clock.now = 101
    with pytest.raises(TooSlow, match="over 100 s"):
        next(pieces)


def test_items_without_text_are_silence_however_many_come(monkeypatch):
    clock, many_waiting = Clock(), threading.Event()
    monkeypatch.setattr(module, "time", clock)

    def stream():
        for number in count():
            if number == 20:
                many_waiting.set()
            yield ""

    pieces = timed(stream, bool, Limits(total_s=100), 30)
    assert next(pieces) == ""
    assert many_waiting.wait(10)
    clock.now = 31
    with pytest.raises(TooSlow, match="no text"):
        next(pieces)


def test_who_waits_for_a_silent_stream_can_leave():
    left = threading.Event()

    def stream():
        left.wait(20)
        yield "text"

    pieces = timed(stream, bool, Limits(), threading.TIMEOUT_MAX)
    assert next(pieces) is None
    left.set()
    assert next(piece for piece in pieces if piece is not None) == "text"
