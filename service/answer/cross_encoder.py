"""The trained reader: one small cross-encoder that gives relevance and the answer span of a passage in one run.

The margin of the best span over "no answer" (Devlin et al. 2019, for SQuAD 2.0), the relevance and the retrieval
scores are combined into probabilities; weights and threshold were fitted on held-out questions, see reader.json.
"""

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from math import exp
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.errors import EncoderUnavailable
from core.types import Hit, HitSource
from service.answer.reader import Candidate, Reading, ReadingTask
from service.answer.sentences import Span, sentences

MODEL_FOLDER = Path(__file__).parent / "model"
# The input as the network was trained on it; training/train_reader.py takes it from here.
QUESTION_TOKENS = 48
TITLE_TOKENS = 24
CLS, SEP = 101, 102
_WINDOW_TOKENS = 280
_ANSWER_TOKENS = 40
_IMPOSSIBLE = -1e4

Array = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class _Window:
    """One input of the network: tokens of a passage from ``first`` on, after ``prefix`` others."""

    hit: int
    ids: list[int]
    segments: list[int]
    prefix: int
    offsets: list[tuple[int, int]]


class CrossEncoderReader:
    """Reads with onnxruntime on the CPU; safe from several threads."""

    name = "reader"

    def __init__(self, folder: Path = MODEL_FOLDER) -> None:
        self._folder = folder

    @property
    def default_threshold(self) -> float:
        return float(self._settings["threshold"])

    def read(self, task: ReadingTask) -> Reading:
        if not task.hits:
            return Reading((), 0.0)
        spans = [sentences(hit.passage.text) for hit in task.hits]
        windows = self._windows(task.question, task.hits)
        relevance, candidates = self._score(windows, task.hits, spans)
        candidates.sort(key=lambda c: -c.probability)
        best = candidates[0].probability if candidates else 0.0
        features = [_logit(best), max(relevance), max(task.cosines)]
        return Reading(tuple(candidates), _sigmoid(_weighted(self._settings["confidence"], features)))

    def raw(self, task: ReadingTask) -> list[tuple[Hit, float, list[tuple[Span, float, Span]]]]:
        """For each hit its relevance logit and, for each sentence, the margin of its best span: for fitting."""
        spans = [sentences(hit.passage.text) for hit in task.hits]
        found: dict[int, tuple[float, list[tuple[Span, float, Span]]]] = {}
        for index, relevance, margins in self._run(self._windows(task.question, task.hits), spans):
            before = found.get(index)
            if before is None:
                found[index] = relevance, margins
            else:
                best = [max(pair, key=lambda m: m[1]) for pair in zip(before[1], margins, strict=True)]
                found[index] = max(before[0], relevance), best
        return [(task.hits[i], *found[i]) for i in sorted(found)]

    def _score(
        self, windows: Sequence[_Window], hits: Sequence[Hit], spans: Sequence[list[Span]]
    ) -> tuple[list[float], list[Candidate]]:
        relevances: list[float] = []
        best: dict[tuple[int, int], Candidate] = {}
        for index, relevance, margins in self._run(windows, spans):
            relevances.append(relevance)
            hit = hits[index]
            offset = hit.passage.start
            for number, ((start, end), margin, answer) in enumerate(margins):
                if margin <= _IMPOSSIBLE / 2:
                    continue
                probability = _sigmoid(_weighted(self._settings["support"], [margin, hit.score]))
                before = best.get((index, number))
                if before is None or probability > before.probability:
                    read = Hit(hit.passage, probability, HitSource.READ)
                    found = (offset + answer[0], offset + answer[1])
                    best[index, number] = Candidate(read, offset + start, offset + end, probability, found)
        return relevances, list(best.values())

    def _run(
        self, windows: Sequence[_Window], spans: Sequence[list[Span]]
    ) -> list[tuple[int, float, list[tuple[Span, float, Span]]]]:
        length = max(len(w.ids) for w in windows)
        ids = np.zeros((len(windows), length), dtype=np.int64)
        mask = np.zeros_like(ids)
        segments = np.zeros_like(ids)
        for i, window in enumerate(windows):
            n = len(window.ids)
            ids[i, :n], segments[i, :n], mask[i, :n] = window.ids, window.segments, 1
        span, relevance = self._session.run(
            None, {"input_ids": ids, "attention_mask": mask, "token_type_ids": segments}
        )
        return [(w.hit, float(relevance[i]), _margins(span[i], w, spans[w.hit])) for i, w in enumerate(windows)]

    def _windows(self, question: str, hits: Sequence[Hit]) -> list[_Window]:
        tokenizer = self._tokenizer
        asked = tokenizer.encode(question, add_special_tokens=False).ids[:QUESTION_TOKENS]
        titles = tokenizer.encode_batch([h.passage.document.title for h in hits], add_special_tokens=False)
        bodies = tokenizer.encode_batch([h.passage.text for h in hits], add_special_tokens=False)
        windows = []
        for index, (title, body) in enumerate(zip(titles, bodies, strict=True)):
            prefix = [CLS, *asked, SEP, *title.ids[:TITLE_TOKENS]]
            room = _WINDOW_TOKENS - len(prefix) - 1
            stride = room // 2
            for first in range(0, max(1, len(body.ids) - room + stride), stride):
                part = body.ids[first : first + room]
                ids = [*prefix, *part, SEP]
                segments = [0] * (len(asked) + 2) + [1] * (len(ids) - len(asked) - 2)
                windows.append(_Window(index, ids, segments, len(prefix), body.offsets[first : first + room]))
        return windows

    @cached_property
    def _settings(self) -> dict[str, Any]:
        with _explained(self._folder / "reader.json") as path:
            loaded: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        return loaded

    @cached_property
    def _tokenizer(self) -> Any:
        from tokenizers import Tokenizer

        with _explained(self._folder / "tokenizer.json") as path:
            tokenizer = Tokenizer.from_str(path.read_text(encoding="utf-8"))
        tokenizer.no_truncation()
        tokenizer.no_padding()
        return tokenizer

    @cached_property
    def _session(self) -> Any:
        import onnxruntime

        options = onnxruntime.SessionOptions()
        options.log_severity_level = 3
        # Spinning threads would take the cores from the encoder, which has a pool of its own.
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        with _explained(self._folder / "reader.onnx") as path:
            return onnxruntime.InferenceSession(path.read_bytes(), options, providers=["CPUExecutionProvider"])


