"""The reader network: a BERT encoder with a span head and a relevance head."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from transformers import BertModel

FROZEN_LAYERS = 2
_PART = 15_000_000


class TokenwiseDropout(torch.nn.Module):
    """Drops the same features at every token of an example ("variational" dropout, Gal and Ghahramani 2016).

    Drawing a number for every feature of every token takes a third of a training step on a CPU.
    """

    def __init__(self, share: float) -> None:
        super().__init__()
        self.share = share

    def forward(self, hidden: torch.Tensor) -> torch.Tensor:
        if not self.training:
            return hidden
        shape = (hidden.shape[0], *(1,) * (hidden.dim() - 2), hidden.shape[-1])
        kept = torch.bernoulli(torch.full(shape, 1 - self.share, device=hidden.device)) / (1 - self.share)
        return hidden * kept.to(hidden.dtype)


class ReaderModel(torch.nn.Module):
    """A BERT encoder with a span head and a relevance head.

    The embeddings and the lowest layers keep the sentence encoder's weights.
    """

    def __init__(self, encoder: BertModel) -> None:
        super().__init__()
        self.encoder = encoder
        size = encoder.config.hidden_size
        self.span = torch.nn.Linear(size, 2)
        self.relevance = _Relevance(size)
        self.dropout = TokenwiseDropout(0.1)

    @classmethod
    def from_encoder(cls, folder: Path) -> "ReaderModel":
        """Start from a sentence encoder's weights."""
        encoder = BertModel.from_pretrained(
            folder,
            add_pooling_layer=False,
            # On a CPU the plain one trains faster.
            attn_implementation="sdpa" if torch.cuda.is_available() else "eager",
            hidden_dropout_prob=0.0,
            attention_probs_dropout_prob=0.0,
        )
        for layer in encoder.encoder.layer:
            layer.attention.output.dropout = TokenwiseDropout(0.1)
            layer.output.dropout = TokenwiseDropout(0.1)
        for part in (encoder.embeddings, *encoder.encoder.layer[:FROZEN_LAYERS]):
            part.requires_grad_(False)
        return cls(encoder)

    def forward(
        self, input_ids: torch.Tensor, attention_mask: torch.Tensor, token_type_ids: torch.Tensor
    ) -> tuple[torch.Tensor, torch.Tensor]:
        """Span logits (batch, tokens, 2: start and end) and relevance logits (batch,)."""
        hidden = self.encoder(
            input_ids=input_ids, attention_mask=attention_mask, token_type_ids=token_type_ids
        ).last_hidden_state
        hidden = self.dropout(hidden)
        return self.span(hidden), self.relevance(hidden)


class _Relevance(torch.nn.Module):
    """Does the passage answer the question: a logit from the first token's state."""

    def __init__(self, size: int) -> None:
        super().__init__()
        self.pool = torch.nn.Linear(size, size)
        self.score = torch.nn.Linear(size, 1)
        self.dropout = TokenwiseDropout(0.1)

    def forward(self, hidden: torch.Tensor) -> torch.Tensor:
        scores: torch.Tensor = self.score(self.dropout(torch.tanh(self.pool(hidden[:, 0]))))
        return scores.squeeze(-1)


class Average:
    """A moving average of the trained weights, which reads better than the last step's."""

    def __init__(self, model: ReaderModel, kept: float) -> None:
        self._kept = kept
        self._steps = 0
        self.weights = {n: p.detach().clone() for n, p in model.named_parameters() if p.requires_grad}

    def take(self, model: ReaderModel) -> None:
        """One step; the first ones keep less, so that the start does not linger."""
        self._steps += 1
        kept = min(self._kept, self._steps / (self._steps + 9))
        values = [value.detach() for name, value in model.named_parameters() if name in self.weights]
        torch._foreach_lerp_(list(self.weights.values()), values, 1 - kept)

    def state(self) -> dict[str, Any]:
        return {"steps": self._steps, "weights": self.weights}

    def load(self, state: dict[str, Any]) -> None:
        self._steps, self.weights = state["steps"], state["weights"]


def save_checkpoint(
    path: Path, model: ReaderModel, average: Average, optimizer: torch.optim.Optimizer, step: int
) -> None:
    """Write beside and swap, so that a kill leaves a whole checkpoint. What is not trained is left out."""
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_suffix(".tmp")
    trained = {name: value.detach() for name, value in model.named_parameters() if value.requires_grad}
    torch.save(
        {"model": trained, "average": average.state(), "optimizer": optimizer.state_dict(), "step": step}, beside
    )
    beside.replace(path)


def load_checkpoint(path: Path, model: ReaderModel, average: Average, optimizer: torch.optim.Optimizer) -> int:
    """The steps done."""
    saved = torch.load(path, map_location=next(model.parameters()).device)
    model.load_state_dict(saved["model"], strict=False)
    optimizer.load_state_dict(saved["optimizer"])
    average.load(saved["average"])
    return int(saved["step"])


def save_weights(folder: Path, weights: Mapping[str, torch.Tensor]) -> None:
    """In half precision, in parts of at most 15 MB: small files travel more easily."""
    parts: list[dict[str, NDArray[np.float16]]] = [{}]
    for name, value in weights.items():
        half = value.detach().to("cpu", torch.float16).numpy()
        if sum(a.nbytes for a in parts[-1].values()) + half.nbytes > _PART:
            parts.append({})
        parts[-1][name] = half
    folder.mkdir(parents=True, exist_ok=True)
    for number, part in enumerate(parts, 1):
        np.savez(folder / f"weights-{number}.npz", **part)


def load_weights(folder: Path) -> dict[str, torch.Tensor]:
    """What ``save_weights`` wrote there, in single precision."""
    weights = {}
    for path in sorted(folder.glob("weights-*.npz")):
        with np.load(path) as part:
            weights |= {name: torch.from_numpy(part[name].astype(np.float32)) for name in part}
    return weights


def load_trained(folder: Path, backbone: Path) -> ReaderModel:
    """The averaged weights that training left, ready to read."""
    model = ReaderModel.from_encoder(backbone)
    state = load_weights(folder)
    wanted = {name for name, value in model.named_parameters() if value.requires_grad}
    if missing := wanted - state.keys():
        raise ValueError(
            f"{folder} lacks weights of the reader, which training writes at its end: {sorted(missing)[:3]}"
        )
    model.load_state_dict(state, strict=False)
    return model.eval()
