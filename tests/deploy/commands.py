"""Whether the command line takes what a file tells people or machines to run."""

import shlex
from typing import Any

import typer
from typer.core import TyperGroup

from service.cli import app


def check_command(line: str) -> None:
    """Parses it as `footnoted` would, and runs nothing. Raises what a wrong option or argument raises."""
    program, *words = shlex.split(line)
    assert program.rpartition("/")[2] == "footnoted", line
    check_words(words)


def check_words(words: list[str]) -> None:
    """Likewise, without the program's name."""
    command: Any = typer.main.get_command(app)
    context = command.make_context("footnoted", [], resilient_parsing=True)
    name = "footnoted"
    while isinstance(command, TyperGroup):
        name, *words = words
        found = command.get_command(context, name)
        assert found is not None, f"there is no command {name}"
        command = found
        if isinstance(command, TyperGroup):
            context = command.make_context(name, [], parent=context, resilient_parsing=True)
    command.make_context(name, words, parent=context)
