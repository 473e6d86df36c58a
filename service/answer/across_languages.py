"""Questions about documents in another language: which sentence, and how sure, by the encoder beside the reader.

The reader was trained within languages. Across them its margins are low and its order is poor, and a question's words
do not stand in the text. An encoder of many languages finds the sentence better: the two are added, each against its
own spread over the sentences at hand. The confidence is put on the scale of questions in the documents' language: the
straight line that takes the mean logits of questions with an answer and of those without, as ``python -m
bench.across_languages`` gives them, to those of the same questions in the documents' language.
"""

from collections.abc import Sequence
from dataclasses import replace
from math import exp

import numpy as np
from numpy.typing import NDArray

from index.encode import Encoder
from index.encoder_languages import languages_of
from service.answer.confidence import rescaled
from service.answer.cross_encoder import CrossEncoderReader
from service.answer.reader import Candidate, Reader, Reading, ReadingTask
from service.kept_vectors import KeptVectors
from service.language.told import language_of

_ENCODER_WEIGHT = 2.0
_SPREAD = 4.5  # of the sums: a second sentence is quoted where it is 2.3 behind the first, or less
_MOST = 40  # sentences that are encoded, the reader's best
_CACHED_TEXTS = 4_000  # vectors; 6 MB at 384 dimensions
# Of the confidence's logit.
SCALE, SHIFT = 3.77, 13.95


def reading_across(reader: Reader, encoder: Encoder) -> Reader:
    """The reader itself where it is not the trained one, or the encoder knows one language only, or who knows which."""
    known = languages_of(encoder.name)
    fits = reader.name == CrossEncoderReader.name and known is not None and len(known) > 1
    return AcrossLanguages(reader, encoder) if fits else reader


class AcrossLanguages:
    """Reads as the reader does, unless every passage is in another language than the question.

    Safe from several threads. Keeps the vectors of the last sentences: questions often meet the same passages.
    """

    def __init__(self, reader: Reader, encoder: Encoder) -> None:
        self._reader = reader
        self._encoder = encoder
        # Asked for when it is used: a run that reads no question loads no encoder.
        self._vectors = KeptVectors(lambda texts: encoder.encode_passages(texts), _CACHED_TEXTS)

    @property
    def name(self) -> str:
        return self._reader.name

    @property
    def default_threshold(self) -> float:
        return self._reader.default_threshold

    def read(self, task: ReadingTask) -> Reading:
        reading = self._reader.read(task)
        if not reading.candidates or not is_across(task):
            return reading
        ranked = self._ranked(task.question, reading.candidates[:_MOST])
        return Reading(ranked, rescaled(reading.confidence, SCALE, SHIFT))

    def _ranked(self, question: str, candidates: Sequence[Candidate]) -> tuple[Candidate, ...]:
        """Best first; the first is as probable as the reader's first, the others less by how far they are behind."""
        # Alone and with the title, since "It was built in 1871" does not say what was.
        quotes = [candidate.quote for candidate in candidates]
        titled = [f"{c.hit.passage.document.title}: {c.quote}" for c in candidates]
        vectors = self._vectors([*quotes, *titled])
        cosines = (vectors @ self._encoder.encode_questions([question])[0]).reshape(2, -1).mean(axis=0)
        logits = np.log([max(1e-9, c.probability) / max(1e-9, 1 - c.probability) for c in candidates])
        sums = _against_spread(logits) + _ENCODER_WEIGHT * _against_spread(cosines)
        best = max(candidate.probability for candidate in candidates)
        ranked = []
        for place in np.argsort(-sums):
            candidate, behind = candidates[place], float(sums.max() - sums[place])
            probability = best * exp(-behind / _SPREAD)
            hit = replace(candidate.hit, score=probability)
            ranked.append(replace(candidate, hit=hit, probability=probability))
        return tuple(ranked)


def is_across(task: ReadingTask) -> bool:
    """Whether the question's language is known, and that of each passage, where it is known, is another one."""
    asked = language_of(task.question, 2)
    if asked is None:
        return False
    told = {hit.passage.language or language_of(hit.passage.text, 2) for hit in task.hits} - {None}
    return bool(told) and asked not in told


def _against_spread(values: NDArray[np.floating]) -> NDArray[np.floating]:
    spread = float(values.std())
    return (values - values.mean()) / spread if spread > 0 else np.zeros_like(values)
