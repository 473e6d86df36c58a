"""What training makes small: where the answer is, whether there is one, and which passage of several has it."""

import torch

from training.reader_model import ReaderModel

_NEVER = -1e4

Batch = dict[str, torch.Tensor]


def loss_of(model: ReaderModel, batch: Batch, among: float) -> torch.Tensor:
    """Of a batch of training/inputs.py; ``among`` weighs the choice inside groups."""
    span, relevance = model(batch["input_ids"], batch["attention_mask"], batch["token_type_ids"])
    span, relevance = span.float().masked_fill(~batch["allowed"][:, :, None], _NEVER), relevance.float()
    loss = where(span, batch) + whether(relevance, batch)
    if among and bool((batch["group"] >= 0).any()):
        loss = loss + among * (choice(margins(span), batch) + choice(relevance, batch))
    return loss


def where(span: torch.Tensor, batch: Batch) -> torch.Tensor:
    """Cross-entropy of start and end, marginal over the places where each may be."""
    log_p = torch.log_softmax(span, dim=1)
    marked = batch["starts"].any(dim=1)
    weight = batch["weight"][marked]
    total = torch.zeros((), device=span.device)
    for side, name in enumerate(("starts", "ends")):
        gold = log_p[:, :, side].masked_fill(~batch[name], _NEVER)[marked]
        total = total - (weight * torch.logsumexp(gold, dim=1)).sum() / weight.sum().clamp(min=1e-6) / 2
    return total


def whether(relevance: torch.Tensor, batch: Batch) -> torch.Tensor:
    loss = torch.nn.functional.binary_cross_entropy_with_logits(
        relevance, batch["answerable"], weight=batch["weight"], reduction="sum"
    )
    return loss / batch["weight"].sum()


def choice(scores: torch.Tensor, batch: Batch) -> torch.Tensor:
    """Cross-entropy of the answerable one of each group, over the group's scores.

    The passages of one question compete, as they do when the reader ranks their sentences (Clark and Gardner 2018,
    "Simple and effective multi-paragraph reading comprehension": global normalisation).
    """
    group = batch["group"]
    right = (group >= 0) & (batch["answerable"] > 0)
    together = group[right][:, None] == group[None, :]
    over = torch.logsumexp(scores[None, :].expand(together.shape).masked_fill(~together, _NEVER), dim=1)
    return (over - scores[right]).mean()


def margins(span: torch.Tensor) -> torch.Tensor:
    """Of all spans over "no answer", which is the first token: (batch,). Smooth in place of the best span's."""
    return torch.logsumexp(span[:, 1:], dim=1).sum(dim=1) - span[:, 0].sum(dim=1)
