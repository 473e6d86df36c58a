"""What training makes small: where the answer is, whether there is one, and which passage of several has it.

Nothing here asks for a value while it computes, so that a GPU never waits for the processor.
"""

import torch

from training.reader_model import ReaderModel

_NEVER = -1e4

Batch = dict[str, torch.Tensor]


def loss_of(model: ReaderModel, batch: Batch, among: float) -> torch.Tensor:
    """Of a batch of training/rows.py; ``among`` weighs the choice inside groups."""
    span, relevance = model(batch["input_ids"], batch["attention_mask"], batch["token_type_ids"])
    span, relevance = span.float().masked_fill(~batch["allowed"][:, :, None], _NEVER), relevance.float()
    chosen = choice(margins(span), batch, ~batch["starts"].any(dim=1)) + choice(relevance, batch)
    return where(span, batch) + whether(relevance, batch) + among * chosen


def where(span: torch.Tensor, batch: Batch) -> torch.Tensor:
    """Cross-entropy of start and end, marginal over the places where each may be."""
    log_p = torch.log_softmax(span, dim=1)
    weight = batch["weight"] * batch["starts"].any(dim=1)
    gold = torch.stack([batch["starts"], batch["ends"]], dim=2)
    right = torch.logsumexp(log_p.masked_fill(~gold, _NEVER), dim=1).mean(dim=1)
    return -(weight * right).sum() / weight.sum().clamp(min=1e-6)


def whether(relevance: torch.Tensor, batch: Batch) -> torch.Tensor:
    loss = torch.nn.functional.binary_cross_entropy_with_logits(
        relevance, batch["answerable"], weight=batch["weight"], reduction="sum"
    )
    return loss / batch["weight"].sum()


def choice(scores: torch.Tensor, batch: Batch, without: torch.Tensor | None = None) -> torch.Tensor:
    """Cross-entropy of the answerable one of each group, over the group's scores; 0 where there is no group.

    The passages of one question compete, as they do when the reader ranks their sentences (Clark and Gardner 2018,
    "Simple and effective multi-paragraph reading comprehension": global normalisation). ``without``: rows whose
    groups do not count, because their right one's answer is not marked.
    """
    group = batch["group"]
    right = (group >= 0) & (batch["answerable"] > 0)
    if without is not None:
        right = right & ~without
    together = group[:, None] == group[None, :]
    over = torch.logsumexp(scores[None, :].expand(together.shape).masked_fill(~together, _NEVER), dim=1)
    return ((over - scores) * right).sum() / right.sum().clamp(min=1)


def margins(span: torch.Tensor) -> torch.Tensor:
    """Of all spans over "no answer", which is the first token: (batch,). Smooth in place of the best span's."""
    return torch.logsumexp(span[:, 1:], dim=1).sum(dim=1) - span[:, 0].sum(dim=1)
