"""How training goes: reading the right paragraph of questions that it does not train on, by tokens.

Close to what training/evaluate_reader.py measures by words, at no need of the texts.
"""

from collections.abc import Iterator
from contextlib import contextmanager

import torch
from sklearn.metrics import roc_auc_score

from training.packed import Pack
from training.reader_model import Average, ReaderModel
from training.rows import collate

_ANSWER_TOKENS = 30
_ROWS = 128


def watched(model: ReaderModel, average: Average, held: Pack, device: str) -> dict[str, float]:
    """Of the averaged weights: spans exactly right, and AUROC of the margin and of the relevance."""
    exact, margin, relevant, answerable = [], [], [], []
    with _averaged(model, average), torch.no_grad(), torch.autocast(device, dtype=torch.bfloat16):
        for batch in held.in_order(_ROWS):
            inputs = {name: value.to(device) for name, value in collate(batch).items()}
            span, relevance = model(inputs["input_ids"], inputs["attention_mask"], inputs["token_type_ids"])
            span = span.float().masked_fill(~inputs["allowed"][:, :, None], -1e4)
            body = span[:, 1:]
            sums = body[:, :, None, 0] + body[:, None, :, 1]
            near = torch.ones(sums.shape[1:], device=device).triu().tril(_ANSWER_TOKENS - 1)
            best, place = sums.masked_fill(near == 0, -1e4).flatten(1).max(dim=1)
            margin += (best - span[:, 0].sum(dim=1)).tolist()
            relevant += relevance.float().tolist()
            answerable += [row.answerable for row in batch]
            length = body.shape[1]
            found = zip((place // length + 1).tolist(), (place % length + 1).tolist(), strict=True)
            exact += [f == (r.first, r.last) for f, r in zip(found, batch, strict=True) if r.answerable]
    return {
        "exact": round(sum(exact) / len(exact), 4),
        "auroc_margin": round(float(roc_auc_score(answerable, margin)), 4),
        "auroc_relevance": round(float(roc_auc_score(answerable, relevant)), 4),
    }


@contextmanager
def _averaged(model: ReaderModel, average: Average) -> Iterator[None]:
    """The model with the averaged weights, and as it was afterwards."""
    own = {name: value.detach().clone() for name, value in model.named_parameters() if name in average.weights}
    model.load_state_dict(average.weights, strict=False)
    model.eval()
    try:
        yield
    finally:
        model.load_state_dict(own, strict=False)
        model.train()
