"""How fast passages are embedded, by precision and backend, and how near the vectors are to float32's.

``python -m bench.encoders SET [--passages N] [--rounds N]``. Passages of the set's documents, split as by default; all
ways in turn in one run. Prints a Markdown table.
"""

import argparse
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from statistics import median

from evals.sets.load import load_set
from evals.work_folder import open_work_folder
from index.encode import SentenceTransformerEncoder, Vectors
from ingest.read import read
from ingest.split import split

WAYS = {
    "PyTorch, float32": SentenceTransformerEncoder(precision="float32", backend="torch"),
    "PyTorch, bfloat16": SentenceTransformerEncoder(precision="bfloat16", backend="torch"),
    "OpenVINO, float32": SentenceTransformerEncoder(precision="float32", backend="openvino"),
    "OpenVINO, bfloat16": SentenceTransformerEncoder(precision="bfloat16", backend="openvino"),
}
REFERENCE = "PyTorch, float32"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("set", type=Path)
    parser.add_argument("--documents", type=Path)
    parser.add_argument("--passages", type=int, default=600)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    texts = [text for text, _ in zip(_texts(options.set, options.documents), range(options.passages), strict=False)]
    seconds: dict[str, list[float]] = {way: [] for way in WAYS}
    vectors: dict[str, Vectors] = {}
    for encoder in WAYS.values():
        encoder.encode_passages(texts[:32])
    for _ in range(options.rounds):
        for way, encoder in WAYS.items():
            began = time.perf_counter()
            vectors[way] = encoder.encode_passages(texts)
            seconds[way].append(time.perf_counter() - began)
    print("| way | passages/s | times as fast | cosine to float32: mean, least |\n|---|---|---|---|")
    for way, taken in seconds.items():
        cosines = (vectors[way] * vectors[REFERENCE]).sum(axis=1)
        rate, ratio = len(texts) / median(taken), median(seconds[REFERENCE]) / median(taken)
        print(f"| {way} | {rate:.0f} | {ratio:.2f} | {cosines.mean():.5f}, {cosines.min():.5f} |")


def _texts(path: Path, documents: Path | None) -> Iterator[str]:
    encoder = WAYS[REFERENCE]
    with tempfile.TemporaryDirectory() as folder:
        for file in open_work_folder(Path(folder) / "work", load_set(path, documents).documents).files:
            document = read(file.read_bytes(), file.as_uri(), file.name).document
            yield from (passage.text for passage in split(document, encoder.count_tokens))


if __name__ == "__main__":
    main()
