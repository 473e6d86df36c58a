"""A sentence-transformers model with its transformer run by OpenVINO: the same front, a faster inside on CPUs.

Converting takes a second or two, so what came of it is kept in the user's cache folder, by the hash of the weights.
"""

import hashlib
import importlib.util
import shutil
import tempfile
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import platformdirs
import structlog
from numpy.typing import NDArray

from index.eight_bits import GROUP_SIZE, in_eight_bits
from index.inferences import Inferences
from index.precision import OpenVinoPrecision, has_bfloat16
from index.token_widths import padded_width

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

_SAMPLES = (
    "A meeting was held in Geneva.",
    "Revenue rose by 4.5 % to $12,345 million in the year 2022, mostly in the second half of it.",
    "x",
    "Die Sitzung fand in Genf statt; sie dauerte drei Tage, und niemand war zufrieden damit. " * 6,
)
_LEAST_COSINE: dict[OpenVinoPrecision, float] = {"float32": 0.999, "bfloat16": 0.999, "int8": 0.99}
_MOST_ROWS = 16  # of one inference: more are no quicker, and of more different lengths

Hint = Literal["THROUGHPUT", "LATENCY"]
"""Of OpenVINO: several texts at once, each on some of the cores, which keeps these busier; or one soon, on all."""

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
        cosines = (model.encode_document(samples, **options) * fast.encode_document(samples, **options)).sum(axis=1)
        if not np.all(cosines >= _LEAST_COSINE[precision]):
            raise ValueError(f"its vectors differ: cosine {cosines.min():.4f}")
    except Exception as error:  # noqa: BLE001  a border: any architecture may come, and without it all still works
        log.warning("openvino_not_used", precision=precision, reason=str(error).strip().split("\n")[0][:200])
        return None
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
    inferences = Inferences(_compiled(_kept_or_traced(transformer.auto_model, takes), precision, hint))
    dimension = transformer.auto_model.config.hidden_size

    class OpenVinoTransformer(type(transformer)):  # type: ignore[misc]
        """In place of the transformer: its own tokenizing and settings, the forward pass by OpenVINO."""

        def forward(self, features: dict[str, Any], **_: Any) -> dict[str, Any]:
            given = {name: features[name].numpy() for name in names}
            tokens = given["attention_mask"].shape[1]
            most = max(tokens, int(self.max_seq_length or tokens))
            found = np.zeros((len(given["attention_mask"]), tokens, dimension), dtype=np.float32)
            ends = _ends(given["attention_mask"])
            order = np.argsort(-ends, kind="stable")[: np.count_nonzero(ends)]

            # Some questions together take hardly longer than one, so they are not cut.
            whole = [order] if len(order) else []
            pieces = _pieces(order, inferences.at_once) if hint == "THROUGHPUT" else whole

            def feeds() -> Iterator[tuple[dict[str, NDArray[Any]], NDArray[np.intp]]]:
                for rows in pieces:
                    width = min(padded_width(int(ends[rows[0]])), most)
                    feed = {name: _wide(array[rows], width) for name, array in given.items()}
                    if words is not None:
                        feed["inputs_embeds"] = words(feed.pop("input_ids"))
                    yield feed, rows

            def take(rows: NDArray[np.intp], part: NDArray[np.float32]) -> None:
                longest = ends[rows[0]]
                found[rows, :longest] = part[:, :longest]

            inferences.run(feeds(), take)
            features["token_embeddings"] = torch.from_numpy(found)
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


def _compiled(network: Any, precision: OpenVinoPrecision, hint: Hint) -> Any:
    import openvino

    options: dict[str, Any] = {"PERFORMANCE_HINT": hint}
    if precision == "int8":
        in_eight_bits(network)
        options["DYNAMIC_QUANTIZATION_GROUP_SIZE"] = GROUP_SIZE
    is_half = precision == "bfloat16" or (precision == "int8" and has_bfloat16("cpu"))
    options["INFERENCE_PRECISION_HINT"] = "bf16" if is_half else "f32"  # with int8, of all but the products
    return openvino.Core().compile_model(network, "CPU", options)


def _ends(mask: NDArray[np.int64]) -> NDArray[np.intp]:
    """How many tokens of each row there are up to its last one that the mask keeps."""
    ends: NDArray[np.intp] = np.where(mask != 0, np.arange(1, mask.shape[1] + 1), 0).max(axis=1, initial=0)
    return ends


def _pieces(rows: NDArray[np.intp], at_once: int) -> Iterator[NDArray[np.intp]]:
    """Rows for one inference each, of which ``at_once`` run: smaller ones at the end, so that all end about together,
    and powers of two, so that shapes are few."""
    start = 0
    while start < len(rows):
        share = -(-(len(rows) - start) // at_once)
        size = min(_MOST_ROWS, 1 << (share.bit_length() - 1))
        yield rows[start : start + size]
        start += size


def _wide(array: NDArray[np.int64], width: int) -> NDArray[np.int64]:
    """Cut, or with zeros after the tokens, which the mask leaves out."""
    return np.pad(array[:, :width], [(0, 0), (0, max(0, width - array.shape[1]))])


def _kept_or_traced(inner: Any, names: list[str]) -> Any:
    """The transformer as an OpenVINO model."""
    import openvino

    folder = platformdirs.user_cache_path("footnoted") / "openvino" / _key(inner, names)
    if folder.is_dir():
        try:
            return openvino.Core().read_model(folder / "model.xml")
        except RuntimeError as error:
            log.warning("openvino_cache_damaged", folder=str(folder), reason=str(error).strip().split("\n")[0][:200])
            shutil.rmtree(folder, ignore_errors=True)
    traced = _traced(inner, names)
    try:
        _keep(traced, folder)
    except (OSError, RuntimeError) as error:  # a read-only home: it is converted again next time
        log.info("openvino_not_cached", folder=str(folder), reason=str(error).strip().split("\n")[0][:200])
    return traced


def _key(inner: Any, names: list[str]) -> str:
    """Another one for other weights, another architecture or another OpenVINO."""
    import openvino

    digest = hashlib.sha256(f"{openvino.__version__} {names} {inner.config.to_json_string()}".encode())
    for name, weights in sorted(inner.state_dict().items()):
        digest.update(f"{name} {weights.dtype}".encode())
        digest.update(weights.contiguous().numpy())
    return digest.hexdigest()


def _keep(traced: Any, folder: Path) -> None:
    """All of it or nothing, also beside another process that keeps the same."""
    import openvino

    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder.parent) as made:
        openvino.save_model(traced, Path(made) / "model" / "model.xml", compress_to_fp16=False)
        if not folder.exists():
            (Path(made) / "model").rename(folder)


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
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of tracing, whose outcome is compared with the model's
        # Not openvino.convert_model, which reports its use to the maker.
        decoder = TorchScriptPythonDecoder(Traced().eval(), example_input=example)
        frontend = FrontEndManager().load_by_framework("pytorch")
        traced = frontend.convert(frontend.load(decoder))
    traced.input("first").get_tensor().set_names({names[0]})
    return traced
