"""How long one question takes to read: the shipped reader by each runtime, and PyTorch in fp32.

``python -m bench.reading``: passages of about 200 tokens of the bundled sample, the ways in turn, in one run; the
fp32 network is of the same build with untrained heads, which takes the same time. Needs the training extra's packages.
"""

import argparse
import copy
import importlib.util
import statistics
import time
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path

import torch

from index.packaged_e5 import packaged_e5
from service.answer.network import MODEL_FOLDER, Network
from service.answer.runtimes import RuntimeName
from service.commands.serve import SAMPLE_DOCUMENT
from training.backbone import backbone_folder
from training.reader_model import ReaderModel

QUESTION = "When was the Central Foreign Affairs Work Conference held in Beijing?"


def passages(count: int, tokens: int) -> list[tuple[str, str]]:
    """Stretches of the sample document with so many tokens, each a little further on."""
    tokenizer = packaged_e5().tokenizer
    text = SAMPLE_DOCUMENT.read_text(encoding="utf-8")
    offsets = tokenizer.encode(text, add_special_tokens=False).offsets
    step = max(1, (len(offsets) - tokens) // count)
    return [
        ("Foreign Affairs", text[offsets[i * step][0] : offsets[i * step + tokens - 1][1]].strip())
        for i in range(count)
    ]


def in_fp32(read: Sequence[tuple[str, str]]) -> Callable[[], object]:
    model = ReaderModel.from_encoder(backbone_folder()).eval()
    tokenizer = copy.deepcopy(packaged_e5().tokenizer)
    tokenizer.enable_padding(pad_id=1)
    encoded = tokenizer.encode_batch([(QUESTION, f"{title} {text}") for title, text in read])
    ids, mask, segments = (
        torch.tensor([getattr(e, n) for e in encoded]) for n in ("ids", "attention_mask", "type_ids")
    )

    def run() -> object:
        with torch.no_grad():
            return model(ids, mask, segments)

    return run


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--passages", type=int, default=10)
    parser.add_argument("--tokens", type=int, default=200)
    parser.add_argument("--repeats", type=int, default=15)
    parser.add_argument("--model", type=Path, default=MODEL_FOLDER)
    options = parser.parse_args()
    read = passages(options.passages, options.tokens)
    ways: dict[str, Callable[[], object]] = {"PyTorch, float32": in_fp32(read)}
    for name in available_runtimes():
        ways[name] = partial(Network(options.model, name).read, QUESTION, read)
    times: dict[str, list[float]] = {way: [] for way in ways}
    for run in ways.values():
        run()
    for _ in range(options.repeats):
        for way, run in ways.items():
            started = time.perf_counter()
            run()
            times[way].append((time.perf_counter() - started) * 1000)
    slowest = statistics.median(times["PyTorch, float32"])
    print(f"{len(read)} passages of {options.tokens} tokens\n\n| way | p50 ms | times as fast |\n|---|---|---|")
    for way, taken in times.items():
        print(f"| {way} | {statistics.median(taken):.0f} | {slowest / statistics.median(taken):.1f} |")


def available_runtimes() -> Iterator[RuntimeName]:
    yield "onnxruntime"
    if importlib.util.find_spec("openvino"):
        yield "openvino"


if __name__ == "__main__":
    main()
