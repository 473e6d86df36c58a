"""``footnoted eval compare``: what differs between two runs of the same questions, and how surely."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from evals.bootstrap import Difference
from evals.compare import Change, Comparison, compare
from evals.figure_text import number_text, signed_interval_text, signed_text, styled_verdict
from evals.judge import said
from evals.report import table_console
from evals.rows import Row
from evals.run_folder import read_run


def compare_runs(
    base: Annotated[Path, typer.Argument(metavar="BASE", help="The folder of the run to compare with.")],
    other: Annotated[Path, typer.Argument(metavar="OTHER", help="The folder of the run in question.")],
    questions: Annotated[
        int, typer.Option(min=0, help="Show so many of the questions that got worse, and that got better.")
    ] = 5,
    all_metrics: Annotated[bool, typer.Option("--all", help="Show also what hardly differs.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print everything as JSON.")] = False,
) -> None:
    """Show what is better and worse in OTHER than in BASE, with 95 % intervals, tag by tag, question by question.

    Only a difference whose interval leaves out 0 is marked; a difference without a mark may be chance.
    """
    before, after = read_run(base), read_run(other)
    comparison = compare(before.run, after.run)
    if as_json:
        typer.echo(json.dumps(comparison_json(comparison), ensure_ascii=False, indent=2))
        return
    console = table_console()
    left_out = f", {comparison.left_out} in only one of them left out" if comparison.left_out else ""
    console.print(
        f"[bold]{escape(after.name)}[/] against [bold]{escape(before.name)}[/]: "
        f"{comparison.questions} questions{left_out}"
    )
    _print_differences(console, list(comparison.differences.values()), all_metrics)
    _print_tags(console, comparison)
    _print_moves(console, comparison)
    _print_changes(console, "Got worse", comparison.worse, questions)
    _print_changes(console, "Got better", comparison.better, questions)


def _print_differences(console: Console, differences: Sequence[Difference], all_metrics: bool) -> None:
    shown = [d for d in differences if d.value is not None and (all_metrics or d.value or d.is_sure)]
    if not shown:
        console.print("Every figure is the same in both.")
        return
    table = Table("metric", "base", "other", "difference", "95 % interval", "n", "", box=SIMPLE_HEAD)
    for column in table.columns[1:6]:
        column.justify = "right"
        column.no_wrap = True
    for d in shown:
        table.add_row(
            d.metric,
            number_text(d.metric, d.base),
            number_text(d.metric, d.other),
            signed_text(d.metric, d.value),
            signed_interval_text(d),
            str(d.n),
            styled_verdict(d),
        )
    console.print(table)


def _print_tags(console: Console, comparison: Comparison) -> None:
    sure = [(tag, d) for tag, differences in comparison.tags.items() for d in differences.values() if d.is_sure]
    if not sure:
        return
    console.print("By tag, where it is sure:", style="bold")
    for tag, d in sure:
        interval = f"({signed_interval_text(d)}, n = {d.n})"
        console.print(f"  {escape(tag)}: {d.metric} {signed_text(d.metric, d.value)} {interval} {styled_verdict(d)}")


def _print_moves(console: Console, comparison: Comparison) -> None:
    if comparison.moves:
        moves = sorted(comparison.moves.items(), key=lambda item: -item[1])
        text = "; ".join(f"{count} {before} → {after}" for (before, after), count in moves)
        console.print(f"Outcomes: {text}", highlight=False)


def _print_changes(console: Console, heading: str, changes: Sequence[Change], most: int) -> None:
    if not changes or not most:
        return
    console.print(f"{heading}: {len(changes)}", style="bold")
    for change in changes[:most]:
        question = change.base.question
        expected = f" (expected: {question.answers[0]})" if question.answers else ""
        console.print(f"  {question.id}: {question.text}{expected}", markup=False, highlight=False)
        for name, row in (("base ", change.base), ("other", change.other)):
            console.print(f"    {name} {row.outcome}: {_said(row)}", markup=False, highlight=False, soft_wrap=True)
    if len(changes) > most:
        console.print(f"  … and {len(changes) - most} more (--questions shows more)", highlight=False)


def _said(row: Row) -> str:
    if row.error:
        return row.error.message
    text = said(row.answer) if row.answer and row.answered else "–"
    return text if len(text) <= 120 else f"{text[:119]}…"


def comparison_json(comparison: Comparison) -> dict[str, object]:
    return {
        "questions": comparison.questions,
        "left_out": comparison.left_out,
        "differences": {name: _difference_json(d) for name, d in comparison.differences.items()},
        "tags": {tag: {name: _difference_json(d) for name, d in own.items()} for tag, own in comparison.tags.items()},
        "outcomes": [
            {"base": before, "other": after, "questions": count} for (before, after), count in comparison.moves.items()
        ],
        "worse": [change.base.question.id for change in comparison.worse],
        "better": [change.base.question.id for change in comparison.better],
    }


def _difference_json(d: Difference) -> dict[str, object]:
    return {
        "base": d.base,
        "other": d.other,
        "difference": d.value,
        "interval": list(d.interval) if d.interval else None,
        "n": d.n,
        "sure": d.is_sure,
    }
