"""The signals that end or renew a server."""

import signal
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType


class Signals:
    """``ends`` counts SIGTERM and SIGINT; ``renews`` is set by SIGHUP, and whoever acts on it resets it."""

    def __init__(self) -> None:
        self.ends = 0
        self.renews = False

    @contextmanager
    def heard(self) -> Iterator[socket.socket]:
        """For the main thread. Gives what becomes readable with each."""
        wake, woken = socket.socketpair()
        for end in (wake, woken):
            end.setblocking(False)
        before = signal.set_wakeup_fd(woken.fileno(), warn_on_full_buffer=False)
        numbers = signal.SIGTERM, signal.SIGINT, signal.SIGHUP
        handlers = {number: signal.signal(number, self._note) for number in numbers}
        try:
            yield wake
        finally:
            signal.set_wakeup_fd(before)
            for number, handler in handlers.items():
                signal.signal(number, handler)
            wake.close()
            woken.close()

    def _note(self, number: int, frame: FrameType | None) -> None:
        if number == signal.SIGHUP:
            self.renews = True
        else:
            self.ends += 1
