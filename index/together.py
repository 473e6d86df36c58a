"""Texts of several threads in one run of a model."""

import threading
from collections import deque
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from index.encode import Vectors


class Together:
    """Whoever comes while the model runs is taken along by the next run: no one waits for company, and a model that
    takes nearly as long for one short text as for several does them all at once."""

    def __init__(self, run: "Callable[[list[str]], Vectors]", most: int = 32) -> None:
        """``run`` gives a row for each text; it is called by one thread at a time, with at most about ``most``."""
        self._run = run
        self._most = most
        self._waiting: deque[_Asked] = deque()
        self._guard = threading.Lock()
        self._running = threading.Lock()

    def __call__(self, texts: Sequence[str]) -> "Vectors":
        """Raises what the run raises."""
        mine = _Asked(list(texts))
        with self._guard:
            self._waiting.append(mine)
        while True:
            with self._running:
                if mine.is_done:
                    break
                self._run_next()
        if mine.error is not None:
            raise mine.error
        assert mine.rows is not None
        return mine.rows

    def _run_next(self) -> None:
        batch = self._take()
        try:
            rows = self._run([text for one in batch for text in one.texts])
        except Exception as error:  # noqa: BLE001 - a border: the thread that asked raises it
            if len(batch) == 1:
                batch[0].error, batch[0].is_done = error, True
                return
            for one in batch:  # one's bad text is not the others' fault
                self._run_alone(one)
            return
        at = 0
        for one in batch:
            one.rows = np.ascontiguousarray(rows[at : at + len(one.texts)])
            one.is_done = True
            at += len(one.texts)

    def _run_alone(self, one: "_Asked") -> None:
        try:
            one.rows = self._run(one.texts)
        except Exception as error:  # noqa: BLE001 - as above
            one.error = error
        one.is_done = True

    def _take(self) -> "list[_Asked]":
        batch: list[_Asked] = []
        count = 0
        with self._guard:
            while self._waiting and (not batch or count + len(self._waiting[0].texts) <= self._most):
                batch.append(self._waiting.popleft())
                count += len(batch[-1].texts)
        return batch


class _Asked:
    """One thread's texts, and what became of them."""

    def __init__(self, texts: list[str]) -> None:
        self.texts = texts
        self.rows: Vectors | None = None
        self.error: Exception | None = None
        self.is_done = False
