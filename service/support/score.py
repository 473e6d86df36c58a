"""The learnt score: a logistic regression over the features, its weights fitted by training/support_score.py."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from math import exp
from pathlib import Path

from service.support.features import FEATURES

_WEIGHTS = Path(__file__).parent / "score.json"


@dataclass(frozen=True, slots=True)
class Score:
    """``weights`` are of the features in their order; ``supported`` and ``partly`` are the thresholds."""

    weights: tuple[float, ...]
    bias: float
    supported: float
    partly: float

    def of(self, features: Sequence[float]) -> float:
        """An estimate, in (0, 1), that the evidence says the sentence."""
        logit = self.bias + sum(w * f for w, f in zip(self.weights, features, strict=True))
        return 1 / (1 + exp(-max(-30.0, min(30.0, logit))))


@cache
def shipped() -> Score:
    """The score that Footnoted comes with."""
    stored = json.loads(_WEIGHTS.read_text(encoding="utf-8"))
    weights = tuple(float(stored["weights"][name]) for name in FEATURES)
    return Score(weights, float(stored["bias"]), float(stored["supported"]), float(stored["partly"]))
