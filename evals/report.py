"""The report for people: a table of the figures, and what went wrong beside it."""

from collections.abc import Iterator

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from evals.figure_text import interval_text, number_text
from evals.figures.catalogue import METRICS
from evals.results import Evaluation

SHOWN = 10
PIPED_WIDTH = 150


def table_console() -> Console:
    """Standard output, wide enough for a table also where it is a file."""
    terminal = Console()
    return terminal if terminal.is_terminal else Console(width=PIPED_WIDTH)


def print_report(evaluation: Evaluation, console: Console) -> None:
    """Prints the table; metrics that this set cannot measure are left out."""
    run = evaluation.run
    answered = sum(row.answered for row in run.rows)
    refused = sum(row.refused for row in run.rows)
    read = evaluation.ingest.added + evaluation.ingest.unchanged
    of_documents = f" of {read} document{'' if read == 1 else 's'}" if read else ""
    console.print(
        f"[bold]{escape(evaluation.question_set.name)}[/]: {len(run.rows)} questions asked{of_documents}, "
        f"{answered} answered, {refused} refused, {evaluation.errors} failed"
    )
    headings = ("metric", "value", "95 % interval", "n", "what it means")
    table = Table(*headings, header_style="bold", box=SIMPLE_HEAD, padding=(0, 1, 0, 0))
    for column in (1, 2, 3):
        table.columns[column].justify = "right"
        table.columns[column].no_wrap = True
    table.columns[0].no_wrap = True
    for name, measured in evaluation.figures.items():
        if measured.value is not None:
            meaning = METRICS[name].meaning + ("; lower is better" if METRICS[name].lower_is_better else "")
            table.add_row(
                name, number_text(name, measured.value), interval_text(name, measured), str(measured.n), meaning
            )
    console.print(table)


def print_problems(evaluation: Evaluation, console: Console) -> None:
    """Prints what a reader of the figures has to know first: errors, lost documents, lost evidence, a stop."""
    if evaluation.run.interrupted:
        asked, all_questions = len(evaluation.run.rows), len(evaluation.question_set.questions)
        console.print(f"Stopped after {asked} of {all_questions} questions.", style="yellow")
    _print_list(
        console,
        "red",
        "Could not be ingested; questions on these documents count as misses",
        [f"{failure.uri}: {failure.message}" for failure in evaluation.ingest.failed],
    )
    _print_list(
        console,
        "yellow",
        "Left out, as no documents or empty",
        [f"{failure.uri}: {failure.message}" for failure in evaluation.ingest.skipped],
    )
    _print_list(
        console,
        "red",
        "Questions that failed; they count as misses",
        [f"{row.question.id}: {row.error.message}" for row in evaluation.run.rows if row.error],
    )
    for failure in evaluation.failed_gates:
        console.print(f"Gate not kept: {failure}", style="bold red", highlight=False)
    _print_list(
        console,
        "yellow",
        "Evidence that is not in the ingested text and counts as a miss; correct the set or check the reader",
        [f"{question}: {fault}" for question, fault in evaluation.evidence_faults],
    )


def _print_list(console: Console, style: str, heading: str, lines: list[str]) -> None:
    if not lines:
        return
    console.print(f"{heading} ({len(lines)}):", style=style, highlight=False)
    for line in _first(lines):
        console.print(f"  {line}", markup=False, highlight=False)


def _first(lines: list[str]) -> Iterator[str]:
    yield from lines[:SHOWN]
    if len(lines) > SHOWN:
        yield f"… and {len(lines) - SHOWN} more (the run's folder has all)"
