"""The command line: ``footnoted serve | ingest | ask | search | documents | eval | …``."""

import sys
from importlib.metadata import entry_points, version
from typing import Annotated

import typer

from core.errors import FootnotedError
from service.commands import doctor, documents, ingest, jobs, quality, questions, questions_log, serve, sites
from service.console import print_error

COMMANDS_GROUP = "footnoted.commands"

app = typer.Typer(
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
    if show_version:
        typer.echo(f"footnoted {version('footnoted')}")
        raise typer.Exit


for command in (
    serve.serve,
    ingest.ingest,
    questions.ask,
    questions.search,
    documents.documents,
    documents.remove,
    documents.reindex,
    quality.quality,
    doctor.config,
    doctor.doctor,
):
    app.command()(command)

app.add_typer(questions_log.app, name="questions")
app.add_typer(sites.app, name="sites")
app.add_typer(jobs.app, name="jobs")


def main() -> None:
    """Run a command; errors that it did not render itself are rendered here."""
    # Other packages add their commands by entry point: the service need not know of them. They are loaded when they
    # are asked for, or all commands are shown: their libraries would double the start of every other command.
    asked = sys.argv[1] if len(sys.argv) > 1 else "--help"
    for entry in entry_points(group=COMMANDS_GROUP):
        if asked == entry.name or asked.startswith("-"):
            app.add_typer(entry.load(), name=entry.name)
    try:
        app()
    except FootnotedError as error:
        print_error(error)
        raise SystemExit(1) from error


if __name__ == "__main__":
    main()
