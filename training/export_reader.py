"""Export a trained reader to ONNX with int8 weights, beside its tokenizer, and say how far int8 is from fp32.

Run ``python -m training.export_reader CHECKPOINT_FOLDER OUTPUT_FOLDER``. Needs the packages onnx and onnxscript.
"""

import argparse
import shutil
import tempfile
from pathlib import Path

import numpy as np
import onnxruntime
import torch
from onnxruntime.quantization import QuantType, quantize_dynamic
from transformers import BertConfig

from index.encode import packaged_folder
from training.reader_model import ReaderModel

_INPUTS = ["input_ids", "attention_mask", "token_type_ids"]
_OUTPUTS = ["span", "relevance"]


def export(checkpoint: Path, output: Path) -> None:
    """Write reader.onnx and tokenizer.json."""
    model = ReaderModel.from_config(BertConfig.from_pretrained(packaged_folder(), attn_implementation="eager"))
    model.load_state_dict(torch.load(checkpoint / "training.pt")["model"])
    model.eval()
    output.mkdir(parents=True, exist_ok=True)
    shutil.copy(packaged_folder() / "tokenizer.json", output / "tokenizer.json")
    example = tuple(torch.ones(2, 32, dtype=torch.long) for _ in _INPUTS)
    batch_and_tokens = {0: "batch", 1: "tokens"}
    with tempfile.TemporaryDirectory() as folder:
        full = Path(folder) / "full.onnx"
        torch.onnx.export(
            model,
            example,
            str(full),
            input_names=_INPUTS,
            output_names=_OUTPUTS,
            dynamic_axes={
                **dict.fromkeys(_INPUTS, batch_and_tokens),
                "span": batch_and_tokens,
                "relevance": {0: "batch"},
            },
            opset_version=18,
            dynamo=False,
        )
        quantize_dynamic(full, output / "reader.onnx", weight_type=QuantType.QInt8, per_channel=True)
        _compare(model, full, output / "reader.onnx")


def _compare(model: ReaderModel, full: Path, small: Path) -> None:
    rng = np.random.default_rng(0)
    ids = rng.integers(1000, 30000, (8, 160))
    ones = np.ones_like(ids)
    feed = {"input_ids": ids, "attention_mask": ones, "token_type_ids": np.zeros_like(ids)}
    with torch.no_grad():
        span, relevance = model(*(torch.tensor(feed[name]) for name in _INPUTS))
    for path in (full, small):
        outputs = onnxruntime.InferenceSession(str(path)).run(None, feed)
        differences = np.abs(outputs[0] - span.numpy()).mean(), np.abs(outputs[1] - relevance.numpy()).mean()
        size = path.stat().st_size / 1e6
        print(f"{path.name}: {size:.1f} MB, mean difference span {differences[0]:.4f}, relevance {differences[1]:.4f}")  # noqa: T201


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("checkpoint", type=Path)
    parser.add_argument("output", type=Path)
    options = parser.parse_args()
    export(options.checkpoint, options.output)
