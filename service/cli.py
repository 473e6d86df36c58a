"""The command line: ``footnoted serve | ingest | ask | search | documents | eval | …``."""

from importlib.metadata import EntryPoint, entry_points, version
from typing import Annotated

import typer

from core.errors import FootnotedError
from service.commands.lazily import LazyGroup
from service.console import print_error
from service.logs import configure_command_logs

COMMANDS_GROUP = "footnoted.commands"
_OWN = {
    "serve": "serve:serve",
    "ingest": "ingest:ingest",
    "reread": "reread:reread",
    "ask": "questions:ask",
    "search": "questions:search",
    "documents": "documents:documents",
    "remove": "documents:remove",
    "collections": "collections:app",
    "reindex": "reindex:reindex",
    "quality": "quality:quality",
    "config": "doctor:config",
    "doctor": "doctor:doctor",
    "verify": "verify:verify",
    "backup": "backup:backup",
    "restore": "backup:restore",
    "questions": "questions_log:app",
    "sites": "sites:app",
    "keys": "keys:app",
    "operators": "operators:app",
    "mcp": "mcp:mcp",
    "jobs": "jobs:app",
    "audit": "audit:app",
    "migrate": "migrate:migrate",
}


class Commands(LazyGroup):
    """The service's own, and what other packages add by entry point, so that the service need not know of them."""

    entries = {name: EntryPoint(name, f"service.commands.{place}", COMMANDS_GROUP) for name, place in _OWN.items()} | {
        entry.name: entry for entry in entry_points(group=COMMANDS_GROUP)
    }


app = typer.Typer(
    cls=Commands,
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Ask your documents: every sentence of the answer carries its source.",
)


@app.callback(invoke_without_command=True)
def root(
    show_version: Annotated[bool, typer.Option("--version", help="Print the version and exit.", is_eager=True)] = False,
) -> None:
    """Ask your documents: every sentence of the answer carries its source."""
    configure_command_logs()
    if show_version:
        typer.echo(f"footnoted {version('footnoted')}")
        raise typer.Exit


def main() -> None:
    """Run a command; errors that it did not render itself are rendered here."""
    try:
        app()
    except FootnotedError as error:
        print_error(error)
        raise SystemExit(1) from error


if __name__ == "__main__":
    main()
