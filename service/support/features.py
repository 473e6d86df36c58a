"""What the learnt score is computed from: how much of a sentence the evidence says, and how nearly."""

from collections.abc import Sequence
from math import log

import numpy as np

from service.support.analysed import Analysed
from service.support.evidence import Chosen
from service.support.rarity import vectors

FEATURES = (
    "covered", "covered_by_best", "covered_by_two", "likest", "least_like", "low_like", "words_missing", "words",
    "evidence_words",
)  # fmt: skip


def features(said: Analysed, weighed: dict[str, float], chosen: Sequence[Chosen], read: Analysed) -> tuple[float, ...]:
    """In the order of FEATURES. ``chosen`` is not empty, ``read`` is its sentences as one."""
    covered = sum(c.gain for c in chosen)
    like, shares = _likeness(said, weighed, read)
    lacking = [w for w in said.words if w.content and w.stem not in read.stems]
    plain = [w for w in lacking if not w.name and not w.text[0].isdigit()]
    return (
        covered,
        chosen[0].gain,
        sum(c.gain for c in chosen[:2]),
        float(like @ shares),
        float(like.min()),
        float(np.quantile(like, 0.1)),
        float(min(10, len(plain))),
        log(1 + len(said.words)),
        log(1 + len(read.words)),
    )


def _likeness(said: Analysed, weighed: dict[str, float], read: Analysed) -> tuple[np.ndarray, np.ndarray]:
    """For each content word: the greatest cosine with a word of the evidence, and its share of the weight."""
    mine = list({w.stem: w.text for w in said.words if w.stem in weighed}.values())
    theirs = list({w.text: None for w in read.words})
    shares = np.array([weighed[s] for s in {w.stem: None for w in said.words if w.stem in weighed}])
    like = np.maximum(0.0, (vectors(tuple(mine)) @ vectors(tuple(theirs)).T).max(axis=1))
    return like, shares / shares.sum()
