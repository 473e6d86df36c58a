"""An encoder for the nodes of a test cluster: quick, the same everywhere, and able to take its process along."""

import os
import signal
import time
import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from index.encode import Vectors

POISON = "poison"
"""A source with this word kills whoever counts its tokens."""

DIMENSION = 16
_LONGEST_S = 60.0


@dataclass(frozen=True)
class NodeEncoder:
    """Vectors by hashing words. ``notes`` is a folder where it leaves word of the nodes it ran on.

    The first of the processes that embeds, or counts tokens, dies where ``dies_once`` says so. Neither goes on before
    it was done on ``meets`` nodes.
    """

    notes: Path
    dies_once: tuple[str, ...] = ()
    meets: int = 1
    dimension: int = DIMENSION
    max_tokens: int = 256
    name: str = "hashing"

    def encode_passages(self, texts: Sequence[str], progress: Callable[[int], None] | None = None) -> Vectors:
        self._here("embed")
        out = np.zeros((len(texts), self.dimension), dtype=np.float32)
        for row, text in zip(out, texts, strict=True):
            np.add.at(row, [zlib.crc32(word.encode()) % self.dimension for word in text.split()], 1.0)
        if progress is not None:
            progress(len(texts))
        return out / np.maximum(np.linalg.norm(out, axis=1, keepdims=True), 1e-9)

    def encode_questions(self, texts: Sequence[str]) -> Vectors:
        return self.encode_passages(texts)

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        self._here("count")
        if any(POISON in text for text in texts):
            _die()
        return [len(text.split()) for text in texts]

    def prepare(self) -> None:
        pass

    def _here(self, what: str) -> None:
        """A note of this node; and the end of the process, where it is the one that is to die."""
        if not _is_worker():
            return
        import ray

        (self.notes / f"{what}-{ray.get_runtime_context().get_node_id()}").touch()
        if what in self.dies_once:
            try:
                (self.notes / f"{what}.died").touch(exist_ok=False)
            except FileExistsError:
                return
            _die()
        deadline = time.monotonic() + _LONGEST_S
        while len(list(self.notes.glob(f"{what}-*"))) < self.meets:
            assert time.monotonic() < deadline, f"Only one node does {what}."
            time.sleep(0.05)


def _is_worker() -> bool:
    import ray  # in a process of its own it is there

    return ray.is_initialized() and ray.get_runtime_context().worker.mode == ray.WORKER_MODE


def _die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)
