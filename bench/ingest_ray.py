"""Ingest by the plain pool and by Ray: passages per second, and whether the catalogs are the same.

``python -m bench.ingest_ray [--passages 20000] [--nodes 1 2] [--cpus 1] [--rounds 1]``. The files are made here, of
random words: Markdown, HTML, plain text and PDFs of ten pages. Each way runs in a process of its own, in turn, and has
read a made-up text before the clock starts, so that models, libraries and the cluster's processes are there. A Ray node
is a raylet of its own on this machine, with ``--cpus`` cores each as Ray counts them; the machine's cores are not
divided among them. Needs the extras ``ray`` and ``dev`` (reportlab). Linux only. Prints a Markdown table.
"""

import argparse
import hashlib
import json
import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np
from sqlalchemy import select

from bench.ingest_pipelines.memory import PeakMemory, cpu_seconds
from bench.random_files import paragraph, pdf, sentence
from index import schema
from service.engine import Engine
from service.ingestion.report import IngestReport
from service.settings import load_settings

_PARAGRAPHS = 36  # of a text file: about as many passages
_PDF_PAGES = 10


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--passages", type=int, default=20_000)
    parser.add_argument("--nodes", type=int, nargs="+", default=[1, 2], help="of each cluster")
    parser.add_argument("--cpus", type=int, default=1, help="of each node")
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument("--one", type=int, help=argparse.SUPPRESS)
    parser.add_argument("--files", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.one is not None:
        print(json.dumps(_one(options.files, options.one, options.cpus)))
        return
    with tempfile.TemporaryDirectory() as folder:
        files = Path(folder) / "files"
        _make(files, options.passages)
        runs: dict[int, list[dict[str, Any]]] = {nodes: [] for nodes in (0, *options.nodes)}
        for _ in range(options.rounds):
            for nodes, measured in runs.items():
                command = [sys.executable, "-m", "bench.ingest_ray", "--one", str(nodes), "--files", str(files)]
                command += ["--cpus", str(options.cpus)]
                done = subprocess.run(command, stdout=subprocess.PIPE, check=True)
                measured.append(json.loads(done.stdout.splitlines()[-1]))
        _report(options, runs, Path(folder))


def _report(options: argparse.Namespace, runs: dict[int, list[dict[str, Any]]], folder: Path) -> None:
    print(f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f} at the end\n")
    print(
        "| | passages | seconds | passages/s | of the plain pool | core seconds | peak memory, MB "
        "| documents, places and texts | lowest cosine of a vector |"
    )
    print("|---|---|---|---|---|---|---|---|---|")
    plain = runs[0][0]
    rate = median(run["passages"] / run["seconds"] for run in runs[0])
    for nodes, measured in runs.items():
        own = median(run["passages"] / run["seconds"] for run in measured)
        run = measured[0]
        print(
            f"| {f'Ray, {nodes} × {options.cpus} core' if nodes else 'plain pool'} | {run['passages']:,} "
            f"| {median(run['seconds'] for run in measured):.1f} | {own:.0f} | {own / rate:.2f} "
            f"| {median(run['cpu'] for run in measured):.0f} | {run['megabytes']:,} "
            f"| {'the same' if run['texts'] == plain['texts'] else 'differ'} "
            f"| {_lowest_cosine(folder / 'vectors-0.npy', folder / f'vectors-{nodes}.npy'):.6f} |"
        )


def _one(files: Path, nodes: int, cpus: int) -> dict[str, Any]:
    with (
        tempfile.TemporaryDirectory() as folder,
        _cluster(nodes, cpus) if nodes else nullcontext(),
        PeakMemory() as memory,
    ):
        ray = {"ingest": {"ray": "auto"}} if nodes else {}
        settings = load_settings({"data_dir": Path(folder) / "data", **ray})
        first = Path(folder) / "first.txt"
        first.write_text("\n\n".join(f"Ship {i} of {i % 7} masts came from port {i % 11}. " * 12 for i in range(800)))
        with Engine.open(settings) as engine:
            engine.ingest([first], "first")
            began, cpu_before = time.perf_counter(), cpu_seconds()
            report: IngestReport = engine.ingest([files])
            seconds, cpu = time.perf_counter() - began, cpu_seconds() - cpu_before
            if report.failed:
                raise SystemExit(str(report.failed[0].error))
            texts = _kept(engine, files, files.with_name(f"vectors-{nodes}.npy"))
    return {
        "seconds": seconds,
        "cpu": cpu,
        "passages": report.passages,
        "megabytes": memory.megabytes,
        "texts": texts,
    }


def _kept(engine: Engine, files: Path, vectors: Path) -> str:
    """A digest of all passages of the files with their documents and places; their vectors are written to a file."""
    p, d = schema.passages.c, schema.documents.c
    wanted = (
        select(d.uri, d.sha256, p.start, p.end, p.section, p.text, p.vector)
        .join(schema.documents, d.key == p.document_key)
        .where(d.uri.startswith(files.resolve().as_uri(), autoescape=True))
        .order_by(d.uri, p.start)
    )
    texts, rows = hashlib.sha256(), []
    with schema.read(engine.store.catalog.engine) as connection:
        for row in connection.execute(wanted):
            texts.update(repr(tuple(row[:-1])).encode())
            rows.append(np.frombuffer(row.vector, dtype="<f2"))
    np.save(vectors, np.stack(rows))
    return texts.hexdigest()


def _lowest_cosine(one: Path, other: Path) -> float:
    a, b = (np.load(path).astype(np.float32) for path in (one, other))
    if a.shape != b.shape:
        return float("nan")
    return float(((a * b).sum(axis=1) / np.linalg.norm(a, axis=1) / np.linalg.norm(b, axis=1)).min())


@contextmanager
def _cluster(nodes: int, cpus: int) -> Iterator[None]:
    """Of several nodes in processes of this machine; ``auto`` finds it."""
    from ray.cluster_utils import Cluster

    cluster = Cluster()
    try:
        for _ in range(nodes):
            cluster.add_node(num_cpus=cpus, num_gpus=0, object_store_memory=256 * 1024**2, include_dashboard=False)
        cluster.wait_for_nodes()
        os.environ["RAY_ADDRESS"] = cluster.address
        yield
    finally:
        cluster.shutdown()


def _make(folder: Path, passages: int) -> None:
    """Files for about so many passages, a tenth of them in PDFs."""
    folder.mkdir(parents=True)
    words = random.Random(0)
    for i in range(max(1, passages // 10 // (_PDF_PAGES * 4))):
        pdf(folder / f"report-{i:04}.pdf", _PDF_PAGES, seed=i)
    for i in range(passages * 9 // 10 // _PARAGRAPHS):
        title, texts = sentence(words), [paragraph(words) for _ in range(_PARAGRAPHS)]
        name = folder / f"note-{i:05}"
        if i % 3 == 0:
            name.with_suffix(".md").write_text(f"# {title}\n\n" + "\n\n".join(texts))
        elif i % 3 == 1:
            body = "".join(f"<p>{text}</p>" for text in texts)
            name.with_suffix(".html").write_text(f"<html><body><main><h1>{title}</h1>{body}</main></body></html>")
        else:
            name.with_suffix(".txt").write_text("\n\n".join(texts))


if __name__ == "__main__":
    main()
