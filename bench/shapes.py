"""``python -m bench.shapes [--runs 300]``: what batches of ever new lengths cost the reader, in time and memory.

OpenVINO compiles kernels for each shape of its inputs and keeps them. Batches of random sizes and lengths are read,
as long as they are, and padded to one of the widths of ``index.token_widths``; each way in a process of its own.
Linux only.
"""

import argparse
import multiprocessing
import time
from pathlib import Path

import numpy as np

from index.token_widths import padded_width
from service.answer.network import MODEL_FOLDER
from service.answer.runtimes import OpenVinoRuntime

_DIMENSION = 384
_LONGEST = 280
_MOST_INPUTS = 5
_FIRST = 20


def measured(is_padded: bool, runs: int) -> None:
    runtime, rng = OpenVinoRuntime(MODEL_FOLDER / "reader.onnx"), np.random.default_rng(0)
    seconds, before = [], 0.0
    for run in range(runs):
        inputs, tokens = int(rng.integers(1, _MOST_INPUTS)), int(rng.integers(40, _LONGEST))
        width = padded_width(tokens) if is_padded else tokens
        mask = np.zeros((inputs, width), np.int64)
        mask[:, :tokens] = 1
        words = rng.standard_normal((inputs, width, _DIMENSION)).astype(np.float32)
        began = time.perf_counter()
        runtime.run([{"words": words, "mask": mask, "segments": np.zeros_like(mask)}])
        seconds.append(time.perf_counter() - began)
        before = _resident_mb() if run == _FIRST else before
    name = "padded" if is_padded else "as long as they are"
    p50, p95 = (1000 * float(np.quantile(seconds[_FIRST:], at)) for at in (0.5, 0.95))
    print(f"{name}: p50 {p50:.0f} ms, p95 {p95:.0f} ms, all {sum(seconds):.0f} s;", end=" ")
    print(f"memory {before:.0f} MB after {_FIRST} runs, {_resident_mb():.0f} MB after {runs}", flush=True)


def _resident_mb() -> float:
    return int(Path("/proc/self/statm").read_text().split()[1]) * 4096 / 1024**2


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=300)
    options = parser.parse_args()
    for is_padded in (False, True):
        process = multiprocessing.get_context("spawn").Process(target=measured, args=(is_padded, options.runs))
        process.start()
        process.join()


if __name__ == "__main__":
    main()
