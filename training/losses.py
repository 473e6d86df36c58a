"""What training makes small: where the answer is, whether there is one, and which passage of several has it.

Nothing here asks for a value while it computes, so that a GPU never waits for the processor.
"""

import torch

from training.reader_model import ReaderModel

_NEVER = -1e4

Batch = dict[str, torch.Tensor]


def loss_of(model: ReaderModel, batch: Batch, among: float, teacher: ReaderModel | None = None) -> torch.Tensor:
    """Of a batch of training/rows.py; ``among`` weighs the choice inside groups."""
    span, relevance = _logits(model, batch)
    chosen = choice(margins(span), batch, ~batch["starts"].any(dim=1)) + choice(relevance, batch)
    loss = where(span, batch) + whether(relevance, batch) + among * chosen
    if teacher is not None:
        with torch.no_grad():
            known = _logits(teacher, batch)
        loss = loss + unlike((span, relevance), known, batch)
    return loss


def _logits(model: ReaderModel, batch: Batch) -> tuple[torch.Tensor, torch.Tensor]:
    span, relevance = model(batch["input_ids"], batch["attention_mask"], batch["token_type_ids"])
    return span.float().masked_fill(~batch["allowed"][:, :, None], _NEVER), relevance.float()


def unlike(
    given: tuple[torch.Tensor, torch.Tensor], known: tuple[torch.Tensor, torch.Tensor], batch: Batch
) -> torch.Tensor:
    """Cross-entropy against the span and relevance logits ``known`` of a trained reader.

    It tells where the answer is in sentences that are only said to hold it, and how sure one can be (Hinton et al.
    2015, "Distilling the knowledge in a neural network"; Furlanello et al. 2018, "Born-again neural networks").
    """
    weight = batch["weight"] / batch["weight"].sum()
    apart = -(torch.softmax(known[0], dim=1) * torch.log_softmax(given[0], dim=1)).sum(dim=1).mean(dim=1)
    sure = torch.nn.functional.binary_cross_entropy_with_logits(given[1], known[1].sigmoid(), reduction="none")
    return (weight * (apart + sure)).sum()


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
