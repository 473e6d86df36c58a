"""Readers beside each other, on what retrieval found for the same questions, in one run.

``python -m training.compare_readers --squad FILE FOLDER…``: questions of articles 7 and 8 of the SQuAD 2.0 development
set, which are not trained on, as in training/calibrate_reader.py. The weights are fitted on one of the two articles
and measured on the other, and the reverse.
"""

import argparse
import json
import pickle
import random
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.metrics import roc_auc_score

from evals.metrics.calibration_error import calibration_error
from evals.metrics.exact_match import exact_match
from evals.metrics.token_f1 import token_f1
from service.answer.cross_encoder import SENTENCE_FEATURES, CrossEncoderReader, confidence_features, weighted
from service.answer.runtimes import RuntimeName
from training.calibrate_reader import Asked, Found, fit, read_found, retrieve_all

_MARGIN = SENTENCE_FEATURES.index("margin")


def compared(found: Sequence[Found], folder: Path, runtime: RuntimeName) -> dict[str, Any]:
    reader = CrossEncoderReader(folder, runtime)
    began = time.time()
    asked = [read_found(reader, f) for f in found]
    figures: dict[str, Any] = {"reader": str(folder), "runtime": runtime, "seconds": round(time.time() - began)}
    answerable = [a for a in asked if a.kind == "answerable"]
    figures["margin_alone_right"] = _mean([bool(a.right[a.features[:, _MARGIN].argmax()]) for a in answerable])
    rows = []
    for article in sorted({f.article for f in found}):
        weights = fit([a for a, f in zip(asked, found, strict=True) if f.article != article])
        rows += [(a.kind, *_measured(a, f, weights)) for a, f in zip(asked, found, strict=True) if f.article == article]
    own = [row for row in rows if row[0] == "answerable"]
    figures |= {"questions": len(own), "right": _mean([r[2] for r in own])}
    figures |= {"em": _mean([r[3] for r in own]), "f1": _mean([r[4] for r in own])}
    for kind in ("adversarial", "absent"):
        both = [row for row in rows if row[0] in ("answerable", kind)]
        if len(both) > len(own):
            auroc = roc_auc_score([r[0] == "answerable" for r in both], [r[1] for r in both])
            figures[f"auroc_{kind}"] = round(float(auroc), 4)
    error = calibration_error([r[1] for r in rows], [r[0] == "answerable" for r in rows])
    figures["calibration_error"] = round(error or 0.0, 4)
    return figures


def _measured(asked: Asked, found: Found, weights: dict[str, Any]) -> tuple[float, bool, float, float]:
    """Confidence, whether the first sentence is right, EM and F1 of the answer's words."""
    scores = [weighted(weights["sentence"], s.features) for s in asked.sentences]
    order = sorted(range(len(scores)), key=lambda i: -scores[i])
    pairs = [(scores[i], asked.sentences[i]) for i in order]
    logit = weighted(weights["confidence"], confidence_features(pairs, asked.task))
    first = pairs[0][1]
    answer = asked.task.hits[first.hit].passage.text[slice(*first.answer)]
    golds = [text for _, text in found.places] or [""]
    right = bool(asked.right[order[0]])
    return 1 / (1 + float(np.exp(-logit))), right, exact_match(answer, golds), token_f1(answer, golds)


def _mean(values: Sequence[float]) -> float:
    return round(float(np.mean(values)), 4)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--squad", type=Path, required=True)
    parser.add_argument("--runtime", choices=("auto", "onnxruntime", "openvino"), default="auto")
    parser.add_argument("--kept", type=Path, help="Where to keep what retrieval found, for the next run.")
    parser.add_argument("--limit", type=int, help="So many questions, drawn at random.")
    parser.add_argument("folders", type=Path, nargs="+", help="Each with a reader.onnx and a reader.json.")
    options = parser.parse_args()
    if options.kept and options.kept.exists():
        found = pickle.loads(options.kept.read_bytes())
    else:
        found = list(retrieve_all(options.squad, range(8), range(6, 8)))
        if options.kept:
            options.kept.write_bytes(pickle.dumps(found))
    if options.limit:
        found = random.Random(0).sample(found, min(options.limit, len(found)))
    for folder in options.folders:
        print(json.dumps(compared(found, folder, options.runtime)), flush=True)  # noqa: T201


if __name__ == "__main__":
    main()
