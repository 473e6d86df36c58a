"""How long one question takes to read: the shipped reader, and PyTorch in fp32.

``python -m bench.reading``: passages of about 200 tokens of the bundled sample, the ways in turn, in one run; the
fp32 network is of the same build with untrained heads, which takes the same time. Needs the training extra's packages.
"""

import argparse
import json
import statistics
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import torch

from index.packaged_e5 import packaged_e5
from service.answer.network import MODEL_FOLDER, Network
from service.commands.serve import SAMPLE_DOCUMENT
from training.backbone import backbone_folder
from training.reader_model import ReaderModel

QUESTION = "When was the Central Foreign Affairs Work Conference held in Beijing?"


def passages(count: int, tokens: int) -> list[tuple[str, str]]:
    """Stretches of the sample document with so many tokens, each a little further on."""
    tokenizer = packaged_e5().tokenizer()
    text = SAMPLE_DOCUMENT.read_text(encoding="utf-8")
    offsets = tokenizer.encode(text, add_special_tokens=False).offsets
    step = max(1, (len(offsets) - tokens) // count)
    return [
        ("Foreign Affairs", text[offsets[i * step][0] : offsets[i * step + tokens - 1][1]].strip())
        for i in range(count)
    ]


def in_fp32(read: Sequence[tuple[str, str]]) -> Callable[[], object]:
    model = ReaderModel.from_encoder(backbone_folder()).eval()
    tokenizer = packaged_e5().tokenizer()
    tokenizer.enable_padding(pad_id=1)
    encoded = tokenizer.encode_batch([(QUESTION, f"{title} {text}") for title, text in read])
    ids, mask, segments = (
        torch.tensor([getattr(e, n) for e in encoded]) for n in ("ids", "attention_mask", "type_ids")
    )

    def run() -> object:
        with torch.no_grad():
            return model(ids, mask, segments)

    return run


def median_ms(run: Callable[[], object], repeats: int) -> float:
    run()
    times = []
    for _ in range(repeats):
        started = time.perf_counter()
        run()
        times.append((time.perf_counter() - started) * 1000)
    return statistics.median(times)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--passages", type=int, default=10)
    parser.add_argument("--tokens", type=int, default=200)
    parser.add_argument("--repeats", type=int, default=15)
    parser.add_argument("--model", type=Path, default=MODEL_FOLDER)
    options = parser.parse_args()
    read = passages(options.passages, options.tokens)
    network = Network(options.model)
    shipped = median_ms(lambda: network.read(QUESTION, read), options.repeats)
    fp32 = median_ms(in_fp32(read), max(3, options.repeats // 3))
    facts = {"passages": len(read), "tokens": options.tokens, "p50_ms": round(shipped), "p50_ms_fp32": round(fp32)}
    print(json.dumps({**facts, "times_faster": round(fp32 / shipped, 2)}))


if __name__ == "__main__":
    main()
