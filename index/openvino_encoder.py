"""A sentence-transformers model with its transformer run by OpenVINO: the same front, a faster inside on CPUs."""

import importlib.util
import warnings
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import structlog

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

_SAMPLES = (
    "A meeting was held in Geneva.",
    "Revenue rose by 4.5 % to $12,345 million in the year 2022, mostly in the second half of it.",
    "x",
    "Die Sitzung fand in Genf statt; sie dauerte drei Tage, und niemand war zufrieden damit. " * 6,
)
_LEAST_COSINE = 0.995

log = structlog.get_logger("footnoted")


def is_available() -> bool:
    return importlib.util.find_spec("openvino") is not None


def accelerated(
    model: "SentenceTransformer", precision: Literal["float32", "bfloat16"]
) -> "SentenceTransformer | None":
    """The model on OpenVINO, or None where it cannot be converted or does not give the same vectors.

    Takes some seconds. The tokenizer is shared with ``model``, so both must not be used at the same time.
    """
    try:
        fast = _converted(model, precision)
    except Exception as error:  # noqa: BLE001  a border: any architecture may come, and without it all still works
        log.warning("openvino_not_used", reason=str(error).strip().split("\n")[0][:200])
        return None
    options: dict[str, Any] = {"normalize_embeddings": True, "show_progress_bar": False}
    cosines = (model.encode(list(_SAMPLES), **options) * fast.encode(list(_SAMPLES), **options)).sum(axis=1)
    if not np.all(cosines >= _LEAST_COSINE):
        log.warning("openvino_not_used", reason=f"its vectors differ: cosine {cosines.min():.4f}")
        return None
    return fast


def _converted(model: "SentenceTransformer", precision: Literal["float32", "bfloat16"]) -> "SentenceTransformer":
    import openvino
    import torch
    from openvino.frontend import FrontEndManager
    from openvino.frontend.pytorch.ts_decoder import TorchScriptPythonDecoder
    from sentence_transformers import SentenceTransformer

    transformer: Any = model[0]
    inner = transformer.auto_model
    names = [name for name in ("input_ids", "attention_mask", "token_type_ids") if name in transformer.tokenizer("x")]

    class Traced(torch.nn.Module):
        """Takes tensors by place and gives one, as tracing wants it."""

        def __init__(self) -> None:
            super().__init__()
            self.inner = inner

        def forward(
            self, input_ids: torch.Tensor, attention_mask: torch.Tensor, token_type_ids: torch.Tensor | None = None
        ) -> torch.Tensor:
            types = {} if token_type_ids is None else {"token_type_ids": token_type_ids}
            hidden: torch.Tensor = self.inner(input_ids, attention_mask=attention_mask, **types).last_hidden_state
            return hidden

    example = {name: torch.ones(2, 16, dtype=torch.long) for name in names}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of tracing, whose outcome is compared with the model's
        # Not openvino.convert_model, which reports its use to the maker.
        decoder = TorchScriptPythonDecoder(Traced().eval(), example_input=example)
        frontend = FrontEndManager().load_by_framework("pytorch")
        converted = frontend.convert(frontend.load(decoder))
    told = {"float32": "f32", "bfloat16": "bf16"}[precision]
    compiled = openvino.Core().compile_model(converted, "CPU", {"INFERENCE_PRECISION_HINT": told})

    class OpenVinoTransformer(type(transformer)):  # type: ignore[misc]
        """In place of the transformer: its own tokenizing and settings, the forward pass by OpenVINO."""

        def forward(self, features: dict[str, Any], **_: Any) -> dict[str, Any]:
            given = {name: features[name].numpy() for name in names}
            features["token_embeddings"] = torch.from_numpy(compiled(given)[0].copy())
            return features

    replaced = OpenVinoTransformer.__new__(OpenVinoTransformer)
    replaced.__dict__.update(transformer.__dict__)
    fast = SentenceTransformer(modules=[replaced, *list(model.children())[1:]], device="cpu")
    fast.max_seq_length = model.max_seq_length
    return fast
