"""The trained reader: sentences scored by the network and by retrieval, and one confidence over all of them.

The network's margin of the best span over "no answer" (Devlin et al. 2019, for SQuAD 2.0) and its relevance are
combined with how retrieval found the passage. Weights and threshold were fitted on held-out questions, see reader.json
and training/calibrate_reader.py.
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from core.types import Hit, HitSource
from service.answer.confidence import sigmoid
from service.answer.network import MODEL_FOLDER, Window, explained, open_network
from service.answer.question_words import share, term_weights
from service.answer.reader import Candidate, Reading, ReadingTask
from service.answer.runtimes import RuntimeName
from service.answer.sentences import Span, sentences

_ANSWER_TOKENS = 40
_IMPOSSIBLE = -1e4

SENTENCE_FEATURES = ("margin", "relevance", "cosine", "passage_terms", "sentence_terms")
CONFIDENCE_FEATURES = ("score", "relevance", "cosine")


@dataclass(frozen=True, slots=True)
class ScoredSentence:
    """A sentence of a hit with its features, in the order of SENTENCE_FEATURES.

    ``cosine`` is told against the best cosine of the question, so that encoders differ less.
    """

    hit: int
    place: Span
    answer: Span
    features: tuple[float, ...]


class CrossEncoderReader:
    """Reads with onnxruntime on the CPU; safe from several threads."""

    name = "reader"

    def __init__(self, folder: Path = MODEL_FOLDER, runtime: RuntimeName = "auto") -> None:
        self._folder = folder
        self._network = open_network(folder, runtime)

    @property
    def default_threshold(self) -> float:
        return float(self._settings["threshold"])

    def read(self, task: ReadingTask) -> Reading:
        if not task.hits:
            return Reading((), 0.0)
        found = self.sentences(task)
        if not found:
            return Reading((), 0.0)
        weights = self._settings["sentence"]
        scored = sorted(((weighted(weights, s.features), s) for s in found), key=lambda pair: -pair[0])
        candidates = [_candidate(task.hits[s.hit], s, sigmoid(score)) for score, s in scored]
        confidence = sigmoid(weighted(self._settings["confidence"], confidence_features(scored, task)))
        return Reading(tuple(candidates), confidence)

    def sentences(self, task: ReadingTask) -> list[ScoredSentence]:
        """The sentences of the hits, each once, with their features."""
        passages = [(hit.passage.document.title, hit.passage.text) for hit in task.hits]
        spans = [sentences(text) for _, text in passages]
        weights = term_weights(task)
        top = max(task.cosines)
        best: dict[tuple[int, int], ScoredSentence] = {}
        for window in self._network.read(task.question, passages):
            hit, text = window.passage, passages[window.passage][1]
            passage_terms = share(weights, f"{passages[hit][0]}\n{text}")
            for number, (place, margin, answer) in enumerate(_margins(window, spans[hit])):
                if margin <= _IMPOSSIBLE / 2:
                    continue
                terms = share(weights, text[slice(*place)])
                features = (margin, window.relevance, task.cosines[hit] - top, passage_terms, terms)
                before = best.get((hit, number))
                if before is None or margin > before.features[0]:
                    best[hit, number] = ScoredSentence(hit, place, answer, features)
        return list(best.values())

    @cached_property
    def _settings(self) -> dict[str, Any]:
        with explained(self._folder / "reader.json") as path:
            loaded: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        return loaded


def confidence_features(scored: Sequence[tuple[float, ScoredSentence]], task: ReadingTask) -> tuple[float, ...]:
    """Of (score, sentence) pairs, best first; in the order of CONFIDENCE_FEATURES, the last two over all hits."""
    relevances = [s.features[SENTENCE_FEATURES.index("relevance")] for _, s in scored]
    return scored[0][0], max(relevances), max(task.cosines)


def _candidate(hit: Hit, sentence: ScoredSentence, probability: float) -> Candidate:
    offset = hit.passage.start
    (start, end), (first, last) = sentence.place, sentence.answer
    read = Hit(hit.passage, probability, HitSource.READ)
    return Candidate(read, offset + start, offset + end, probability, (offset + first, offset + last))


def _margins(window: Window, spans: Iterable[Span]) -> list[tuple[Span, float, Span]]:
    """For each sentence: its place, the margin of its best span over "no answer", and that span's characters."""
    starts = np.array([a for a, _ in window.offsets])
    ends = np.array([b for _, b in window.offsets])
    found = []
    for start, end in spans:
        inside = np.flatnonzero((starts >= start) & (ends <= end) & (starts < ends))
        if len(inside) == 0:
            found.append(((start, end), _IMPOSSIBLE, (start, start)))
            continue
        low, high = int(inside[0]), int(inside[-1]) + 1
        scores = window.span[low:high, 0][:, None] + window.span[low:high, 1][None, :]
        allowed = np.tril(np.triu(np.ones_like(scores, dtype=bool)), _ANSWER_TOKENS - 1)
        scores = np.where(allowed, scores, _IMPOSSIBLE)
        i, j = np.unravel_index(int(scores.argmax()), scores.shape)
        found.append(((start, end), float(scores[i, j]) - window.null, (int(starts[low + i]), int(ends[low + j]))))
    return found


def weighted(weights: Sequence[float], features: Sequence[float]) -> float:
    """The last weight is the bias."""
    return float(sum(w * f for w, f in zip(weights[:-1], features, strict=True)) + weights[-1])
