"""Cosines of any encoder on one scale, so that what is fitted to cosines holds for more than one encoder.

Each encoder has a range of its own: texts that have nothing to do with each other are at 0 for all-MiniLM-L6-v2 and at
0.7 for multilingual-e5-small, which was trained with a low temperature (Wang et al. 2024, section 5). The numbers are
of ``python -m training.calibrate_reader``: the straight line that takes the mean of the best passages' cosines, of
questions with an answer and of those without, to that of all-MiniLM-L6-v2.
"""

from collections.abc import Mapping, Sequence

from index.encoder_names import MULTILINGUAL

_AS_IT_IS = (1.0, 0.0)  # also of encoders of which nothing is known

# name: (slope, shift)
LINES: Mapping[str, tuple[float, float]] = {MULTILINGUAL: (4.12, -3.03)}


def comparable(cosines: Sequence[float], encoder: str) -> tuple[float, ...]:
    """On the scale of all-MiniLM-L6-v2, where texts of almost the same words may be a little above 1."""
    slope, shift = LINES.get(encoder, _AS_IT_IS)
    return tuple(slope * cosine + shift for cosine in cosines)


# name: (slope, shift), of two questions, fitted by ``python -m bench.question_scale``
QUESTION_LINES: Mapping[str, tuple[float, float]] = {MULTILINGUAL: (4.67, -3.6)}


def own_of_questions(cosine: float, encoder: str) -> float:
    """The encoder's own cosine of two questions that all-MiniLM-L6-v2 would give this one."""
    slope, shift = QUESTION_LINES.get(encoder, _AS_IT_IS)
    return (cosine - shift) / slope
