"""An encoder whose passages are embedded on the nodes of a cluster."""

from collections import deque
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any, NamedTuple

import numpy as np
import ray
from ray.exceptions import RayError

from core.errors import EncoderUnavailable
from index.encode import Encoder, Vectors
from service.cluster.encoders import Encoders, Seat

_AT_ONCE = 512  # passages of a call: a batch as it is made for one machine, so that its vectors are the same
_TICK_S = 0.5
_MOST_DEATHS = 5  # where nodes are lost together, a piece may be given to each before they are known to be gone


class _Call(NamedTuple):
    rows: list[int]
    deaths: int
    seat: Seat


class ClusterEncoder:
    """As the encoder of this machine in all else. Several threads may embed at once."""

    def __init__(self, own: Encoder, encoders: Encoders) -> None:
        self._own = own
        self._encoders = encoders

    @property
    def name(self) -> str:
        return self._own.name

    @property
    def dimension(self) -> int:
        return self._own.dimension

    @property
    def max_tokens(self) -> int:
        return self._own.max_tokens

    def encode_passages(self, texts: Sequence[str], progress: Callable[[int], None] | None = None) -> Vectors:
        """A piece whose process dies is embedded by another, five times at most.

        ``progress`` is also called with 0, twice a second. Raises EncoderUnavailable, SettingsError, NotReady.
        """
        out = np.empty((len(texts), self.dimension), dtype=np.float32)
        # By length, as SentenceTransformerEncoder batches: the same texts meet in a batch, wherever it is embedded.
        order = sorted(range(len(texts)), key=lambda i: -len(texts[i]))
        todo = deque((order[start : start + _AT_ONCE], 0) for start in range(0, len(order), _AT_ONCE))
        calls: dict[Any, _Call] = {}
        try:
            while todo or calls:
                if todo and (seat := self._encoders.take(0 if calls else _TICK_S)) is not None:
                    rows, deaths = todo.popleft()
                    call = seat.actor.encode.remote([texts[i] for i in rows])
                    calls[call] = _Call(rows, deaths, seat)
                    continue
                ready = ray.wait([*calls], timeout=_TICK_S)[0] if calls else []
                count = sum(self._finish(call, calls.pop(call), out, todo) for call in ready)
                if progress is not None:
                    progress(count)
        finally:
            for call, left in calls.items():
                self._encoders.give_back(left.seat)
                with suppress(RayError, ConnectionError):
                    ray.cancel(call)
        return out

    def _finish(self, ref: Any, call: _Call, out: Vectors, todo: deque[tuple[list[int], int]]) -> int:
        """Gives the number of passages that are done."""
        vectors = self._encoders.vectors(ref, call.seat)
        if vectors is not None:
            out[call.rows] = vectors
            return len(call.rows)
        if call.deaths + 1 >= _MOST_DEATHS:
            raise EncoderUnavailable(
                f"{_MOST_DEATHS} encoders of the Ray cluster died one after the other of the same passages.",
                "Look at the logs of their nodes, at free memory, and at encoder.batch_size.",
            )
        todo.append((call.rows, call.deaths + 1))
        return 0

    def encode_questions(self, texts: Sequence[str]) -> Vectors:
        return self._own.encode_questions(texts)

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        return self._own.count_tokens(texts)

    def prepare(self) -> None:
        self._own.prepare()
