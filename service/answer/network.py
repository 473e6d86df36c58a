"""The trained network: for a question and passages, logits of relevance and of the answer's place in each.

A cross-encoder on multilingual-e5-small, see docs/reader.md.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.errors import EncoderUnavailable
from index.packaged_e5 import PackagedE5, packaged_e5

MODEL_FOLDER = Path(__file__).parent / "model"
"""The network that Footnoted comes with."""

# The input as the network was trained on it; training/inputs.py takes it from here.
QUESTION_TOKENS = 48
TITLE_TOKENS = 24
_WINDOW_TOKENS = 280
_BATCH = 4

Array = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Window:
    """A part of a passage that the network has read.

    ``offsets`` are the tokens' characters (start, end) in the passage; ``span`` their logits, shape (tokens, 2), of
    being the answer's first and last; ``null`` is the logit sum of "no answer here".
    """

    passage: int
    relevance: float
    offsets: Sequence[tuple[int, int]]
    span: Array
    null: float


@dataclass(frozen=True, slots=True)
class _Input:
    passage: int
    ids: list[int]
    question: int
    body: int
    offsets: list[tuple[int, int]]


class Network:
    """Runs with onnxruntime on the CPU; safe from several threads. Loaded on first use."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def read(self, question: str, passages: Sequence[tuple[str, str]]) -> list[Window]:
        """The windows of all passages; a passage is (title, text)."""
        # Alike lengths in one batch waste the least on padding.
        inputs = sorted(self._inputs(question, passages), key=lambda i: len(i.ids))
        return [
            window for start in range(0, len(inputs), _BATCH) for window in self._run(inputs[start : start + _BATCH])
        ]

    def _run(self, batch: Sequence[_Input]) -> Iterator[Window]:
        length = max(len(one.ids) for one in batch)
        ids = np.zeros((len(batch), length), dtype=np.int64)
        mask, segments = np.zeros_like(ids), np.zeros_like(ids)
        for i, one in enumerate(batch):
            ids[i, : len(one.ids)] = one.ids
            mask[i, : len(one.ids)] = 1
            segments[i, one.question : len(one.ids)] = 1
        words = self.package.word_embeddings(ids)
        span, relevance = self._session.run(None, {"words": words, "mask": mask, "segments": segments})
        for i, one in enumerate(batch):
            body = span[i, one.body : one.body + len(one.offsets)]
            yield Window(one.passage, float(relevance[i]), one.offsets, body, float(span[i, 0].sum()))

    def _inputs(self, question: str, passages: Sequence[tuple[str, str]]) -> list[_Input]:
        tokenizer = self.tokenizer
        first, last = self._ends
        asked = tokenizer.encode(question, add_special_tokens=False).ids[:QUESTION_TOKENS]
        titles = tokenizer.encode_batch([title for title, _ in passages], add_special_tokens=False)
        bodies = tokenizer.encode_batch([text for _, text in passages], add_special_tokens=False)
        found = []
        for index, (title, body) in enumerate(zip(titles, bodies, strict=True)):
            prefix = [first, *asked, last, *title.ids[:TITLE_TOKENS]]
            offsets = _without_space(passages[index][1], body.offsets)
            room = _WINDOW_TOKENS - len(prefix) - 1
            stride = room // 2
            for begin in range(0, max(1, len(body.ids) - room + stride), stride):
                ids = [*prefix, *body.ids[begin : begin + room], last]
                found.append(_Input(index, ids, len(asked) + 2, len(prefix), offsets[begin : begin + room]))
        return found

    @cached_property
    def package(self) -> PackagedE5:
        """Where the word embeddings and the vocabulary come from."""
        return packaged_e5()

    @cached_property
    def tokenizer(self) -> Any:
        """A ``tokenizers.Tokenizer``."""
        return self.package.tokenizer()

    @cached_property
    def _ends(self) -> tuple[int, int]:
        first, last = self.tokenizer.encode("").ids
        return first, last

    @cached_property
    def _session(self) -> Any:
        import onnxruntime

        onnxruntime.disable_telemetry_events()  # of builds that have any: nothing of ours is sent anywhere
        options = onnxruntime.SessionOptions()
        options.log_severity_level = 3
        # Spinning threads would take the cores from the encoder, which has a pool of its own.
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        with explained(self._folder / "reader.onnx") as path:
            return onnxruntime.InferenceSession(path.read_bytes(), options, providers=["CPUExecutionProvider"])


@cache
def open_network(folder: Path) -> Network:
    """One for all of the process that read with it: it takes 400 MB."""
    return Network(folder)


@contextmanager
def explained(path: Path) -> Iterator[Path]:
    """A model file that is missing or damaged is told by name. Raises EncoderUnavailable."""
    try:
        yield path
    except Exception as error:  # onnxruntime raises classes of its own for damaged files
        reason = str(error).strip().split("\n")[0]
        raise EncoderUnavailable(f"The reader cannot load {path}: {reason}", "Install Footnoted again.") from error


def _without_space(text: str, offsets: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """The tokenizer counts the white space before a word to its first token."""
    found = []
    for start, end in offsets:
        while start < end and text[start].isspace():
            start += 1
        found.append((start, end))
    return found
