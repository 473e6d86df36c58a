"""``footnoted eval sweep``: try settings on your own questions, beside plain baselines."""

import hashlib
import json
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated

import typer
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from core.errors import InvalidRequest
from evals.bootstrap import Difference, difference
from evals.compare import matched
from evals.evaluate import How
from evals.figure_text import interval_text, number_text, signed_interval_text, signed_text, styled_verdict
from evals.figures.catalogue import HEADLINE, METRICS
from evals.figures.types import Measured
from evals.place import Place, evaluate_at
from evals.report import print_problems, table_console
from evals.results import Evaluation, figure_json
from evals.run_command import run_manifest
from evals.run_folder import RunWriter, new_folder
from evals.sets.load import load_set
from evals.sets.sample import sample
from evals.sets.types import QuestionSet
from evals.sweep import Variant, variants
from evals.work_folder import default_folder
from service.settings import load_settings

SHOWN = (*HEADLINE, "latency_p50_ms")


@dataclass(frozen=True, slots=True)
class _Tried:
    variant: Variant
    evaluation: Evaluation
    difference: Difference


def sweep(
    question_set: Annotated[Path, typer.Argument(metavar="SET", help="Questions, as for `eval run`.")],
    vary: Annotated[
        list[str] | None,
        typer.Option(metavar="SETTING=A,B,…", help="Settings to try, e.g. search.dense_weight=0.3,0.7. Repeatable."),
    ] = None,
    grid: Annotated[bool, typer.Option("--grid", help="Try all combinations, not one setting at a time.")] = False,
    by: Annotated[str, typer.Option(metavar="METRIC", help="The figure that decides.")] = "evidence_cited_first",
    documents: Annotated[Path | None, typer.Option(help="A file or folder of documents to ask.")] = None,
    limit: Annotated[int | None, typer.Option(min=1, help="Ask only so many of the questions.")] = None,
    sample_seed: Annotated[int, typer.Option(help="Which questions --limit draws.")] = 0,
    jobs: Annotated[int, typer.Option(min=1, max=64, help="How many questions to ask at a time.")] = 1,
    output: Annotated[
        Path | None, typer.Option(help="Folder for a run of each row. By default a new one in the data folder.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the table as JSON.")] = False,
) -> None:
    """Try settings on your own questions: a table with the present settings and plain baselines among the rows.

    Names the settings to paste where one is surely better than the present ones. Encoder and passage sizes get an
    index of their own each. Trap: the best of many tries is partly luck; confirm it on questions that did not choose.
    """
    if by not in METRICS:
        raise InvalidRequest(f'There is no metric "{by}".', f"The metrics are: {', '.join(METRICS)}.")
    tries = variants(vary or (), grid=grid)
    loaded = load_set(question_set, documents)
    chosen = replace(loaded, questions=sample(loaded.questions, limit, sample_seed))
    messages = Console(stderr=True)
    folder = output or new_folder(load_settings().data_dir, f"sweep-{chosen.name}")
    tried: list[_Tried] = []
    for i, variant in enumerate(tries):
        messages.print(f"{i + 1} of {len(tries)}: {variant.name}", markup=False, highlight=False)
        evaluation = _evaluate(variant, chosen, jobs, folder / f"{i:02}", messages)
        print_problems(evaluation, messages)
        first = tried[0].evaluation if tried else evaluation
        pairs = matched(first.run, evaluation.run) if evaluation.run.rows else []
        tried.append(_Tried(variant, evaluation, difference(METRICS[by], pairs)))
        if evaluation.run.interrupted:
            break
    if as_json:
        typer.echo(json.dumps(_document(tried, by, folder), ensure_ascii=False, indent=2))
    else:
        _print(table_console(), tried, by, chosen)
    messages.print(f"Runs written to {folder}", style="dim", highlight=False, soft_wrap=True)
    if any(t.evaluation.errors or t.evaluation.ingest.failed or t.evaluation.run.interrupted for t in tried):
        raise typer.Exit(1)


def _evaluate(variant: Variant, chosen: QuestionSet, jobs: int, folder: Path, messages: Console) -> Evaluation:
    # The index of a variant with other sizes or another encoder is kept for the next sweep, like the plain one.
    work = default_folder(load_settings().data_dir, chosen)
    if variant.index_values:
        mark = hashlib.sha256(json.dumps(variant.index_values, sort_keys=True).encode()).hexdigest()[:8]
        work = work.with_name(f"{work.name}-{mark}")
    place = Place(work_dir=work)
    manifest = run_manifest(chosen, place, 10, jobs)
    how = How(jobs=jobs, open_run=lambda system: RunWriter.begin(folder, {**manifest, "system": system}))
    return evaluate_at(place, chosen, how, messages, variant.overrides)


def best(tried: list[_Tried], by: str) -> _Tried | None:
    """The variant with the best value among those that are surely better than the present settings, if any."""
    sign = -1 if METRICS[by].lower_is_better else 1
    better = [t for t in tried[1:] if t.difference.is_sure and sign * (t.difference.value or 0) > 0]
    return max(better, key=lambda t: sign * (t.difference.value or 0), default=None)


def _print(console: Console, tried: list[_Tried], by: str, chosen: QuestionSet) -> None:
    names = list(dict.fromkeys((*SHOWN, by)))
    console.print(f"[bold]{escape(chosen.name)}[/]: {len(chosen.questions)} questions, by {by} with 95 % intervals")
    headings = ("settings", *map(_heading, names), f"{_heading(by)} against present", "")
    table = Table(*headings, box=SIMPLE_HEAD, padding=(0, 1, 0, 0))
    table.columns[0].overflow = "fold"
    for column in table.columns[1:-1]:
        column.justify = "right"
    for t in tried:
        figures = t.evaluation.figures
        cells = [_cell(name, figures[name], with_interval=name == by) for name in names]
        against = "" if t is tried[0] else _against(t.difference)
        table.add_row(escape(t.variant.name), *cells, against, styled_verdict(t.difference))
    console.print(table)
    chosen_one = best(tried, by)
    if chosen_one is None:
        console.print("Nothing is surely better than the present settings.")
        return
    console.print("Surely better than the present settings; for footnoted.toml:", style="bold")
    console.print(chosen_one.variant.as_toml(), markup=False, highlight=False)


def _heading(name: str) -> str:
    """So that a column is as narrow as the longest word of its name."""
    return name.replace("_", " ")


def _cell(name: str, measured: Measured, *, with_interval: bool) -> str:
    text = number_text(name, measured.value)
    return f"{text}\n{interval_text(name, measured)}" if with_interval and measured.interval else text


def _against(d: Difference) -> str:
    text = signed_text(d.metric, d.value)
    return f"{text}\n{signed_interval_text(d)}" if d.interval else text


def _document(tried: list[_Tried], by: str, folder: Path) -> dict[str, object]:
    chosen = best(tried, by)
    return {
        "by": by,
        "folder": str(folder),
        "rows": [
            {
                "name": t.variant.name,
                "settings": dict(t.variant.values),
                "metrics": {name: figure_json(measured) for name, measured in t.evaluation.figures.items()},
                "difference": t.difference.value,
                "interval": list(t.difference.interval) if t.difference.interval else None,
                "sure": t.difference.is_sure,
            }
            for t in tried
        ],
        "best": chosen.variant.name if chosen else None,
        "toml": chosen.variant.as_toml() if chosen else None,
    }
