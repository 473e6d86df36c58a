"""When the events of an answer arrive."""

import time


class EventTimes:
    """Takes the pieces of an event stream as they come, and remembers its first and its last event."""

    def __init__(self) -> None:
        self.done = b""  # the data of the event "done"
        self._line = bytearray()
        self._event = b""
        self._at: dict[bytes, float] = {}

    @property
    def apart_s(self) -> float | None:
        """The time from "start" to "done", where both came."""
        start, done = self._at.get(b"start"), self._at.get(b"done")
        return None if start is None or done is None else done - start

    def take(self, piece: bytes) -> None:
        """The next bytes; a line may be cut anywhere."""
        self._line += piece
        if b"\n" not in piece:
            return
        *lines, self._line = self._line.split(b"\n")
        for line in lines:
            name, _, value = line.partition(b":")
            if name == b"event":
                self._event = bytes(value).strip()
            elif name == b"data" and self._event in (b"start", b"done") and self._event not in self._at:
                self._at[self._event] = time.perf_counter()
                if self._event == b"done":
                    self.done = bytes(value)
