"""A stream read by a thread of its own: who leaves it lets it go."""

import threading
from inspect import GEN_CLOSED, getgeneratorstate
from itertools import count

from service.writing.timed import Limits, timed


def test_a_stream_that_is_left_is_closed():
    stream = (str(number) for number in count())
    pieces = timed(lambda: stream, bool, Limits(), threading.TIMEOUT_MAX)
    assert next(pieces) == "0"
    pieces.close()
    for thread in threading.enumerate():
        if thread.name == "chat-model":
            thread.join(10)
    assert getgeneratorstate(stream) == GEN_CLOSED
