"""Ingest side by side: Footnoted and a plain LangChain pipeline, on the same files, model and machine, in one run.

``python -m bench.ingest SET [--documents FOLDER] [--limit QUESTIONS] [--rounds N]`` for each set. Each pipeline runs
in a process of its own, in turn, and has read a made-up text before the clock starts, so that models and libraries are
loaded. A hit is right when it comes from the right file and holds an answer's words, or, for
sets that name a page, when it lies on that page. Needs ``pip install -e '.[bench]'``. Prints a Markdown table.
"""

import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path
from statistics import median
from typing import Any

from bench.ingest_pipelines import footnoted, langchain_plain
from bench.ingest_pipelines.memory import PeakMemory
from bench.ingest_pipelines.pipeline import Found, Pipeline
from evals.sets.load import load_set
from evals.sets.sample import sample
from evals.sets.types import Question
from evals.work_folder import open_work_folder

PIPELINES: dict[str, Pipeline] = {"footnoted": footnoted.ingest, "langchain": langchain_plain.ingest}
TOP_K = 5


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("set", type=Path)
    parser.add_argument("--documents", type=Path)
    parser.add_argument("--limit", type=int, default=500)
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument("--one", choices=PIPELINES, help="run one pipeline here and print its figures as JSON")
    options = parser.parse_args()
    if options.one:
        print(json.dumps(_one(options)))
        return
    found: dict[str, list[dict[str, Any]]] = {name: [] for name in PIPELINES}
    for _ in range(options.rounds):
        for name in PIPELINES:
            done = subprocess.run(
                [sys.executable, "-m", "bench.ingest", *sys.argv[1:], "--one", name], stdout=subprocess.PIPE, check=True
            )
            found[name].append(json.loads(done.stdout.splitlines()[-1]))
    print("| pipeline | seconds | passages/s | MB/s of files | peak memory, MB | hit@5 |")
    print("|---|---|---|---|---|---|")
    for name, runs in found.items():
        mid = {key: median(run[key] for run in runs) for key in runs[0]}
        print(
            f"| {name} | {mid['seconds']:.1f} | {mid['passages'] / mid['seconds']:.0f} "
            f"| {mid['bytes'] / 1e6 / mid['seconds']:.2f} "
            f"| {mid['megabytes']:.0f} | {mid['hit@5']:.3f} |"
        )
    ratio = median(r["seconds"] for r in found["langchain"]) / median(r["seconds"] for r in found["footnoted"])
    print(f"\nFootnoted is {ratio:.2f} times as fast on the same files.")


def _one(options: argparse.Namespace) -> dict[str, float]:
    loaded = load_set(options.set, options.documents)
    questions = sample(tuple(q for q in loaded.questions if q.answerable and q.evidence), options.limit, 0)
    with tempfile.TemporaryDirectory() as folder:
        files = open_work_folder(Path(folder) / "work", loaded.documents).files
        first = Path(folder) / "first.txt"
        # Of all lengths and with an accent, so that what only long or foreign text asks for is loaded, too.
        first.write_text(
            "\n\n".join(f"Ship {i} of {i % 7} masts came from Málaga at noon. " * (1 + i % 24) for i in range(400)),
            encoding="utf-8",
        )
        with PeakMemory() as memory:
            ingested = PIPELINES[options.one](files, Path(folder) / "index", first)
        right = sum(any(_is_right(hit, q) for hit in ingested.search(q.text, TOP_K)) for q in questions)
        return {
            "seconds": ingested.seconds,
            "passages": ingested.passages,
            "bytes": sum(file.stat().st_size for file in files),
            "megabytes": memory.megabytes,
            "hit@5": right / len(questions),
        }


def _is_right(hit: Found, question: Question) -> bool:
    files = {evidence.document for evidence in question.evidence}
    if not any(name.endswith(hit.file) or hit.file.endswith(name) for name in files):
        return False
    pages = {evidence.page for evidence in question.evidence if evidence.page}
    if pages and hit.pages:
        return any(hit.pages[0] <= page <= hit.pages[1] for page in pages)
    text = " ".join(hit.text.lower().split())
    return any(" ".join(answer.lower().split()) in text for answer in question.answers)


if __name__ == "__main__":
    main()
