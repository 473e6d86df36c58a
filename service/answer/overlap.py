"""The plain reader: a sentence is as good as its cosine, its words in common with the question, and its passage.

No training but five weights. It is the baseline that the trained reader has to beat.
"""

import threading
from collections import OrderedDict

from core.types import Passage
from index.cosine_scale import comparable
from index.encode import Encoder, Vectors
from service.answer.confidence import sigmoid
from service.answer.question_words import share, term_weights
from service.answer.reader import Candidate, Reading, ReadingTask
from service.answer.sentences import Span, sentences

# Logistic regressions over sentences of the best passages, fitted on SQuAD 2.0 questions.
_SENTENCE = {"cosine": 3.7, "overlap": 4.4, "passage": 11.8, "bias": -17.0}
_CONFIDENCE = {"cosine": 2.9, "overlap": 1.6, "passage_cosine": 2.6, "bias": -4.0}
_CACHED_PASSAGES = 2_000


class OverlapReader:
    """Reads with the sentence encoder and the question's terms."""

    name = "overlap"
    default_threshold = 0.2

    def __init__(self, encoder: Encoder) -> None:
        self._encoder = encoder
        self._cache: OrderedDict[str, tuple[list[Span], Vectors]] = OrderedDict()
        self._lock = threading.Lock()

    def read(self, task: ReadingTask) -> Reading:
        if not task.hits:
            return Reading((), 0.0)
        question = self._encoder.encode_questions([task.question])[0]
        weights = term_weights(task)
        scored = []
        for hit, passage_cosine in zip(task.hits, task.cosines, strict=True):
            spans, vectors = self._sentences(hit.passage)
            for (start, end), vector in zip(spans, vectors, strict=True):
                [cosine] = comparable([float(vector @ question)], self._encoder.name)
                overlap = share(weights, hit.passage.text[start:end])
                score = (
                    _SENTENCE["cosine"] * cosine
                    + _SENTENCE["overlap"] * overlap
                    + _SENTENCE["passage"] * hit.score
                    + _SENTENCE["bias"]
                )
                offset = hit.passage.start
                candidate = Candidate(hit, offset + start, offset + end, sigmoid(score))
                scored.append((candidate, cosine, overlap, passage_cosine))
        scored.sort(key=lambda item: -item[0].probability)
        _, cosine, overlap, passage_cosine = scored[0]
        confidence = sigmoid(
            _CONFIDENCE["cosine"] * cosine
            + _CONFIDENCE["overlap"] * overlap
            + _CONFIDENCE["passage_cosine"] * passage_cosine
            + _CONFIDENCE["bias"]
        )
        return Reading(tuple(item[0] for item in scored), confidence)

    def _sentences(self, passage: Passage) -> tuple[list[Span], Vectors]:
        with self._lock:
            cached = self._cache.get(passage.id)
            if cached is not None:
                self._cache.move_to_end(passage.id)
                return cached
        spans = sentences(passage.text)
        found = spans, self._encoder.encode_passages([passage.text[start:end] for start, end in spans])
        with self._lock:
            self._cache[passage.id] = found
            if len(self._cache) > _CACHED_PASSAGES:
                self._cache.popitem(last=False)
        return found
