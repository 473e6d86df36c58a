"""A sentence-transformers model with its transformer run by OpenVINO: the same front, a faster inside on CPUs.

Converting takes a second or two, so what came of it is kept in the user's cache folder, by the hash of the weights.
"""

import hashlib
import importlib.util
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import numpy as np
import structlog

from index.kept_e5 import keep_samples
from index.openvino_network import Hint, Network, keep, kept_folder, read_kept
from index.packaged_e5 import SHA256
from index.precision import OpenVinoPrecision

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

_SAMPLES = (
    "A meeting was held in Geneva.",
    "Revenue rose by 4.5 % to $12,345 million in the year 2022, mostly in the second half of it.",
    "x",
    "Die Sitzung fand in Genf statt; sie dauerte drei Tage, und niemand war zufrieden damit. " * 6,
)
_LEAST_COSINE: dict[OpenVinoPrecision, float] = {"float32": 0.999, "bfloat16": 0.999, "int8": 0.99}

log = structlog.get_logger("footnoted")


def is_available() -> bool:
    return importlib.util.find_spec("openvino") is not None


def accelerated(model: "SentenceTransformer", precision: OpenVinoPrecision, hint: Hint) -> "SentenceTransformer | None":
    """The model on OpenVINO, or None where it cannot be converted or does not give the same vectors.

    Takes a second or two. The tokenizer is shared with ``model``, so both must not be used at the same time.
    """
    options: dict[str, Any] = {"normalize_embeddings": True, "show_progress_bar": False}
    samples = list(_SAMPLES)
    try:
        fast = _converted(model, precision, hint)
        wanted = model.encode_document(samples, **options)
        cosines = (wanted * fast.encode_document(samples, **options)).sum(axis=1)
        if not np.all(cosines >= _LEAST_COSINE[precision]):
            raise ValueError(f"its vectors differ: cosine {cosines.min():.4f}")
    except Exception as error:  # noqa: BLE001  a border: any architecture may come, and without it all still works
        log.warning("openvino_not_used", precision=precision, reason=str(error).strip().split("\n")[0][:200])
        return None
    if getattr(model[0], "weights_hash", None) == SHA256:
        keep_samples(samples, wanted)
    return fast


def _converted(model: "SentenceTransformer", precision: OpenVinoPrecision, hint: Hint) -> "SentenceTransformer":
    import torch
    from sentence_transformers import SentenceTransformer

    transformer: Any = model[0]
    # One that keeps its table of word embeddings to itself gives the rows in place of token ids.
    words = getattr(transformer, "word_embeddings", None)
    given_by_tokenizer = transformer.preprocess(["x"])
    names = [name for name in ("input_ids", "attention_mask", "token_type_ids") if name in given_by_tokenizer]
    takes = names if words is None else ["inputs_embeds", *names[1:]]
    dimension = transformer.auto_model.config.hidden_size
    network = Network(_kept_or_traced(transformer, takes), precision, hint, dimension, words)

    class OpenVinoTransformer(type(transformer)):  # type: ignore[misc]
        """In place of the transformer: its own tokenizing and settings, the forward pass by OpenVINO."""

        def forward(self, features: dict[str, Any], **_: Any) -> dict[str, Any]:
            given = {name: features[name].numpy() for name in names}
            features["token_embeddings"] = torch.from_numpy(network.hidden(given, int(self.max_seq_length or 0)))
            return features

    replaced = OpenVinoTransformer.__new__(OpenVinoTransformer)
    replaced.__dict__.update(transformer.__dict__)
    fast = SentenceTransformer(
        modules=[replaced, *list(model.children())[1:]],
        device="cpu",
        prompts={kind: prompt for kind, prompt in model.prompts.items() if prompt},
        default_prompt_name=model.default_prompt_name,
        truncate_dim=model.truncate_dim,
    )
    fast.max_seq_length = model.max_seq_length
    return fast


def _kept_or_traced(transformer: Any, names: list[str]) -> Any:
    """The transformer as an OpenVINO model."""
    inner = transformer.auto_model
    folder = kept_folder(getattr(transformer, "weights_hash", None) or _key(inner, names))
    kept = read_kept(folder)
    if kept is not None:
        return kept
    traced = _traced(inner, names)
    keep(traced, folder)
    return traced


def _key(inner: Any, names: list[str]) -> str:
    """Another one for other weights or another architecture."""
    digest = hashlib.sha256(f"{names} {inner.config.to_json_string()}".encode())
    for name, weights in sorted(inner.state_dict().items()):
        digest.update(f"{name} {weights.dtype}".encode())
        digest.update(weights.contiguous().numpy())
    return digest.hexdigest()


def _traced(inner: Any, names: list[str]) -> Any:
    import torch
    from openvino.frontend import FrontEndManager
    from openvino.frontend.pytorch.ts_decoder import TorchScriptPythonDecoder

    class Traced(torch.nn.Module):
        """Takes tensors by place and gives one, as tracing wants it."""

        def __init__(self) -> None:
            super().__init__()
            self.inner = inner

        def forward(
            self, first: torch.Tensor, attention_mask: torch.Tensor, token_type_ids: torch.Tensor | None = None
        ) -> torch.Tensor:
            given = {names[0]: first, "attention_mask": attention_mask}
            types = {} if token_type_ids is None else {"token_type_ids": token_type_ids}
            hidden: torch.Tensor = self.inner(**given, **types).last_hidden_state
            return hidden

    example = {name: torch.ones(2, 16, dtype=torch.long) for name in ("first", *names[1:])}
    if names[0] == "inputs_embeds":
        example["first"] = torch.ones(2, 16, inner.config.hidden_size)
    with _without_warnings():  # of tracing, whose outcome is compared with the model's
        # Not openvino.convert_model, which reports its use to the maker.
        decoder = TorchScriptPythonDecoder(Traced().eval(), example_input=example)
        frontend = FrontEndManager().load_by_framework("pytorch")
        traced = frontend.convert(frontend.load(decoder))
    traced.input("first").get_tensor().set_names({names[0]})
    return traced


@contextmanager
def _without_warnings() -> Iterator[None]:
    from transformers.utils import logging as transformers_logging

    before = transformers_logging.get_verbosity()
    transformers_logging.set_verbosity_error()  # type: ignore[no-untyped-call]
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        transformers_logging.set_verbosity(before)
