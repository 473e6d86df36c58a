"""The reader network: a BERT encoder with a span head and a relevance head."""

from pathlib import Path

import torch
from transformers import BertConfig, BertModel


class ReaderModel(torch.nn.Module):
    """Gives span logits (batch, tokens, 2: start and end) and relevance logits (batch,)."""

    def __init__(self, encoder: BertModel) -> None:
        super().__init__()
        self.encoder = encoder
        size = encoder.config.hidden_size
        self.span = torch.nn.Linear(size, 2)
        self.pool = torch.nn.Linear(size, size)
        self.relevance = torch.nn.Linear(size, 1)
        self.dropout = torch.nn.Dropout(0.1)

    @classmethod
    def from_encoder(cls, folder: Path) -> "ReaderModel":
        """Start from a sentence encoder's weights."""
        return cls(BertModel.from_pretrained(folder, add_pooling_layer=False, attn_implementation="eager"))

    @classmethod
    def from_config(cls, config: BertConfig) -> "ReaderModel":
        return cls(BertModel(config, add_pooling_layer=False))

    def forward(
        self, input_ids: torch.Tensor, attention_mask: torch.Tensor, token_type_ids: torch.Tensor
    ) -> tuple[torch.Tensor, torch.Tensor]:
        hidden = self.encoder(
            input_ids=input_ids, attention_mask=attention_mask, token_type_ids=token_type_ids
        ).last_hidden_state
        hidden = self.dropout(hidden)
        pooled = torch.tanh(self.pool(hidden[:, 0]))
        return self.span(hidden), self.relevance(self.dropout(pooled)).squeeze(-1)


def save_checkpoint(folder: Path, model: ReaderModel, optimizer: torch.optim.Optimizer, step: int) -> None:
    """Write beside and swap, so that a kill leaves a whole checkpoint."""
    folder.mkdir(parents=True, exist_ok=True)
    beside = folder / "training.tmp"
    torch.save({"model": model.state_dict(), "optimizer": optimizer.state_dict(), "step": step}, beside)
    beside.replace(folder / "training.pt")
