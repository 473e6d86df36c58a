"""Footnoted's own ingest, with the default settings but for the encoder, which is that of the other pipelines."""

import time
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import unquote, urlsplit

from bench.ingest_pipelines.pipeline import Found, Ingested
from index.encoder_names import ENGLISH
from service.engine import Engine
from service.settings import load_settings


def ingest(files: Sequence[Path], folder: Path, first: Path) -> Ingested:
    engine = Engine.open(load_settings({"data_dir": folder, "encoder": {"model": ENGLISH}}))
    engine.ingest([first], "first")
    began = time.perf_counter()
    report = engine.ingest(files)
    seconds = time.perf_counter() - began
    if report.failed:
        raise SystemExit(f"Not all files could be read: {report.failed}")

    def search(question: str, k: int) -> list[Found]:
        hits = engine.search(question, top_k=k)
        return [
            Found(Path(unquote(urlsplit(h.passage.document.uri).path)).name, h.passage.text, h.passage.pages)
            for h in hits
        ]

    return Ingested(seconds, report.passages, search)
