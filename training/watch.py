"""How well a reader reads the right paragraph of questions that it is not trained on.

``watched`` says by tokens how training goes, at no need of the texts; training/evaluate_reader.py measures by words.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import numpy as np
import torch
from numpy.typing import NDArray
from sklearn.metrics import roc_auc_score

from training.packed import Pack
from training.reader_model import Average, ReaderModel
from training.rows import Row, collate

_ANSWER_TOKENS = 30
_IMPOSSIBLE = -1e4
_ROWS = 128

Read = tuple[tuple[int, int], float, float]
"""The best span's first and last token in the row, its margin over "no answer", and the relevance."""


def watched(model: ReaderModel, average: Average, held: Pack, device: str) -> dict[str, float]:
    """Of the averaged weights: spans exactly right, and AUROC of the margin and of the relevance."""
    with _averaged(model, average):
        found = [pair for rows in held.in_order(_ROWS) for pair in zip(rows, read(model, rows, device), strict=True)]
    answerable = [row.answerable for row, _ in found]
    exact = [span == (row.first, row.last) for row, (span, _, _) in found if row.answerable]
    return {
        "exact": round(sum(exact) / len(exact), 4),
        "auroc_margin": auroc(answerable, [margin for _, (_, margin, _) in found]),
        "auroc_relevance": auroc(answerable, [relevance for _, (_, _, relevance) in found]),
    }


def read(model: ReaderModel, rows: Sequence[Row], device: str) -> list[Read]:
    """One batch, by a model that is ready to read."""
    batch = {name: value.to(device) for name, value in collate(rows).items()}
    with torch.no_grad(), torch.autocast(device, dtype=torch.bfloat16):
        span, relevance = model(batch["input_ids"], batch["attention_mask"], batch["token_type_ids"])
    logits = zip(rows, span.float().cpu().numpy(), relevance.float().tolist(), strict=True)
    return [(*_best_span(row, scores), logit) for row, scores, logit in logits]


def auroc(answerable: Sequence[bool], scores: Sequence[float]) -> float:
    return round(float(roc_auc_score(answerable, scores)), 4)


def _best_span(row: Row, scores: NDArray[np.float32]) -> tuple[tuple[int, int], float]:
    body = scores[row.body : len(row.ids) - 1]
    sums = body[:, 0][:, None] + body[None, :, 1]
    sums = np.where(np.tril(np.triu(np.ones_like(sums)), _ANSWER_TOKENS - 1) > 0, sums, _IMPOSSIBLE)
    first, last = np.unravel_index(int(sums.argmax()), sums.shape)
    return (int(first) + row.body, int(last) + row.body), float(sums[first, last] - scores[0].sum())


@contextmanager
def _averaged(model: ReaderModel, average: Average) -> Iterator[None]:
    """The model with the averaged weights, ready to read, and as it was afterwards."""
    own = {name: value.detach().clone() for name, value in model.named_parameters() if name in average.weights}
    model.load_state_dict(average.weights, strict=False)
    model.eval()
    try:
        yield
    finally:
        model.load_state_dict(own, strict=False)
        model.train()
