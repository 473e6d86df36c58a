"""What runs on the nodes: a source is prepared by a task, passages are embedded by a process that keeps the model.

Nothing here writes: a task that is lost, or runs twice, leaves no trace.
"""

import os
import platform
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from core.errors import ReadError, SettingsError
from index.encode import Encoder, Vectors
from ingest.read import ReadLimits, reader_version
from ingest.split import SplitSettings
from service.ingestion.prepare import Counter, Item, Prepared, Preparer

_KEPT = 4  # runs: a process serves one after the other


@dataclass(frozen=True, slots=True)
class Instructions:
    """What all sources of a run are prepared with. ``reader`` is the version of whoever sends them."""

    counter: Counter
    limits: ReadLimits
    sizes: SplitSettings
    reader: str


_preparers: dict[str, Preparer] = {}


def prepare(item: Item, run: str, sent: Sequence[Any]) -> Prepared | ReadError:
    """``sent`` has the reference of the run's Instructions, which are fetched once a process: a tokenizer takes long.

    The bytes are not sent back. Raises SettingsError where this node has another version than the sender.
    """
    preparer = _preparers.get(run)
    if preparer is None:
        import ray

        told: Instructions = ray.get(sent[0])
        check_version(told.reader)
        while len(_preparers) >= _KEPT:
            del _preparers[next(iter(_preparers))]
        preparer = _preparers[run] = Preparer(told.counter, told.limits, told.sizes)
    prepared = preparer.prepare(item, _go_on)
    return prepared if isinstance(prepared, ReadError) else replace(prepared, item=replace(item, data=b""))


class EncoderProcess:
    """A model in the memory of a node, or of one of its GPUs."""

    def __init__(self, encoder: Encoder, threads: int, reader: str) -> None:
        self._encoder = encoder
        self._reader = reader
        # Ray allows a process as many threads as it reserves cores, and this one reserves none (see encoders.py).
        # Read when torch is loaded, which is later.
        os.environ["OMP_NUM_THREADS"] = str(threads)

    def load(self) -> int:
        """Gives the dimension. Raises EncoderUnavailable, SettingsError."""
        check_version(self._reader)
        return self._encoder.dimension

    def encode(self, texts: Sequence[str]) -> Vectors:
        return self._encoder.encode_passages(texts)


def check_version(reader: str) -> None:
    """Raises SettingsError where this node reads otherwise than the sender, whose version is ``reader``."""
    if reader != reader_version():
        raise SettingsError(
            f"The node {platform.node()} of the Ray cluster has Footnoted {reader_version()}, this machine {reader}.",
            "Start all nodes from one image, with the same extras (ocr) installed.",
        )


def _go_on(done: int, total: int) -> None:
    """Whoever waits for the task ends it where it is not wanted any more."""
