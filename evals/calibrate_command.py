"""``footnoted eval calibrate``: fit the confidence to your own questions, and see what each threshold costs."""

import json
from collections.abc import Sequence
from dataclasses import asdict, replace
from math import floor
from pathlib import Path
from typing import Annotated

import typer
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

from evals.calibration import Fit, Outcome, Point, at, choose, curve, fit
from evals.evaluate import How
from evals.metrics.risk_coverage_area import risk_coverage_area
from evals.place import Place, evaluate_at
from evals.report import print_problems
from evals.risk_coverage_plot import svg
from evals.rows import Outcome as RowOutcome
from evals.rows import Row
from evals.sets.load import load_set
from evals.write_file import write_atomically
from service.answer.confidence import rescaled

SHOWN = (0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9)
UNCALIBRATED = {"answer": {"threshold": 0.0, "confidence_scale": 1.0, "confidence_shift": 0.0}}


def calibrate(
    question_set: Annotated[
        Path, typer.Argument(metavar="SET", help="Questions with and without an answer, as for `eval run`.")
    ],
    documents: Annotated[
        Path | None, typer.Option(help="A file or folder of documents to ask. By default those of the set.")
    ] = None,
    collection: Annotated[str | None, typer.Option(help="Ask this collection as it is.")] = None,
    most_wrong: Annotated[
        float, typer.Option(min=0, max=1, help="The largest share of wrong answers that you accept.")
    ] = 0.1,
    plot: Annotated[Path | None, typer.Option(help="Draw the risk–coverage curve into this SVG file.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the fit and the curve as JSON.")] = False,
) -> None:
    """Fit the confidence to your own questions, and choose the threshold by what it costs.

    Prints settings to paste into footnoted.toml; nothing is changed by itself.
    """
    place = Place(collection)
    place.check(documents)
    loaded = load_set(question_set, documents, with_documents=collection is None)
    known = replace(loaded, questions=tuple(q for q in loaded.questions if q.answerable is not None))
    messages = Console(stderr=True)
    # Every question answered at any confidence, so that each threshold can be judged.
    finished = evaluate_at(place, known, How(), messages, UNCALIBRATED)
    outcomes = [o for row in finished.run.rows if (o := _outcome(row))]
    fitted = fit(outcomes)
    calibrated = [replace(o, confidence=rescaled(o.confidence, fitted.scale, fitted.shift)) for o in outcomes]
    points = curve(calibrated)
    chosen = choose(points, most_wrong)
    under = risk_coverage_area([o.confidence for o in calibrated], [not o.right for o in calibrated]) or 0.0
    if plot is not None:
        write_atomically(plot, svg(points, chosen, f"Risk and coverage on {known.name}"))
    if as_json:
        typer.echo(json.dumps(_document(fitted, points, under, chosen), indent=2))
    else:
        _print(Console(), known.name, fitted, calibrated, under, chosen, most_wrong)
    print_problems(finished, messages)
    if finished.errors or finished.ingest.failed or finished.run.interrupted:
        raise typer.Exit(1)


def _outcome(row: Row) -> Outcome | None:
    if row.answer is None or row.question.answerable is None:
        return None
    return Outcome(row.answer.confidence, row.question.answerable, row.outcome is RowOutcome.RIGHT)


def _document(fitted: Fit, points: Sequence[Point], under: float, chosen: Point) -> dict[str, object]:
    return {
        "confidence_scale": fitted.scale,
        "confidence_shift": fitted.shift,
        "threshold": chosen.threshold,
        "calibration_error": {"before": fitted.error_before, "after": fitted.error_after},
        "area_under_risk_coverage": under,
        "curve": [asdict(point) for point in points],
    }


def _print(
    console: Console,
    name: str,
    fitted: Fit,
    outcomes: Sequence[Outcome],
    under: float,
    chosen: Point,
    most_wrong: float,
) -> None:
    console.print(f"[bold]{name}[/]: {len(outcomes)} questions, {sum(o.answerable for o in outcomes)} with an answer")
    console.print(
        f"Expected calibration error {fitted.error_before:.3f} before, {fitted.error_after:.3f} after "
        f"(on questions left out of the fit); area under the risk–coverage curve {under:.3f}."
    )
    table = Table("threshold", "answered", "of these wrong", "answerable refused", box=SIMPLE_HEAD)
    for column in table.columns:
        column.justify = "right"
    for point in [*(at(outcomes, t) for t in SHOWN), chosen]:
        style = "bold" if point is chosen else ""
        cells = (f"{point.threshold:.2f}", f"{point.coverage:.0%}", f"{point.risk:.0%}", f"{point.refused:.0%}")
        table.add_row(*cells, style=style, end_section=point.threshold == SHOWN[-1])
    console.print(table)
    if chosen.risk > most_wrong:
        console.print(f"No threshold keeps wrong answers at or below {most_wrong:.0%}; this one has the fewest.")
    console.print("For footnoted.toml:", style="bold")
    console.print(
        f"\\[answer]\nconfidence_scale = {fitted.scale:.4f}\nconfidence_shift = {fitted.shift:.4f}\n"
        f"threshold = {floor(chosen.threshold * 1e4) / 1e4:.4f}",
        highlight=False,
    )
