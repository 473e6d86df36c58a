"""How long the rest of a batch may take, told only where there is something to found it on."""

import time
from collections import defaultdict
from collections.abc import Iterable

# Before that, the start of models and processes is most of what was measured.
_SECONDS = 3.0
_PASSAGES = 100
_FILES = 3


class Pace:
    """Passages are what takes time; how many an unread source will have is told by those like it.

    Sources are alike by suffix. Until one of a suffix was read, the mean over all others stands for it. The files of
    an archive count as what they bring, and the archive's bytes as read when it is through.
    """

    def __init__(self, sources: Iterable[tuple[str, int | None]]) -> None:
        """``sources`` are (file name, size in bytes or None) of all that is to be read."""
        self._began = time.monotonic()
        self._bytes_left: dict[str, int] = defaultdict(int)
        self._unsized = 0
        for name, size in sources:
            if size is None:
                self._unsized += 1
            else:
                self._bytes_left[_suffix(name)] += size
        self._bytes_read: dict[str, int] = defaultdict(int)
        self._made: dict[str, int] = defaultdict(int)
        self._read = 0
        self._pending = 0
        self.embedded = 0

    def read(self, name: str, size: int | None, passages: int) -> None:
        """A source of ``size`` bytes became passages, none where it failed, that are not embedded yet."""
        suffix = _suffix(name)
        if size is None:
            self._unsized = max(0, self._unsized - 1)
        else:
            self._bytes_left[suffix] = max(0, self._bytes_left[suffix] - size)
            self._bytes_read[suffix] += size
        self._made[suffix] += passages
        self._read += 1
        self._pending += passages

    def embed(self, passages: int) -> None:
        self.embedded += passages
        self._pending = max(0, self._pending - passages)

    @property
    def elapsed_s(self) -> float:
        return time.monotonic() - self._began

    def remaining_s(self) -> float | None:
        """Seconds, by the speed so far; None as long as it would be a guess."""
        elapsed = self.elapsed_s
        left = self._unread()
        if left == 0 and not self._pending:
            return 0.0
        if left is None or elapsed < _SECONDS or self.embedded < _PASSAGES or (left and self._read < _FILES):
            return None
        return (self._pending + left) * elapsed / self.embedded

    def _unread(self) -> float | None:
        """Passages that are still to come; None where nothing like them was read."""
        expected = 0.0
        if self._unsized:
            if not self._read:
                return None
            expected += self._unsized * sum(self._made.values()) / self._read
        made, read = sum(self._made.values()), sum(self._bytes_read.values())
        for suffix, size in self._bytes_left.items():
            if size and not read:
                return None
            if self._bytes_read[suffix]:
                expected += size * self._made[suffix] / self._bytes_read[suffix]
            elif size:
                expected += size * made / read
        return expected


def _suffix(name: str) -> str:
    return name.rpartition(".")[2].lower()
