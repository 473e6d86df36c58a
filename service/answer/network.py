"""The trained network: for a question and passages, logits of relevance and of the answer's place in each.

A cross-encoder on multilingual-e5-small, see docs/reader.md.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache, cached_property
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np

from core.errors import EncoderUnavailable
from index.packaged_e5 import PackagedE5, packaged_e5
from service.answer.runtimes import Array, Feed, Runtime, RuntimeName, open_runtime

MODEL_FOLDER = Path(__file__).parent / "model"
"""The network that Footnoted comes with."""

# The input as the network was trained on it; training/inputs.py takes it from here.
QUESTION_TOKENS = 48
TITLE_TOKENS = 24
_WINDOW_TOKENS = 280


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
    """Runs on the CPU; safe from several threads. Loaded on first use."""

    def __init__(self, folder: Path, runtime: RuntimeName = "auto") -> None:
        self._folder = folder
        self._runtime_name = runtime

    def read(self, question: str, passages: Sequence[tuple[str, str]]) -> list[Window]:
        """The windows of all passages; a passage is (title, text)."""
        # Alike lengths in one batch waste the least on padding.
        inputs = sorted(self._inputs(question, passages), key=lambda i: len(i.ids))
        batches = _in_parts(inputs, self.runtime.batches(len(inputs)))
        logits = self.runtime.run([self._feed(batch) for batch in batches])
        return [
            w
            for batch, (span, relevance) in zip(batches, logits, strict=True)
            for w in _windows(batch, span, relevance)
        ]

    def _feed(self, batch: Sequence[_Input]) -> Feed:
        length = self.runtime.width(max(len(one.ids) for one in batch))
        ids = np.zeros((len(batch), length), dtype=np.int64)
        mask, segments = np.zeros_like(ids), np.zeros_like(ids)
        for i, one in enumerate(batch):
            ids[i, : len(one.ids)] = one.ids
            mask[i, : len(one.ids)] = 1
            segments[i, one.question : len(one.ids)] = 1
        return {"words": self.package.word_embeddings(ids), "mask": mask, "segments": segments}

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
        return self.package.tokenizer

    @cached_property
    def _ends(self) -> tuple[int, int]:
        first, last = self.tokenizer.encode("").ids
        return first, last

    @cached_property
    def runtime(self) -> Runtime:
        """What runs the graph. Raises EncoderUnavailable."""
        with explained(self._folder / "reader.onnx") as path:
            return open_runtime(path, self._runtime_name)


def _windows(batch: Sequence[_Input], span: Array, relevance: Array) -> Iterator[Window]:
    for i, one in enumerate(batch):
        body = span[i, one.body : one.body + len(one.offsets)]
        yield Window(one.passage, float(relevance[i]), one.offsets, body, float(span[i, 0].sum()))


def _in_parts(inputs: Sequence[_Input], parts: int) -> list[Sequence[_Input]]:
    """As alike in number as may be."""
    ends = [len(inputs) * part // parts for part in range(parts + 1)]
    return [inputs[start:end] for start, end in pairwise(ends)]


def open_network(folder: Path, runtime: RuntimeName = "auto") -> Network:
    """One for all of the process that read with it: it takes 400 MB."""
    return _opened(folder, runtime)


@cache
def _opened(folder: Path, runtime: RuntimeName) -> Network:
    return Network(folder, runtime)


@contextmanager
def explained(path: Path) -> Iterator[Path]:
    """A model file that is missing or damaged is told by name. Raises EncoderUnavailable."""
    try:
        yield path
    except Exception as error:  # the runtimes raise classes of their own for damaged files
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
