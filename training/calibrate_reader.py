"""Fit the reader's weights: which sentence answers, with what probability, and the confidence of the whole answer.

On questions that were not trained on: SQuAD's answerable ones, its adversarial ones, and questions whose article is
not in the index. ``python -m training.calibrate_reader --help``.
"""

import argparse
import json
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from scipy.optimize import minimize
from scipy.special import logsumexp
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score

from core.types import Document
from index.documents import Entry
from index.encode import SentenceTransformerEncoder
from index.encoder_names import DEFAULT
from index.store import Store
from ingest.read import read
from ingest.split import SplitSettings, split
from service.answer.cross_encoder import (
    SENTENCE_FEATURES,
    CrossEncoderReader,
    ScoredSentence,
    confidence_features,
    weighted,
)
from service.answer.reader import ReadingTask
from service.setting_groups import AnswerSettings, IngestSettings

_REFUSED_ABSENT = 0.95
# How much each kind of question weighs: as many with an answer as adversarial ones, as in SQuAD 2.0, and some absent.
_MIX = {"answerable": 0.4, "adversarial": 0.4, "absent": 0.2}
_RIDGE = 0.01
_ENCODERS = ("english", "multilingual")


@dataclass(frozen=True, slots=True)
class Asked:
    """What was seen of a question: the sentences read, which of them are right, and what retrieval found."""

    kind: str
    sentences: list[ScoredSentence]
    right: np.ndarray
    task: ReadingTask

    @property
    def features(self) -> np.ndarray:
        """Shape (sentences, features)."""
        return np.array([s.features for s in self.sentences])


@dataclass(frozen=True, slots=True)
class Found:
    """What retrieval found for a question, and where its answers are: the place in the document, and the words."""

    kind: str
    article: int
    task: ReadingTask
    places: list[tuple[int, str]]


def retrieve_all(squad: Path, haystack: range, asked: range, encoder_name: str = DEFAULT) -> Iterator[Found]:
    """Ask the questions of the articles ``asked``, with and without their article in the index."""
    data = json.loads(squad.read_text(encoding="utf-8"))["data"]
    ingest, answer = IngestSettings(), AnswerSettings()
    sizes = SplitSettings(ingest.split_target, ingest.split_maximum)
    with tempfile.TemporaryDirectory() as folder:
        encoder = SentenceTransformerEncoder(encoder_name)
        store = Store(Path(folder), encoder, (sizes.target, sizes.maximum))
        for present in (False, True):
            articles = haystack if present else [a for a in haystack if a not in asked]
            texts = _put(store, encoder, sizes, data, articles)
            for article in asked:
                for question, start in _questions(data[article], texts.get(article)):
                    result = store.search("default", question["question"], answer.passages)
                    kind = "adversarial" if question["is_impossible"] else "answerable"
                    places = [(start + a["answer_start"], a["text"]) for a in question["answers"]] if present else []
                    task = ReadingTask(
                        question["question"], result.hits, result.cosines, result.frequencies, result.passages
                    )
                    yield Found(kind if present else "absent", article, task, places)
        store.close()


def _put(
    store: Store, encoder: SentenceTransformerEncoder, sizes: SplitSettings, data: list, articles: Any
) -> dict[int, Document]:
    collection = store.open_collection("default")
    documents = {}
    for article in articles:
        title = data[article]["title"].replace("_", " ")
        text = "\n\n".join(p["context"] for p in data[article]["paragraphs"]).encode()
        document = read(text, f"squad:{article}", f"{title}.txt").document
        [made] = store.embed([split(document, encoder.count_tokens, sizes)])
        store.put(collection, [(Entry(document, made), text)])
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


def read_found(reader: CrossEncoderReader, found: Found) -> Asked:
    sentences = reader.sentences(found.task)
    right = []
    for sentence in sentences:
        offset = found.task.hits[sentence.hit].passage.start
        start, end = (offset + place for place in sentence.place)
        right.append(any(start <= place and place + len(text) <= end for place, text in found.places))
    return Asked(found.kind, sentences, np.array(right), found.task)