@contextmanager
def _explained(path: Path) -> Iterator[Path]:
    """A model file that is missing or damaged is told by name. Raises EncoderUnavailable."""
    try:
        yield path
    except Exception as error:  # tokenizers and onnxruntime raise classes of their own for damaged files
        reason = str(error).strip().split("\n")[0]
        raise EncoderUnavailable(f"The reader cannot load {path}: {reason}", "Install Footnoted again.") from error


def _margins(span: Array, window: _Window, spans: list[Span]) -> list[tuple[Span, float, Span]]:
    """For each sentence: its place, the margin of its best span over "no answer", and that span's characters."""
    null = float(span[0, 0] + span[0, 1])
    count = len(window.offsets)
    body = span[window.prefix : window.prefix + count]
    starts = np.array([a for a, _ in window.offsets])
    ends = np.array([b for _, b in window.offsets])
    found = []
    for start, end in spans:
        inside = np.flatnonzero((starts >= start) & (ends <= end))
        if len(inside) == 0:
            found.append(((start, end), _IMPOSSIBLE, (start, start)))
            continue
        low, high = int(inside[0]), int(inside[-1]) + 1
        scores = body[low:high, 0][:, None] + body[low:high, 1][None, :]
        allowed = np.triu(np.ones_like(scores, dtype=bool)) & np.tril(
            np.ones_like(scores, dtype=bool), _ANSWER_TOKENS - 1
        )
        scores = np.where(allowed, scores, _IMPOSSIBLE)
        i, j = np.unravel_index(int(scores.argmax()), scores.shape)
        found.append(((start, end), float(scores[i, j]) - null, (int(starts[low + i]), int(ends[low + j]))))
    return found


def _weighted(weights: Sequence[float], features: Sequence[float]) -> float:
    """The last weight is the bias."""
    return float(sum(w * f for w, f in zip(weights[:-1], features, strict=True)) + weights[-1])


def _sigmoid(x: float) -> float:
    return 1 / (1 + exp(-x)) if x >= 0 else exp(x) / (1 + exp(x))


def _logit(p: float) -> float:
    p = min(max(p, 1e-6), 1 - 1e-6)
    return float(np.log(p / (1 - p)))
