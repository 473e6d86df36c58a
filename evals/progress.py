"""A progress bar on a terminal, and a line every tenth elsewhere."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)


@contextmanager
def progress_bar(label: str, total: int, console: Console) -> Iterator[Callable[[int], None]]:
    """Gives a function that moves the bar by so many steps."""
    if not console.is_terminal:
        yield _lines(label, total, console)
        return
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=console, transient=True) as progress:
        task = progress.add_task(label, total=total)
        yield lambda steps: progress.advance(task, steps)


def _lines(label: str, total: int, console: Console) -> Callable[[int], None]:
    """Long runs in a log must not look dead; short ones need no more than their result."""
    done = tenth = 0

    def advance(steps: int) -> None:
        nonlocal done, tenth
        done += steps
        if total >= 100 and 10 * done // total > tenth:
            tenth = 10 * done // total
            console.print(f"{label}: {done} of {total}")

    return advance
