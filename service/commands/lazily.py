"""A command group whose commands are imported when they are asked for: what one needs is not loaded by all others."""

from collections.abc import Mapping
from importlib.metadata import EntryPoint
from typing import Any, ClassVar

import typer
from typer.core import TyperCommand, TyperGroup


class LazyGroup(TyperGroup):
    """Derive from it, and name the ``entries``: each is a Typer application or a function that becomes a command."""

    entries: ClassVar[Mapping[str, EntryPoint]]

    def __init__(self, **attributes: Any) -> None:
        super().__init__(**attributes)
        self.commands = dict.fromkeys(self.entries, TyperGroup())  # only their names are read, for "Did you mean …?"

    def list_commands(self, ctx: Any) -> list[str]:
        return list(self.entries)

    def get_command(self, ctx: Any, cmd_name: str) -> "TyperCommand | TyperGroup | None":
        if cmd_name not in self.entries:
            return None
        found = self.entries[cmd_name].load()
        if not isinstance(found, typer.Typer):
            function, found = found, typer.Typer(add_completion=False, pretty_exceptions_enable=False)
            found.command()(function)
        command = typer.main.get_command(found)
        assert isinstance(command, TyperCommand | TyperGroup)
        command.name = cmd_name
        return command
