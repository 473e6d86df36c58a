"""``footnoted eval gate``: may this be shipped? Exit code 1 and the reasons if not."""

import json
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from core.errors import InvalidRequest
from evals.figures.catalogue import measure_all
from evals.gate import GateFile, failures, parse_gates, read_gates, regressions
from evals.run_folder import read_run


def gate(
    run: Annotated[Path, typer.Argument(metavar="RUN", help="The folder of the run to judge.")],
    thresholds: Annotated[
        Path | None, typer.Option("--file", help="TOML file with the tables min, max and no_worse.")
    ] = None,
    baseline: Annotated[
        Path | None, typer.Option(help="The folder of an earlier run that this one must not be surely worse than.")
    ] = None,
    minimum: Annotated[
        list[str] | None, typer.Option("--min", metavar="METRIC=VALUE", help="Fail below this value. Repeatable.")
    ] = None,
    maximum: Annotated[
        list[str] | None, typer.Option("--max", metavar="METRIC=VALUE", help="Fail above this value. Repeatable.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the verdict as JSON.")] = False,
) -> None:
    """Hold a run to bounds and to a baseline; the exit code is 1, with the reasons, where one is not kept.

    A run that was cut off, or in which a question or a document failed, does not pass either; nor does one that
    leaves out questions of the baseline. Without a baseline the table no_worse is left out, and it is said.
    """
    record = read_run(run)
    file = read_gates(thresholds) if thresholds else GateFile((), {})
    gates = (*file.gates, *parse_gates(minimum or (), maximum or ()))
    if not gates and baseline is None:
        raise InvalidRequest("There is nothing to hold the run to.", "Give --file, --baseline, --min or --max.")
    figures = measure_all(record.run)
    errors = sum(row.error is not None for row in record.run.rows)
    reasons = [str(failure) for failure in failures(gates, figures)]
    if baseline is not None:
        before = read_run(baseline).run
        reasons += map(str, regressions(before, record.run, file.tolerances))
        asked = {row.question.id for row in record.run.rows}
        if lost := sum(row.question.id not in asked for row in before.rows):
            reasons.append(f"{lost} of the baseline's {len(before.rows)} questions were not asked")
    if unread := record.summary.get("ingest", {}).get("failed"):
        reasons.append(f"{len(unread)} documents could not be read, such as {unread[0]['uri']}")
    if record.run.interrupted:
        reasons.append("the run was not finished")
    if errors:
        reasons.append(f"{errors} questions failed")
    if as_json:
        typer.echo(json.dumps({"passed": not reasons, "reasons": reasons}, ensure_ascii=False, indent=2))
    else:
        _print(Console(), reasons, len(gates), baseline)
    if file.tolerances and baseline is None:
        told = f"{thresholds}: no_worse was left out, as there is no --baseline to compare with."
        Console(stderr=True).print(told, style="yellow", highlight=False, soft_wrap=True)
    if reasons:
        raise typer.Exit(1)


def _print(console: Console, reasons: list[str], gates: int, baseline: Path | None) -> None:
    if reasons:
        console.print("Not passed:", style="bold red")
        for reason in reasons:
            console.print(f"  {reason}", markup=False, highlight=False, soft_wrap=True)
        return
    kept = [f"{gates} bound{'' if gates == 1 else 's'} kept"] if gates else []
    # Stricter than `eval compare`, which looks at each figure by itself.
    compared = [f"nothing surely worse than {baseline}, all figures together"] if baseline else []
    console.print(f"[bold green]Passed:[/] {', '.join([*kept, *compared])}.", highlight=False, soft_wrap=True)
