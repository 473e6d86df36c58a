"""Fit the reader's probabilities: sentence support, and the confidence that decides whether to answer.

Two logistic regressions on questions that were not trained on: SQuAD's answerable ones, its adversarial ones,
and questions whose article is not in the index. ``python -m training.calibrate_reader --help``.
"""

import argparse
import json
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score

from core.types import Document
from index.encode import SentenceTransformerEncoder
from index.store import SearchResult, Store
from ingest.read import read
from ingest.split import SplitSettings, split
from service.answer.cross_encoder import CrossEncoderReader
from service.answer.reader import ReadingTask
from service.settings import AnswerSettings, IngestSettings

_MARGIN_FLOOR = -40.0
# What a full retrieval score is worth in units of margin. A free fit on this set takes 14, and finds the right sentence
# more often here (0.815, not 0.796), but retrieval scores are stretched in small collections: it loses there.
_SCORE_WORTH = 5.0
_REFUSED_ABSENT = 0.95


@dataclass(frozen=True, slots=True)
class Asked:
    """What was seen of a question: for every sentence its passage's relevance and retrieval score, and its margin."""

    kind: str
    relevance: np.ndarray
    margin: np.ndarray
    score: np.ndarray
    right: np.ndarray
    best_relevance: float
    cosine: float


def ask_all(squad: Path, haystack: range, asked: range, reader: CrossEncoderReader) -> list[Asked]:
    """Ask the questions of the articles ``asked``, with and without their article in the index."""
    data = json.loads(squad.read_text(encoding="utf-8"))["data"]
    ingest, answer = IngestSettings(), AnswerSettings()
    sizes = SplitSettings(ingest.split_target, ingest.split_maximum)
    found: list[Asked] = []
    with tempfile.TemporaryDirectory() as folder:
        encoder = SentenceTransformerEncoder()
        store = Store(Path(folder), encoder, (sizes.target, sizes.maximum))
        for present in (False, True):
            articles = haystack if present else [a for a in haystack if a not in asked]
            texts = _put(store, encoder, sizes, data, articles)
            for article in asked:
                for question, start in _questions(data[article], texts.get(article)):
                    result = store.search("default", question["question"], answer.passages)
                    kind = "adversarial" if question["is_impossible"] else "answerable"
                    places = [(start + a["answer_start"], a["text"]) for a in question["answers"]] if present else []
                    found.append(_read(reader, question["question"], result, kind if present else "absent", places))
        store.close()
    return found


def _put(
    store: Store, encoder: SentenceTransformerEncoder, sizes: SplitSettings, data: list, articles: Any
) -> dict[int, Document]:
    collection = store.open_collection("default")
    documents = {}
    for article in articles:
        title = data[article]["title"].replace("_", " ")
        text = "\n\n".join(p["context"] for p in data[article]["paragraphs"]).encode()
        document = read(text, f"squad:{article}", f"{title}.txt").document
        store.put(collection, document, split(document, encoder.count_tokens, sizes), text)
        documents[article] = document
    store.refresh("default")
    return documents


def _questions(article: dict, document: Document | None) -> Any:
    """Each question with the place of its paragraph in the document; without one, only answerable questions."""
    position = 0
    for paragraph in article["paragraphs"]:
        start = 0
        if document is not None:
            position = start = document.text.index(paragraph["context"].strip(), position)
            start -= len(paragraph["context"]) - len(paragraph["context"].lstrip())
        for question in paragraph["qas"]:
            if document is not None or not question["is_impossible"]:
                yield question, start


def _read(
    reader: CrossEncoderReader, question: str, result: SearchResult, kind: str, places: list[tuple[int, str]]
) -> Asked:
    relevances, margins, scores, rights = [], [], [], []
    for hit, relevance, sentences in reader.raw(
        ReadingTask(question, result.hits, result.cosines, result.frequencies, result.passages)
    ):
        offset = hit.passage.start
        for (start, end), margin, _ in sentences:
            relevances.append(relevance)
            scores.append(hit.score)
            margins.append(max(margin, _MARGIN_FLOOR))
            rights.append(any(offset + start <= place and place + len(text) <= offset + end for place, text in places))
    return Asked(
        kind,
        np.array(relevances),
        np.array(margins),
        np.array(scores),
        np.array(rights),
        max(relevances),
        max(result.cosines),
    )


