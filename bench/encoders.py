"""Encoders compared: how fast they embed by precision and backend, how near to float32's vectors, what they take.

``python -m bench.encoders SET [--encoders NAME …] [--passages N] [--rounds N]``. The same passages for all, of the
documents of the set, split as by default with the first encoder; all ways in turn in one run. What an encoder takes is
measured in a process of its own (bench/encoder_footprint.py). Prints Markdown tables.
"""

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from statistics import median

from evals.sets.load import load_set
from evals.work_folder import open_work_folder
from index.encode import Backend, SentenceTransformerEncoder, Vectors
from index.precision import Precision
from ingest.read import read
from ingest.split import split

REFERENCE = "PyTorch, float32"
WAYS: dict[str, tuple[Precision, Backend]] = {
    REFERENCE: ("float32", "torch"),
    "PyTorch, bfloat16": ("bfloat16", "torch"),
    "OpenVINO, float32": ("float32", "openvino"),
    "OpenVINO, bfloat16": ("bfloat16", "openvino"),
    "OpenVINO, int8": ("int8", "openvino"),
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("set", type=Path)
    parser.add_argument("--documents", type=Path)
    parser.add_argument("--encoders", nargs="+", default=["english", "multilingual"])
    parser.add_argument("--passages", type=int, default=600)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    texts = _texts(options.set, options.documents, options.encoders[0], options.passages)
    print("| encoder | way | passages/s | times as fast | cosine to float32: mean, least |\n|---|---|---|---|---|")
    for row in speeds(options.encoders, texts, options.rounds):
        print(row, flush=True)
    found = {name: footprint(name, texts) for name in options.encoders}
    print(f"\n| | {' | '.join(found)} |\n|---{'|---' * len(found)}|")
    for what in found[options.encoders[0]]:
        print(f"| {what} | {' | '.join(f'{one[what]:.4g}' for one in found.values())} |")


def speeds(names: Sequence[str], texts: Sequence[str], rounds: int) -> Iterator[str]:
    """A row of the table for each encoder and way; "times as fast" as the first."""
    encoders = {
        (name, way): SentenceTransformerEncoder(name, None, 32, *told) for name in names for way, told in WAYS.items()
    }
    seconds: dict[tuple[str, str], list[float]] = {one: [] for one in encoders}
    vectors: dict[tuple[str, str], Vectors] = {}
    for encoder in encoders.values():
        encoder.encode_passages(texts[:32])
    for _ in range(rounds):
        for one, encoder in encoders.items():
            began = time.perf_counter()
            vectors[one] = encoder.encode_passages(texts)
            seconds[one].append(time.perf_counter() - began)
    first = median(seconds[names[0], REFERENCE])
    for (name, way), taken in seconds.items():
        cosines = (vectors[name, way] * vectors[name, REFERENCE]).sum(axis=1)
        rate, ratio = len(texts) / median(taken), first / median(taken)
        yield f"| {name} | {way} | {rate:.0f} | {ratio:.2f} | {cosines.mean():.5f}, {cosines.min():.5f} |"


def footprint(name: str, texts: Sequence[str]) -> dict[str, float]:
    """What bench/encoder_footprint.py prints, in a process of its own."""
    command = [sys.executable, "-m", "bench.encoder_footprint", name, str(time.time())]
    done = subprocess.run(command, input=json.dumps(texts), capture_output=True, text=True, check=True)
    found: dict[str, float] = json.loads(done.stdout)
    return found


def _texts(path: Path, documents: Path | None, encoder: str, count: int) -> list[str]:
    counter = SentenceTransformerEncoder(encoder)
    found: list[str] = []
    with tempfile.TemporaryDirectory() as folder:
        for file in open_work_folder(Path(folder) / "work", load_set(path, documents).documents).files:
            document = read(file.read_bytes(), file.as_uri(), file.name).document
            found += [passage.text for passage in split(document, counter.count_tokens)]
            if len(found) >= count:
                break
    return found[:count]


if __name__ == "__main__":
    main()
