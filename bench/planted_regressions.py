"""Does ``footnoted eval gate`` catch what was broken on purpose, and let through what was not?

``python -m bench.planted_regressions SET [--questions 600] [--drawn 300] [--repetitions 20]``. The set is run as it
is, once more as it is, and with each of the planted faults; each repetition draws other questions of these runs and
holds every run against the first. Prints how often each was turned away, and for which figures.
"""

import argparse
import random
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from rich.console import Console

from core.types import Answer, Turn
from evals.engine_system import EngineSystem, open_system
from evals.evaluate import How, evaluate_files
from evals.gate import regressions
from evals.run import Run
from evals.sets.load import load_set
from evals.sets.sample import sample
from evals.sets.types import QuestionSet
from evals.work_folder import open_work_folder
from service.settings import load_settings

PLANTED: Mapping[str, Mapping[str, Any]] = {
    "nothing changed": {},
    "passages cut to 16 tokens": {"ingest": {"split_target": 1, "split_maximum": 16}},
    "dense search alone": {"search": {"dense_weight": 1.0}},
    "one passage read instead of eight": {"answer": {"passages": 1}},
    "threshold 0.6": {"answer": {"threshold": 0.6}},
}
SHIFTED = "offsets off by one"
SWAPPED = "one passage read instead of eight"
CHANCE = "by chance alone"


class _Shifted:
    """The engine, but every citation begins and ends a character late."""

    def __init__(self, system: EngineSystem) -> None:
        self._system = system

    def __getattr__(self, name: str) -> Any:
        return getattr(self._system, name)

    def ask(self, question: str, history: Sequence[Turn], top_k: int) -> Answer:
        answer = self._system.ask(question, history, top_k)
        return replace(answer, citations=tuple(replace(c, start=c.start + 1, end=c.end + 1) for c in answer.citations))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("set", type=Path)
    parser.add_argument("--questions", type=int, default=600)
    parser.add_argument("--drawn", type=int, default=300)
    parser.add_argument("--repetitions", type=int, default=20)
    options = parser.parse_args()
    loaded = load_set(options.set)
    chosen = replace(loaded, questions=sample(loaded.questions, options.questions, 0))
    with tempfile.TemporaryDirectory() as folder:
        base = _run(chosen, Path(folder), {})
        runs = {name: _run(chosen, Path(folder), overrides) for name, overrides in PLANTED.items()}
        runs[SHIFTED] = _run(chosen, Path(folder), {}, _Shifted)
    print(f"\n{options.drawn} of {len(chosen.questions)} questions of {chosen.name}, {options.repetitions} draws\n")
    print("| run | turned away | for |\n|---|---|---|")
    for name, run in {**runs, CHANCE: runs[SWAPPED]}.items():
        reasons: Counter[str] = Counter()
        caught = 0
        for seed, (one, other) in enumerate(_draws(base, run, options.drawn, options.repetitions)):
            found = regressions(*(_swapped(one, other, seed) if name == CHANCE else (one, other)))
            caught += bool(found)
            reasons.update(regression.difference.metric for regression in found)
        told = ", ".join(f"{metric} ({count})" for metric, count in reasons.most_common())
        print(f"| {name} | {caught} of {options.repetitions} | {told} |", flush=True)


def _run(
    chosen: QuestionSet,
    folder: Path,
    overrides: Mapping[str, Any],
    wrapped: Callable[[EngineSystem], Any] = lambda system: system,
) -> Run:
    work = open_work_folder(folder / f"work-{sorted(overrides.get('ingest', {}).items())}", chosen.documents)
    with open_system(load_settings({**overrides, "data_dir": work.data_dir}), "default") as system:
        return evaluate_files(wrapped(system), chosen, work.files, How(jobs=2), Console(stderr=True)).run


def _swapped(one: Run, other: Run, seed: int) -> tuple[Run, Run]:
    coin = random.Random(1000 + seed)
    pairs = [(a, b) if coin.random() < 0.5 else (b, a) for a, b in zip(one.rows, other.rows, strict=True)]
    return replace(one, rows=tuple(a for a, _ in pairs)), replace(other, rows=tuple(b for _, b in pairs))


def _draws(base: Run, other: Run, drawn: int, repetitions: int) -> Iterator[tuple[Run, Run]]:
    for seed in range(repetitions):
        places = sorted(random.Random(seed).sample(range(len(base.rows)), min(drawn, len(base.rows))))
        yield tuple(replace(run, rows=tuple(run.rows[i] for i in places)) for run in (base, other))  # type: ignore[misc]


if __name__ == "__main__":
    main()
