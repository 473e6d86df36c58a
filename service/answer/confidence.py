"""Probabilities on the logit scale."""

from math import exp, log

_LEAST = 1e-6


def logit(probability: float) -> float:
    """Probabilities of 0 and 1 count as a millionth from them."""
    kept = min(max(probability, _LEAST), 1 - _LEAST)
    return log(kept / (1 - kept))


def sigmoid(x: float) -> float:
    return 1 / (1 + exp(-x)) if x >= 0 else exp(x) / (1 + exp(x))


def rescaled(probability: float, scale: float, shift: float) -> float:
    """Platt scaling: the sigmoid of ``scale`` times the logit plus ``shift``."""
    if scale == 1 and shift == 0:
        return probability
    return sigmoid(scale * logit(probability) + shift)
