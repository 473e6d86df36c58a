"""From confidences and what became of the answers: a fit of the confidence, what each threshold costs, and a choice."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from core.errors import InvalidRequest
from evals.metrics.calibration_error import calibration_error
from service.answer.confidence import logit, rescaled

FEWEST = 5
_FOLDS = 5


@dataclass(frozen=True, slots=True)
class Outcome:
    """A question's confidence, whether it has an answer, and whether the one given is right."""

    confidence: float
    answerable: bool
    right: bool


@dataclass(frozen=True, slots=True)
class Fit:
    """Platt scaling: sigmoid(scale * logit(confidence) + shift). Errors are expected calibration errors.

    ``error_after`` is of questions that were left out of the fit.
    """

    scale: float
    shift: float
    error_before: float
    error_after: float


@dataclass(frozen=True, slots=True)
class Point:
    """What answering from a confidence on does.

    ``coverage`` is the share of all questions that get an answer, ``risk`` the share of these answers that are wrong,
    ``refused`` the share of the questions with an answer that are turned away.
    """

    threshold: float
    coverage: float
    risk: float
    refused: float


def fit(outcomes: Sequence[Outcome]) -> Fit:
    """Fit the confidence to whether a question has an answer.

    :raises InvalidRequest: with fewer than five questions of either kind.
    """
    answerable = sum(o.answerable for o in outcomes)
    if min(answerable, len(outcomes) - answerable) < FEWEST:
        raise InvalidRequest(
            f"The set has {answerable} questions with an answer and {len(outcomes) - answerable} without.",
            f"Calibration needs at least {FEWEST} of each; twenty of each make it worth something.",
        )
    scale, shift = _platt(outcomes)
    before = calibration_error([o.confidence for o in outcomes], [o.answerable for o in outcomes])
    return Fit(scale, shift, before or 0.0, _left_out_error(outcomes))


def _left_out_error(outcomes: Sequence[Outcome]) -> float:
    """The calibration error where every fifth question is judged by a fit on the others."""
    confidences, answerable = [], []
    # Sorted, so that every fold has both kinds and all confidences.
    ordered = sorted(outcomes, key=lambda o: (o.answerable, o.confidence))
    for fold in range(_FOLDS):
        scale, shift = _platt([o for i, o in enumerate(ordered) if i % _FOLDS != fold])
        for outcome in ordered[fold::_FOLDS]:
            confidences.append(rescaled(outcome.confidence, scale, shift))
            answerable.append(outcome.answerable)
    return calibration_error(confidences, answerable) or 0.0


def _platt(outcomes: Sequence[Outcome]) -> tuple[float, float]:
    """Source: Platt 1999, with its targets drawn in from 0 and 1, which keeps few questions from claiming certainty."""
    from sklearn.linear_model import LogisticRegression

    positive = sum(o.answerable for o in outcomes)
    high, low = (positive + 1) / (positive + 2), 1 / (len(outcomes) - positive + 2)
    x = np.repeat([[logit(o.confidence)] for o in outcomes], 2, axis=0)
    y = np.tile([1, 0], len(outcomes))
    targets = np.array([high if o.answerable else low for o in outcomes])
    weights = np.stack([targets, 1 - targets], axis=1).ravel()
    model = LogisticRegression(C=10.0).fit(x, y, sample_weight=weights)
    return max(float(model.coef_[0][0]), 0.01), float(model.intercept_[0])


def curve(outcomes: Sequence[Outcome]) -> list[Point]:
    """A point for every distinct confidence, from the surest on: risk against coverage (El-Yaniv and Wiener 2010)."""
    ordered = sorted(outcomes, key=lambda o: -o.confidence)
    answerable = sum(o.answerable for o in outcomes)
    points = []
    wrong = answered_answerable = 0
    for i, outcome in enumerate(ordered, start=1):
        wrong += not outcome.right
        answered_answerable += outcome.answerable
        if i == len(ordered) or ordered[i].confidence != outcome.confidence:
            refused = 1 - answered_answerable / answerable if answerable else 0.0
            points.append(Point(outcome.confidence, i / len(ordered), wrong / i, refused))
    return points


def at(outcomes: Sequence[Outcome], threshold: float) -> Point:
    answered = [o for o in outcomes if o.confidence >= threshold]
    answerable = [o for o in outcomes if o.answerable]
    risk = sum(not o.right for o in answered) / len(answered) if answered else 0.0
    refused = sum(o.confidence < threshold for o in answerable) / len(answerable) if answerable else 0.0
    return Point(threshold, len(answered) / len(outcomes), risk, refused)


def choose(points: Sequence[Point], most_wrong: float) -> Point:
    """The point that answers the most with at most this share of wrong answers; else the one with the least risk."""
    kept = [p for p in points if p.risk <= most_wrong]
    return max(kept, key=lambda p: p.coverage) if kept else min(points, key=lambda p: (p.risk, -p.coverage))