def fit(asked: list[Asked]) -> dict[str, Any]:
    """The weights and the threshold, with the figures that they were chosen by."""
    answerable = [a for a in asked if a.kind == "answerable"]
    x = np.concatenate([_features(a) for a in answerable])
    slope, bias = _logistic(x, np.concatenate([a.right for a in answerable]))
    features, right = [], []
    for a in asked:
        scores = slope * _features(a)[:, 0] + bias
        best = int(scores.argmax())
        features.append([float(np.clip(scores[best], -13.8, 13.8)), a.best_relevance, a.cosine])
        right.append(a.kind == "answerable" and bool(a.right[best]))
    kinds = np.array([a.kind for a in asked])
    weights = np.select(
        [kinds == "answerable", kinds == "adversarial"],
        [0.5 / np.mean(kinds == "answerable"), 0.25 / np.mean(kinds == "adversarial")],
        0.25 / np.mean(kinds == "absent"),
    )
    confidence = _logistic(np.array(features), np.array(right), weights)
    probabilities = 1 / (1 + np.exp(-(np.array(features) @ confidence[:3] + confidence[3])))
    return {
        "support": [round(float(w), 4) for w in (slope, slope * _SCORE_WORTH, bias)],
        "confidence": [round(float(w), 4) for w in confidence],
        "figures": _figures(probabilities, kinds, np.array(right)),
    }


def _features(asked: Asked) -> np.ndarray:
    return (asked.margin + _SCORE_WORTH * asked.score)[:, None]


def _figures(probabilities: np.ndarray, kinds: np.ndarray, right: np.ndarray) -> dict[str, Any]:
    answerable = kinds == "answerable"
    figures: dict[str, Any] = {"first_sentence_right": round(float(right[answerable].mean()), 4)}
    for kind in ("absent", "adversarial"):
        rows = answerable | (kinds == kind)
        figures[f"auroc_{kind}"] = round(float(roc_auc_score(answerable[rows], probabilities[rows])), 4)
    figures["thresholds"] = {
        f"{threshold:.2f}": {
            "answered": round(float((probabilities[answerable] >= threshold).mean()), 3),
            "right_of_answered": round(float(right[answerable & (probabilities >= threshold)].mean()), 3),
            **{
                f"refused_{k}": round(float((probabilities[kinds == k] < threshold).mean()), 3)
                for k in ("adversarial", "absent")
            },
        }
        for threshold in np.arange(0.06, 0.72, 0.02)
    }
    return figures


def _threshold(by_threshold: dict[str, dict[str, float]]) -> float:
    """The lowest at which nearly all questions on absent documents are refused."""
    return min(float(t) for t, figures in by_threshold.items() if figures["refused_absent"] >= _REFUSED_ABSENT)


def _logistic(x: np.ndarray, y: np.ndarray, weights: np.ndarray | None = None) -> np.ndarray:
    model = LogisticRegression(C=1.0, max_iter=5000).fit(x, y, sample_weight=weights)
    return np.concatenate([model.coef_[0], model.intercept_])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--squad", type=Path, required=True)
    parser.add_argument(
        "--model", type=Path, required=True, help="Folder with reader.onnx; reader.json is written there."
    )
    options = parser.parse_args()
    fitted = fit(ask_all(options.squad, range(8), range(6, 8), CrossEncoderReader(options.model)))
    print(json.dumps(fitted, indent=1))  # noqa: T201
    settings = {
        "threshold": _threshold(fitted["figures"]["thresholds"]),
        "support": fitted["support"],
        "confidence": fitted["confidence"],
    }
    (options.model / "reader.json").write_text(json.dumps(settings, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
