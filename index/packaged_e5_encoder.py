"""multilingual-e5-small as a sentence-transformers model, straight out of its package.

Its layers are unpacked into memory, 85 MB, in a tenth of a second; the table of word embeddings, which would be 384 MB,
stays as it lies in the package, and only the rows of a text's tokens are unpacked. So nothing is written to disk.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from numpy.typing import NDArray
from sentence_transformers import SentenceTransformer
from sentence_transformers.base.modules import InputModule
from sentence_transformers.sentence_transformer.modules import Normalize, Pooling
from transformers import BertConfig, BertModel

from index.packaged_e5 import PROMPTS, SHA256, WORD_EMBEDDINGS, PackagedE5, packaged_e5

if TYPE_CHECKING:
    from tokenizers import Tokenizer


def open_packaged_e5(device: str | None) -> SentenceTransformer:
    """With the prompts that the model was trained with. Raises EncoderUnavailable."""
    package = packaged_e5()
    hidden = package.sizes["hidden"]
    return SentenceTransformer(
        modules=[PackagedTransformer(package), Pooling(hidden, "mean"), Normalize()],
        device=device,
        prompts=dict(PROMPTS),
        similarity_fn_name="cosine",
    )


class PackagedTransformer(InputModule):
    """The tokenizer and the transformer. It has no state that use would change, so threads may share it."""

    def __init__(self, package: PackagedE5) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._package = package
        self.tokenizer: Tokenizer = package.tokenizer
        self.auto_model = _layers(package)
        self._hidden = int(package.sizes["hidden"])
        self.max_seq_length = package.sizes["positions"]
        self.weights_hash = SHA256

    def __deepcopy__(self, _: dict[int, Any]) -> "PackagedTransformer":
        return self

    def get_embedding_dimension(self) -> int:
        return self._hidden

    def word_embeddings(self, ids: NDArray[np.int64]) -> NDArray[np.float32]:
        """What the layers take in place of token ids."""
        return self._package.word_embeddings(ids)

    def preprocess(self, inputs: Sequence[Any], prompt: str | None = None, **_: Any) -> dict[str, Any]:
        texts = [f"{prompt or ''}{text}" for text in inputs]
        ids, mask = self._package.tokens(texts)
        return {"input_ids": torch.from_numpy(ids), "attention_mask": torch.from_numpy(mask), "modality": "text"}

    def forward(self, features: dict[str, Any], **_: Any) -> dict[str, Any]:
        ids = features["input_ids"]
        rows = torch.from_numpy(self.word_embeddings(ids.cpu().numpy())).to(ids.device)
        found = self.auto_model(inputs_embeds=rows, attention_mask=features["attention_mask"])
        features["token_embeddings"] = found.last_hidden_state
        return features

    def save(self, output_path: str, *_: Any, **__: Any) -> None:
        raise NotImplementedError("PackagedE5.unpack writes a folder that sentence-transformers can load.")


def _layers(package: PackagedE5) -> BertModel:
    """All but the word embeddings, in whose place is a table of one row that nothing reads."""
    with torch.device("meta"):  # nothing is drawn at random that is replaced at once
        model = BertModel(BertConfig.from_dict({**package.config(), "vocab_size": 1}), add_pooling_layer=False)
    state = {name: torch.from_numpy(weights) for name, weights in package.layers()}
    state[WORD_EMBEDDINGS] = torch.zeros(1, package.sizes["hidden"])
    model.load_state_dict(state, assign=True)
    places = torch.arange(package.sizes["positions"])[None]
    model.embeddings.register_buffer("position_ids", places, persistent=False)
    model.embeddings.register_buffer("token_type_ids", torch.zeros_like(places), persistent=False)
    model.requires_grad_(False)
    model.eval()  # type: ignore[no-untyped-call]
    return model
