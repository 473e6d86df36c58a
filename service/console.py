"""The command line's output, in this one place: errors, tables and progress for people, JSON for programs."""

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import typer
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from core.errors import FootnotedError
from service.ingestion import OnProgress
from service.ingestion import Progress as Step

out = Console(highlight=False, soft_wrap=True)
err = Console(stderr=True, highlight=False, soft_wrap=True)


def print_json(value: Any) -> None:
    """One document on standard output, whatever the terminal."""
    sys.stdout.write(json.dumps(value, ensure_ascii=False, indent=2) + "\n")


def print_error(error: FootnotedError) -> None:
    """What was wrong, and what to do."""
    err.print(f"[bold red]Error:[/] {escape(error.message)}")
    if error.hint:
        err.print(f"  {escape(error.hint)}")


@contextmanager
def rendered_errors(as_json: bool) -> Iterator[None]:
    """Errors end a command with code 1 and words, never with a traceback."""
    try:
        yield
    except FootnotedError as error:
        if as_json:
            print_json({"error": error.as_dict()})
        else:
            print_error(error)
        raise typer.Exit(1) from error


@contextmanager
def ingest_progress() -> Iterator[OnProgress]:
    """A bar over the files, with the passages of the one at hand; a line every few files without a terminal."""
    if not err.is_terminal:
        yield _line_progress()
        return
    columns = (TextColumn("{task.description}"), BarColumn(), TextColumn("{task.fields[at]}"), TimeElapsedColumn())
    with Progress(*columns, console=err, transient=True) as bar:
        task = bar.add_task("Reading", total=None, at="")

        def show(step: Step) -> None:
            share = step.passages_done / step.passages if step.passages else 0
            at = f"{step.done + 1}/{step.total}"
            if step.passages:
                at += f", passage {step.passages_done}/{step.passages}"
            bar.update(task, total=step.total, completed=step.done + share, description=step.name[:40], at=at)

        yield show


def _line_progress() -> Callable[[Step], None]:
    shown = -1

    def show(step: Step) -> None:
        nonlocal shown
        tenth = 10 * step.done // max(1, step.total)
        if tenth != shown:
            shown = tenth
            err.print(f"Reading file {step.done + 1} of {step.total}: {escape(step.name)}")

    return show
