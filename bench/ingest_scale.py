"""How ingest grows: memory over many pages, the second sync of many files, a huge text and a long PDF.

``python -m bench.ingest_scale memory|again|huge``. The files are made here, of random words; each measurement runs in
a process of its own. ``huge`` embeds by hashing words instead of the model, which would only take longer: what it
measures is reading, splitting, writing and memory. Needs the ``dev`` extra (reportlab). Linux only.
"""

import argparse
import json
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from bench.ingest_pipelines.memory import PeakMemory
from bench.random_files import paragraph, pdf, sentence
from index.encode import SentenceTransformerEncoder, Vectors
from service.engine import Engine
from service.ingestion.report import IngestReport
from service.settings import load_settings


class HashingEncoder(SentenceTransformerEncoder):
    """Passages to vectors by hashing their words: no model, but the real tokenizer."""

    def encode_passages(self, texts: Sequence[str], progress: Callable[[int], None] | None = None) -> Vectors:
        dimension = self.dimension
        out = np.zeros((len(texts), dimension), dtype=np.float32)
        for row, text in zip(out, texts, strict=True):
            np.add.at(row, [hash(word) % dimension for word in text.split()], 1.0)
        if progress is not None:
            progress(len(texts))
        return out / np.maximum(np.linalg.norm(out, axis=1, keepdims=True), 1e-9)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("what", choices=("memory", "again", "huge", "one"))
    parser.add_argument("paths", nargs="*", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--hashing", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--megabytes", type=int, default=300, help="of the huge text")
    parser.add_argument("--pages", type=int, nargs="+", default=[1000, 5000], help="of all PDFs of a memory run")
    parser.add_argument("--files", type=int, default=1000, help="of the second sync")
    options = parser.parse_args()
    if options.what == "one":
        _one(options.paths[0], options.paths[1:], hashing=options.hashing)
        return
    with tempfile.TemporaryDirectory() as folder:
        {"memory": _memory, "again": _again, "huge": _huge}[options.what](Path(folder), options)


def _memory(folder: Path, options: argparse.Namespace) -> None:
    """PDFs of 50 pages each."""
    for pages in options.pages:
        files = folder / str(pages)
        files.mkdir()
        for i in range(pages // 50):
            pdf(files / f"{i:04}.pdf", 50, seed=i)
        _say(f"{pages} pages in PDFs of 50", _measured(folder / f"data-{pages}", [files]))


def _huge(folder: Path, options: argparse.Namespace) -> None:
    text, long = folder / "huge.txt", folder / "long.pdf"
    words = random.Random(0)
    with text.open("w") as file:
        while file.tell() < options.megabytes * 1_000_000:
            file.write("\n\n".join(paragraph(words) for _ in range(1000)) + "\n\n")
    _say(f"a text of {options.megabytes} MB", _measured(folder / "data-text", [text], hashing=True))
    pdf(long, 2000, seed=0)
    _say("a PDF of 2,000 pages", _measured(folder / "data-pdf", [long], hashing=True))


def _again(folder: Path, options: argparse.Namespace) -> None:
    """The first sync, the second, and one with a changed file, each by the command line."""
    files = folder / "files"
    files.mkdir()
    words = random.Random(0)
    for i in range(options.files):
        paragraphs = "\n\n".join(paragraph(words) for _ in range(4))
        (files / f"{i:04}.md").write_text(f"# {sentence(words)}\n\n{paragraphs}\n")
    first = None
    for label in ("first sync", "second sync", "second sync, again", "one file changed"):
        if label == "one file changed":
            (files / "0007.md").write_text("# Changed\n\n" + paragraph(words))
        began = time.perf_counter()
        command = [str(Path(sys.executable).with_name("footnoted")), "ingest", str(files)]
        subprocess.run([*command, "--data-dir", str(folder / "data")], check=True, capture_output=True)
        seconds = time.perf_counter() - began
        first = first or seconds
        print(f"{label} of {options.files} files: {seconds:.2f} s, {seconds / first:.2%} of the first", flush=True)


def _measured(data: Path, paths: Sequence[Path], *, hashing: bool = False) -> dict[str, float]:
    command = [sys.executable, "-m", "bench.ingest_scale", "one", str(data), *map(str, paths)]
    done = subprocess.run([*command, *(["--hashing"] if hashing else [])], stdout=subprocess.PIPE, check=True)
    measured: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return measured


def _one(data: Path, paths: Sequence[Path], *, hashing: bool) -> None:
    encoder = HashingEncoder() if hashing else SentenceTransformerEncoder()
    with Engine.open(load_settings({"data_dir": data}), encoder) as engine, PeakMemory() as memory:
        began = time.perf_counter()
        report: IngestReport = engine.ingest(list(paths))
        seconds = time.perf_counter() - began
    if report.failed:
        raise SystemExit(str(report.failed[0].error))
    print(json.dumps({"seconds": seconds, "passages": report.passages, "megabytes": memory.megabytes}))


def _say(what: str, measured: dict[str, float]) -> None:
    print(
        f"{what}: {measured['passages']:,} passages in {measured['seconds']:.0f} s, "
        f"peak memory {measured['megabytes']:,} MB with all children",
        flush=True,
    )


if __name__ == "__main__":
    main()