def fit(asked: list[Asked]) -> dict[str, Any]:
    """The weights, with the figures that the threshold is chosen by."""
    answerable = [a for a in asked if a.kind == "answerable"]
    ranking = _ranking(answerable)
    scores = np.concatenate([a.features @ ranking for a in answerable])[:, None]
    slope, bias = _logistic(scores, np.concatenate([a.right for a in answerable]))
    sentence = [*(slope * ranking), bias]
    features, right = [], []
    for a in asked:
        pairs = [(weighted(sentence, s.features), s) for s in a.sentences]
        order = sorted(range(len(pairs)), key=lambda i: -pairs[i][0])
        features.append(confidence_features([pairs[i] for i in order], a.task))
        right.append(a.kind == "answerable" and bool(a.right[order[0]]))
    kinds = np.array([a.kind for a in asked])
    weights = np.array([_MIX[kind] / np.mean(kinds == kind) for kind in kinds])
    confidence = _logistic(np.array(features), kinds == "answerable", weights)
    probabilities = 1 / (1 + np.exp(-(np.array(features) @ confidence[:-1] + confidence[-1])))
    return {
        "sentence": [round(float(w), 4) for w in sentence],
        "confidence": [round(float(w), 4) for w in confidence],
        "figures": _figures(probabilities, kinds, np.array(right)),
    }


def _ranking(asked: Sequence[Asked]) -> np.ndarray:
    """Weights under which the right sentences of a question get most of its probability (conditional logit)."""
    found = [(a.features, a.right) for a in asked if a.right.any()]

    def loss(weights: np.ndarray) -> float:
        total = 0.0
        for features, right in found:
            scores = features @ weights
            total += logsumexp(scores) - logsumexp(scores[right])
        return total / len(found) + _RIDGE * float(weights @ weights)

    return np.asarray(minimize(loss, np.full(len(SENTENCE_FEATURES), 0.2)).x)


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
        for threshold in np.arange(0.02, 0.72, 0.02)
    }
    return figures


def _threshold(by_threshold: dict[str, dict[str, float]]) -> float:
    """The lowest at which nearly all questions on absent documents are refused."""
    return min(float(t) for t, figures in by_threshold.items() if figures["refused_absent"] >= _REFUSED_ABSENT)


def _logistic(x: np.ndarray, y: np.ndarray, weights: np.ndarray | None = None) -> np.ndarray:
    model = LogisticRegression(C=1.0, max_iter=5000).fit(x, y, sample_weight=weights)
    return np.concatenate([model.coef_[0], model.intercept_])


def _best_cosines(found: Sequence[Found]) -> dict[str, float]:
    """The mean by kind, on the scale of ``index.cosine_scale``, whose lines should make them alike for all encoders."""
    kinds = sorted({one.kind for one in found})
    return {k: round(float(np.mean([max(f.task.cosines) for f in found if f.kind == k])), 3) for k in kinds}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--squad", type=Path, required=True)
    parser.add_argument(
        "--model", type=Path, required=True, help="Folder with the graphs; reader.json is written there."
    )
    options = parser.parse_args()
    reader, asked = CrossEncoderReader(options.model), []
    for name in _ENCODERS:
        found = list(retrieve_all(options.squad, range(8), range(6, 8), name))
        print(name, json.dumps(_best_cosines(found)))  # noqa: T201
        asked += [read_found(reader, one) for one in found]
    fitted = fit(asked)
    print(json.dumps(fitted, indent=1))  # noqa: T201
    settings = {
        "threshold": _threshold(fitted["figures"]["thresholds"]),
        "sentence": fitted["sentence"],
        "confidence": fitted["confidence"],
    }
    (options.model / "reader.json").write_text(json.dumps(settings, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
