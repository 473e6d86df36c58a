"""Fit the weights of the learnt score (service/support/score.json).

``python -m training.support_score CLAIMS_JSONL --output service/support/score.json``: a logistic regression on the half
of the labelled claims that bench/support_check.py does not report. What identity or a fact decides is left out: the
score is not asked there.
"""

import argparse
import json
from collections.abc import Iterable, Iterator
from pathlib import Path

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import balanced_accuracy_score, roc_auc_score
from sklearn.model_selection import StratifiedGroupKFold
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from service.support.features import FEATURES
from service.support.local import LocalChecker
from training.support_claims import held, labelled
from training.support_passages import passage

Row = tuple[tuple[float, ...], bool, float, str]
"""Features, supported, weight, premise."""


def labelled_rows(checker: LocalChecker, lines: Iterable[str], weights: dict[str, float]) -> Iterator[Row]:
    for row in labelled(lines):
        weight = next(w for name, w in weights.items() if row.source.startswith(name))
        found = checker.features(row.claim, [passage("", row.premise)])
        if weight and not held(row) and found:
            yield found, row.supported, weight, row.premise


def fitted(rows: list[Row], regularisation: float) -> LogisticRegression:
    x, y, w = (np.array([row[i] for row in rows]) for i in range(3))
    model = make_pipeline(
        StandardScaler(), LogisticRegression(C=regularisation, class_weight="balanced", max_iter=1000)
    )
    return model.fit(x, y, logisticregression__sample_weight=w)


def cross_validated(rows: list[Row], extra: list[Row], regularisation: float, threshold: float) -> tuple[float, float]:
    """Area under the curve and balanced accuracy at ``threshold``, over five folds of the labelled rows by premise."""
    x, y, groups = [r[0] for r in rows], np.array([r[1] for r in rows]), [r[3] for r in rows]
    out = np.zeros(len(rows))
    for train, test in StratifiedGroupKFold(5, shuffle=True, random_state=0).split(x, y, groups):
        model = fitted([rows[i] for i in train] + extra, regularisation)
        out[test] = model.predict_proba([rows[i][0] for i in test])[:, 1]
    return roc_auc_score(y, out), balanced_accuracy_score(y, out >= threshold)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("claims", type=Path)
    parser.add_argument("--begin-weight", type=float, default=0.3)
    parser.add_argument("--regularisation", type=float, default=0.02)
    parser.add_argument("--supported", type=float, default=0.4, help="The least score to be called supported.")
    parser.add_argument("--partly", type=float, default=0.2, help="The least score to be called partly supported.")
    parser.add_argument("--output", type=Path, required=True)
    options = parser.parse_args()
    checker = LocalChecker()
    lines = options.claims.read_text(encoding="utf-8").splitlines()
    rows = list(labelled_rows(checker, lines, {"wice": 1.0, "begin": options.begin_weight}))
    own = [row for row in rows if row[2] == 1.0]
    extra = [row for row in rows if row[2] != 1.0]
    area, accuracy = cross_validated(own, extra, options.regularisation, options.supported)
    _say(rows=len(own), extra=len(extra), area=round(area, 3), balanced_accuracy=round(accuracy, 3))
    model = fitted([*own, *extra], options.regularisation)
    scaler, regression = model[0], model[1]
    weights = regression.coef_[0] / scaler.scale_
    stored = {
        "weights": {name: round(float(w), 4) for name, w in zip(FEATURES, weights, strict=True)},
        "bias": round(float(regression.intercept_[0] - weights @ scaler.mean_), 4),
        "supported": options.supported,
        "partly": options.partly,
    }
    options.output.write_text(json.dumps(stored, indent=1) + "\n", encoding="utf-8")


def _say(**facts: float) -> None:
    print(json.dumps(facts), flush=True)  # noqa: T201


if __name__ == "__main__":
    main()
