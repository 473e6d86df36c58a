"""The command line's output, in this one place: errors, tables and progress for people, JSON for programs."""

import json
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any

import typer
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from core.errors import FootnotedError
from service.ingestion.report import FileResult, Stage
from service.ingestion.report import Progress as Step

out = Console(highlight=False, soft_wrap=True)
err = Console(stderr=True, highlight=False, soft_wrap=True)
_MAX_AT_HAND = 48  # characters of what is said of the file at hand


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


class ConsoleProgress:
    """A listener for people. Ctrl-C asks to stop once; the second time it interrupts."""

    def __init__(self, show: Callable[[Step], None]) -> None:
        self._show = show
        self._stopping = False

    def progress(self, progress: Step) -> None:
        self._show(progress)

    def before_write(self) -> None:
        pass

    def settled(self, result: FileResult) -> None:
        pass

    def is_stopping(self) -> bool:
        return self._stopping

    def interrupt(self, signum: int, frame: FrameType | None) -> None:
        """The handler of SIGINT."""
        if self._stopping:
            raise KeyboardInterrupt
        self._stopping = True
        err.print("Stopping after the file at hand; press Ctrl-C again to stop now.")


@contextmanager
def ingest_progress() -> Iterator[ConsoleProgress]:
    """A bar over the files, with what is done to the one at hand; a line every tenth without a terminal."""
    with _shown_progress() as show:
        listener = ConsoleProgress(show)
        if threading.current_thread() is not threading.main_thread():  # signals are the main thread's
            yield listener
            return
        before = signal.signal(signal.SIGINT, listener.interrupt)
        try:
            yield listener
        finally:
            signal.signal(signal.SIGINT, before)


@contextmanager
def _shown_progress() -> Iterator[Callable[[Step], None]]:
    if not err.is_terminal:
        yield _line_progress()
        return
    columns = (
        TextColumn("{task.description}"), BarColumn(), TextColumn("{task.fields[at]}"), TimeElapsedColumn(),
        TextColumn("{task.fields[left]}"),
    )  # fmt: skip
    with Progress(*columns, console=err, transient=True) as bar:
        task = bar.add_task("Looking", total=None, at="", left="")

        def show(step: Step) -> None:
            at = f"{step.done}/{step.total} files"
            if step.passages:
                at += f", {step.passages} passages"
            left = "" if step.remaining_s is None else f"about {duration(step.remaining_s)} left"
            description = escape(_at_hand(step))
            bar.update(task, total=step.total or None, completed=step.done, description=description, at=at, left=left)

        yield show


def _line_progress() -> Callable[[Step], None]:
    shown = -1

    def show(step: Step) -> None:
        nonlocal shown
        tenth = 10 * step.done // max(1, step.total)
        if tenth != shown and step.total:
            shown = tenth
            left = "" if step.remaining_s is None else f", about {duration(step.remaining_s)} left"
            err.print(f"{step.done} of {step.total} files done, {escape(_at_hand(step))}{left}")

    return show


def _at_hand(step: Step) -> str:
    if step.stage is Stage.FINDING:
        return "looking for changes"
    return f"{step.stage.value} {step.name}".strip()[:_MAX_AT_HAND]


def duration(seconds: float) -> str:
    """Roughly, as people say it: 40 s, 12 min, 3 h."""
    if seconds < 90:
        return f"{max(1, round(seconds))} s"
    minutes = seconds / 60
    return f"{round(minutes)} min" if minutes < 90 else f"{round(minutes / 60)} h"
